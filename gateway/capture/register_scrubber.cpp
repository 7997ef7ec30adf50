// SPDX-License-Identifier: MIT
#include "gateway/capture/register_scrubber.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "schemas/override.h"
#include "schemas/raw.h"

namespace bluetti::gateway::capture {
namespace {

using schemas::Field;
using schemas::Type;

constexpr int kLongestBlock = 256;  // registers

bool is_sensitive(const Field& field) {
  return field.secret || field.kind == "personal" || field.type == Type::serial || field.type == Type::ipv4;
}

void hide_serial(const Field& field, std::span<std::byte> bytes, Pseudonyms& pseudonyms) {
  const schemas::Load load = schemas::load_of(field);
  const std::uint64_t number = schemas::load_raw(load, bytes.data());
  if (number == 0) return;
  const std::string other = pseudonyms.of_serial(std::to_string(number));
  std::uint64_t made_up = 0;
  std::from_chars(other.data(), other.data() + other.size(), made_up);  // of 20 digits: may be too large, then 0
  schemas::store_raw(load, made_up, bytes.data());
}

// Two registers, the bytes of each exchanged.
void hide_address(std::span<std::byte> bytes, const Pseudonyms& pseudonyms) {
  const auto octet = [bytes](std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); };
  const auto other = pseudonyms.of_address({octet(1), octet(0), octet(3), octet(2)});
  for (std::size_t at = 0; at < other.size(); ++at) bytes[at ^ 1] = std::byte{other[at]};
}

}  // namespace

RegisterScrubber::RegisterScrubber(const schemas::Catalog& catalog, const schemas::Model* model, Pseudonyms& pseudonyms)
    : pseudonyms_(pseudonyms) {
  const schemas::Model any = model ? *model : schemas::Model{};
  for (const auto& [id, block] : catalog.blocks()) {
    if (block.way != schemas::Way::cloud) continue;  // what is recorded passes through the cloud
    add(block, any, std::ranges::find(any.blocks, id) != any.blocks.end());
  }
}

// Of a block that the model does not have, only the places of its fields matter: any parameter will do.
void RegisterScrubber::add(const schemas::Block& block, schemas::Model model, bool own) {
  for (auto lacks = schemas::missing_parameter(block, model); !lacks.empty();
       lacks = schemas::missing_parameter(block, model)) {
    model.parameters[lacks] = 1;
  }
  schemas::Decoder decoder(block, model);
  schemas::Row row = decoder.make_row();
  parts_.push_back({.decoder = std::move(decoder), .row = std::move(row), .own = own});
}

void RegisterScrubber::scrub(std::uint16_t first_register, std::span<std::byte> data) {
  bytes_.assign(data.size(), Byte::unknown);
  for (const bool own : {true, false}) {
    places_.clear();
    for (Part& part : parts_) {
      const int id = part.decoder.block().id;
      const int end = first_register + static_cast<int>(data.size() / 2);
      if (part.own != own || id >= end || id + kLongestBlock <= first_register) continue;
      find_places(part, (first_register - id) * 2, data);
    }
    hide_fields(data, own);
  }
  hide_unknown_text(data);
  pseudonyms_.hide_serials(data);
  hide_unknown_numbers(data);
}

// Items beyond a group's count as well: what lies there may be left from before.
void RegisterScrubber::find_places(Part& part, int first_byte, std::span<const std::byte> data) {
  part.decoder.decode(data, first_byte, part.row);
  const auto slots = part.decoder.slots();
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const auto offset = part.decoder.offset_of(slot, part.row);
    if (!offset || slots[slot].field->is_derived()) continue;
    const std::ptrdiff_t begin = *offset - first_byte;
    const std::ptrdiff_t end = begin + slots[slot].field->size;
    if (end > 0 && begin < std::ssize(data)) places_.push_back({slots[slot].field, begin, end});
  }
}

// The model's own blocks know better than those it does not list.
void RegisterScrubber::hide_fields(std::span<std::byte> data, bool own) {
  const Byte untouchable = own ? Byte::hidden : Byte::described;
  for (const Place& place : places_) {
    const auto is_taken = [=](Byte byte) { return byte >= untouchable; };
    if (is_sensitive(*place.field) && std::ranges::none_of(bytes_of(place), is_taken)) hide(place, data);
  }
  for (const Place& place : places_) {
    for (Byte& byte : bytes_of(place)) byte = std::max(byte, Byte::described);
  }
}

std::span<RegisterScrubber::Byte> RegisterScrubber::bytes_of(const Place& place) {
  const auto begin = static_cast<std::size_t>(std::max<std::ptrdiff_t>(place.begin, 0));
  const auto end = std::min(static_cast<std::size_t>(place.end), bytes_.size());
  return std::span(bytes_).subspan(begin, end - begin);
}

// Of a field that lies in the data only in part, nothing stays.
void RegisterScrubber::hide(const Place& place, std::span<std::byte> data) {
  const std::span<Byte> states = bytes_of(place);
  const auto begin = static_cast<std::size_t>(states.data() - bytes_.data());
  const auto bytes = data.subspan(begin, states.size());
  if (bytes.size() == static_cast<std::size_t>(place.field->size)) {
    hide_whole(*place.field, bytes);
  } else {
    std::ranges::fill(bytes, std::byte{0});
  }
  std::ranges::fill(states, Byte::hidden);
}

void RegisterScrubber::hide_whole(const Field& field, std::span<std::byte> bytes) {
  if (field.type == Type::serial) return hide_serial(field, bytes, pseudonyms_);
  if (field.type == Type::ipv4) return hide_address(bytes, pseudonyms_);
  pseudonyms_.hide_text(bytes);
}

void RegisterScrubber::hide_unknown_text(std::span<std::byte> data) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= data.size(); ++at) {
    if (at < data.size() && bytes_[at] == Byte::unknown && is_printable(data[at])) continue;
    if (at - begin >= kShortestText) {
      pseudonyms_.hide_text(data.subspan(begin, at - begin));
      std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(begin), at - begin, Byte::hidden);
    }
    begin = at + 1;
  }
}

// Looks at the numbers as they were: what was zeroed makes its neighbours no smaller.
void RegisterScrubber::hide_unknown_numbers(std::span<std::byte> data) {
  const auto size_of = [data](std::size_t at) {
    const auto value = std::to_integer<int>(data[at]) << 8 | std::to_integer<int>(data[at + 1]);
    return std::abs(value < 0x8000 ? value : value - 0x10000);
  };
  std::vector<int> sizes;
  for (std::size_t at = 0; at + 1 < data.size(); at += 2) {
    const bool unknown = bytes_[at] == Byte::unknown && bytes_[at + 1] == Byte::unknown;
    sizes.push_back(unknown ? size_of(at) : 0);
  }
  const auto is_large = [&](std::size_t index) { return index < sizes.size() && sizes[index] > kLargestNumber; };
  for (std::size_t index = 0; index < sizes.size(); ++index) {
    const bool beside_large = is_large(index + 1) || (index > 0 && is_large(index - 1));
    if (!is_large(index) && !(beside_large && sizes[index] > kLargestSmall)) continue;
    data[2 * index] = data[2 * index + 1] = std::byte{0};
  }
}

}  // namespace bluetti::gateway::capture
