// SPDX-License-Identifier: MIT
#include "gateway/station/hide_secrets.h"

#include <algorithm>
#include <span>

#include "gateway/station/envelope_of.h"
#include "gateway/station/exchange.h"

namespace bluetti::gateway {
namespace {

constexpr int kEnd = 0x20000;  // bytes of the address space

using Stretch = Secrets::Stretch;

// What a station calls itself is no secret: those rows are only not published.
void add_secrets_of(const schemas::Block& block, std::vector<Stretch>& to) {
  const int start = 2 * block.id;
  for (const schemas::Field& field : block.fields) {
    if (!field.secret || field.is_derived() || field.kind == "model") continue;
    const int begin = start + field.offset;
    to.push_back({begin, begin + field.size + std::max(field.count - 1, 0) * field.stride});
  }
  for (const schemas::Group& group : block.groups) {
    if (std::ranges::none_of(group.fields, &schemas::Field::secret)) continue;
    const int begin = start + group.offset;
    to.push_back({begin, group.after.empty() ? begin + group.size() : kEnd});
  }
}

// Zeroes what of the stretch lies in these bytes, which begin at this place of the address space.
bool wipe(const Stretch& stretch, int first, std::span<std::byte> bytes) {
  const int begin = std::max(stretch.begin - first, 0);
  const int end = std::min(stretch.end - first, static_cast<int>(bytes.size()));
  if (begin >= end) return false;
  std::ranges::fill(bytes.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
                    std::byte{0});
  return true;
}

// The registers inside a payload.
std::span<std::byte> registers_in(std::vector<std::byte>& payload, const schemas::Model& model) {
  const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  const Line line{.framing = &protocol::framing_of(envelope_of(model.envelope)), .unit = model.unit};
  const HearResult result = hear(line, text);
  const auto* arrived = std::get_if<protocol::Arrived>(&result);
  const auto* answer = arrived ? std::get_if<protocol::ReadAnswer>(&arrived->frame) : nullptr;
  if (!answer) return {};
  return std::span(payload).subspan(static_cast<std::size_t>(answer->data.data() - payload.data()),
                                    answer->data.size());
}

Hidden registers_of(const Stretch& stretch, const RegisterData& data) {
  const int first = std::max<int>(stretch.begin / 2, data.first);
  const int end = std::min((stretch.end + 1) / 2, data.first + static_cast<int>(data.data.size() / 2));
  return {static_cast<std::uint16_t>(first), end - first};
}

}  // namespace

Secrets::Secrets(const schemas::Catalog& catalog) {
  for (const auto& [id, block] : catalog.blocks()) add_secrets_of(block, stretches_);
}

void Secrets::hide(const schemas::Model& model, RegisterData& data) const {
  std::vector<std::span<std::byte>> parts;
  for (std::vector<std::byte>& payload : data.payloads) parts.push_back(registers_in(payload, model));
  for (const Stretch& secret : stretches_) {
    int first = 2 * data.first;
    if (!wipe(secret, first, data.data)) continue;
    const Hidden hidden = registers_of(secret, data);
    if (std::ranges::find(data.hidden, hidden) == data.hidden.end()) data.hidden.push_back(hidden);
    for (const std::span<std::byte> part : parts) {
      (void)wipe(secret, first, part);
      first += static_cast<int>(part.size());
    }
  }
}

}  // namespace bluetti::gateway
