// SPDX-License-Identifier: MIT
#include "gateway/simulator/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace bluetti::gateway::simulator {
namespace {

using schemas::Field;
using schemas::Simulated;
using schemas::Slot;
using schemas::Type;

struct Plausible {
  std::string_view unit;
  double low;
  double high;
};
constexpr std::array kPlausible{
    Plausible{"W", 20, 200},   Plausible{"VA", 20, 200}, Plausible{"var", 0, 50},    Plausible{"kWh", 20, 400},
    Plausible{"Wh", 200, 900}, Plausible{"V", 50, 54},   Plausible{"A", 1, 6},       Plausible{"mV", 3300, 3350},
    Plausible{"Hz", 50, 50},   Plausible{"°C", 22, 31},  Plausible{"%", 40, 90},     Plausible{"min", 60, 240},
    Plausible{"h", 2, 20},     Plausible{"s", 60, 240},  Plausible{"dBm", -72, -58}, Plausible{"Ah", 20, 60},
};

bool is_identity(Quantity quantity) {
  return quantity >= Quantity::model;
}

Source quantity_source(Quantity quantity, const Slot& slot, int items) {
  if (is_identity(quantity)) return IdentityText{quantity};
  const QuantityInfo& info = info_of(quantity);
  const double factor = unit_factor(info.unit, slot.field->unit).value_or(1);
  const double offset = Random{seed_of(0, slot.path)}.uniform(-info.spread, info.spread);
  return Changing{.quantity = quantity, .factor = info.shared ? factor / items : factor, .offset = offset * factor};
}

SteadyNumber steady_number(const Field& field) {
  const auto* known = std::ranges::find(kPlausible, field.unit, &Plausible::unit);
  SteadyNumber number = known == kPlausible.end() ? SteadyNumber{1, 1} : SteadyNumber{known->low, known->high};
  for (double* bound : {&number.low, &number.high}) {
    if (field.max) *bound = std::min(*bound, *field.max);
    if (field.min) *bound = std::max(*bound, *field.min);
  }
  return number;
}

SteadyCode steady_option(const Field& field) {
  SteadyCode steady;
  for (const schemas::Option& option : field.options) {
    if (std::ranges::find(field.absent, option.code) == field.absent.end()) steady.codes.push_back(option.code);
  }
  return steady;
}

Source plausible_source(const Field& field) {
  switch (field.type) {
    case Type::text:
      return Simulated{std::string{"simulated"}.substr(0, static_cast<std::size_t>(field.size))};
    case Type::ipv4:
      return Simulated{std::string{"192.168.1.50"}};
    case Type::clock:
      return Simulated{std::string{"2026-06-25 16:23:26"}};
    case Type::serial:
      return IdentityText{Quantity::serial};
    case Type::version:
      return IdentityText{Quantity::firmware};
    case Type::bitmap:
      return Simulated{};
    case Type::boolean:
      return field.kind == "problem" ? SteadyCode{{0}} : SteadyCode{{0, 1}};
    case Type::enumeration:
      return steady_option(field);
    default:
      return steady_number(field);
  }
}

Simulated identity_value(Quantity quantity, Type type, const Identity& identity) {
  if (quantity == Quantity::model) return identity.model;
  if (quantity == Quantity::serial) return identity.serial;
  const auto hundredths = static_cast<double>(200000 + seed_of(identity.seed, "firmware") % 10000);
  if (type == Type::text) return fmt::format("v{:.2f}", hundredths / 100);
  return hundredths / 100;
}

Simulated steady_value(const SteadyNumber& steady, Random random) {
  return std::round(random.uniform(steady.low, steady.high));
}

Simulated steady_value(const SteadyCode& steady, Random random) {
  if (steady.codes.empty()) return {};
  return static_cast<double>(steady.codes[random.next() % steady.codes.size()]);
}

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

Source source_of(const Slot& slot, int items) {
  const Simulated& said = slot.field->simulate;
  if (const auto* name = std::get_if<std::string>(&said)) {
    if (const auto quantity = quantity_named(*name)) return quantity_source(*quantity, slot, items);
  }
  if (!std::holds_alternative<std::monostate>(said)) return said;
  return plausible_source(*slot.field);
}

Simulated value_of(const Source& source, const Slot& slot, const Identity& identity, const Day& day) {
  const auto random = [&] { return Random{seed_of(identity.seed, slot.path)}; };
  return std::visit(Overloaded{
                        [](const Simulated& literal) { return literal; },
                        [&](const SteadyNumber& steady) { return steady_value(steady, random()); },
                        [&](const SteadyCode& steady) { return steady_value(steady, random()); },
                        [&](IdentityText text) { return identity_value(text.quantity, slot.field->type, identity); },
                        [&](const Changing& changing) {
                          return Simulated{day.value(changing.quantity) * changing.factor + changing.offset};
                        },
                    },
                    source);
}

}  // namespace bluetti::gateway::simulator
