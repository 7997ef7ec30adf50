// SPDX-License-Identifier: MIT
#include "gateway/cli/schema_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "gateway/config/suggestion.h"
#include "gateway/simulator/quantity.h"
#include "schemas/decoder.h"
#include "schemas/layout.h"
#include "schemas/override.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Block;
using schemas::Catalog;
using schemas::Field;
using schemas::Group;
using schemas::Model;
using schemas::Problem;

bool has_block(const Model& model, std::uint16_t id) {
  return model.has_block(id);
}

// One that reads the block; for a block that none reads, one with the parameters of all.
Model reader_of(const Block& block, const Catalog& catalog) {
  Model any;
  any.protocol_version = std::numeric_limits<int>::max();
  for (const auto& [name, model] : catalog.models()) {
    if (has_block(model, block.id)) return model;
    any.parameters.insert(model.parameters.begin(), model.parameters.end());
  }
  return any;
}

// The longest read of this block, in bytes.
int bytes_asked_for(const Block& block, const Catalog& catalog) {
  int registers = block.registers;
  for (const auto& [name, model] : catalog.models()) {
    if (has_block(model, block.id)) registers = std::max(registers, model.registers_of(block));
  }
  return registers * 2;
}

// Bits in which a code can differ from 0; all where the transforms do more than cut bits out.
std::uint64_t bits_of_code(const Field& field) {
  std::uint64_t bits = schemas::used_bits(field);
  for (const schemas::Transform& transform : field.transforms) {
    using enum schemas::Transform::Kind;
    if (transform.kind != shift && transform.kind != bitmask) return ~std::uint64_t{0};
    if (transform.kind == shift && transform.bits < 64) bits >>= transform.bits;
  }
  return bits;
}

bool can_occur(const Field& field, std::int64_t code) {
  if (code < 0)
    return field.base == schemas::Type::s8 || field.base == schemas::Type::s16 || field.base == schemas::Type::s32;
  return (static_cast<std::uint64_t>(code) & ~bits_of_code(field)) == 0;
}

// The encoder has no inverse of this one.
bool is_invertible(const Field& field) {
  return std::ranges::none_of(field.transforms, [](const schemas::Transform& transform) {
    return transform.kind == schemas::Transform::Kind::hex_enable_list;
  });
}

std::string unknown_quantity(const std::string& name) {
  std::vector<std::string_view> known;
  for (auto index = 0; index <= static_cast<int>(simulator::Quantity::firmware); ++index) {
    known.push_back(simulator::info_of(static_cast<simulator::Quantity>(index)).name);
  }
  return fmt::format("the simulator knows no '{}'{}", name, suggestion(name, std::span<const std::string_view>(known)));
}

class BlockLint {
 public:
  BlockLint(const Block& block, const Catalog& catalog, std::vector<Problem>& warnings)
      : block_(block), catalog_(catalog), warnings_(warnings) {}

  void run() {
    check_reach();
    check_codes(block_.fields);
    for (const Group& group : block_.groups) check_codes(group.fields);
    const Model model = reader_of(block_, catalog_);
    const std::string missing = schemas::missing_parameter(block_, model);
    if (!missing.empty()) return warn(block_.where, fmt::format("no model has the parameter '{}'", missing));
    const schemas::Decoder decoder(block_, model);
    for (std::size_t slot = 0; slot < decoder.slots().size(); ++slot) {
      if (decoder.slots()[slot].item <= 1) check_simulated(decoder, slot);
    }
  }

 private:
  void warn(const schemas::Location& where, std::string message) { warnings_.push_back({where, std::move(message)}); }

  // Of arrays and groups the first item: a station may have fewer than there is room for.
  void check_reach() {
    const int end = bytes_asked_for(block_, catalog_);
    for (const Field& field : block_.fields) check_reach(field, field.offset, end);
    for (const Group& group : block_.groups) {
      if (!group.after.empty()) continue;
      for (const Field& field : group.fields) check_reach(field, group.offset + field.offset, end);
    }
  }

  void check_reach(const Field& field, int offset, int end) {
    // A secret is marked wherever it lies, for what others ask for.
    if (field.secret || offset + field.size <= end) return;
    warn(field.where, fmt::format("'{}' lies at register {}, and nobody asks for more than {} registers from {}",
                                  field.name, block_.id + offset / 2, end / 2, block_.id));
  }

  void check_codes(const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      for (const schemas::Option& option : field.options) {
        if (field.type == schemas::Type::enumeration) check_code(field, option.code, "option");
      }
      if (field.type != schemas::Type::boolean) continue;
      for (const std::int64_t code : field.on) check_code(field, code, "code for on");
      for (const std::int64_t code : field.off) check_code(field, code, "code for off");
    }
  }

  void check_code(const Field& field, std::int64_t code, std::string_view what) {
    const bool is_absent = field.transforms.empty() && std::ranges::find(field.absent, code) != field.absent.end();
    if (is_absent) {
      warn(field.where, fmt::format("'{}': {} {} is never seen, for that code is 'absent'", field.name, what, code));
    } else if (!can_occur(field, code)) {
      warn(field.where, fmt::format("'{}': {} {} does not fit into its bits", field.name, what, code));
    }
  }

  void check_simulated(const schemas::Decoder& decoder, std::size_t slot) {
    const Field& field = *decoder.slots()[slot].field;
    const auto* name = std::get_if<std::string>(&field.simulate);
    const auto quantity = name ? simulator::quantity_named(*name) : std::nullopt;
    if (quantity) return check_unit(field, *quantity);
    if (std::holds_alternative<std::monostate>(field.simulate) || !is_invertible(field)) return;
    std::vector<std::byte> data(kRoom);
    if (decoder.encode(slot, field.simulate, data)) return;
    warn(field.where,
         fmt::format("'{}': {}", field.name, name ? unknown_quantity(*name) : "the simulated number does not fit"));
  }

  void check_unit(const Field& field, simulator::Quantity quantity) {
    const simulator::QuantityInfo& info = simulator::info_of(quantity);
    if (simulator::unit_factor(info.unit, field.unit)) return;
    warn(field.where,
         fmt::format("'{}': {} is simulated in {}, which makes no {}", field.name, info.name, info.unit, field.unit));
  }

  static constexpr std::size_t kRoom = 1 << 15;  // for every first item

  const Block& block_;
  const Catalog& catalog_;
  std::vector<Problem>& warnings_;
};

}  // namespace

std::vector<Problem> lint(const Catalog& catalog, const std::set<std::string>& files) {
  std::vector<Problem> warnings;
  for (const auto& [id, block] : catalog.blocks()) {
    if (files.contains(block.where.file)) BlockLint(block, catalog, warnings).run();
  }
  std::ranges::stable_sort(warnings, {}, [](const Problem& problem) {
    return std::tie(problem.where.file, problem.where.line, problem.where.column);
  });
  return warnings;
}

}  // namespace bluetti::gateway::cli
