// SPDX-License-Identifier: MIT
// Hides in the registers of one model's stations what names somebody or opens something: serial numbers, IP addresses,
// what the schemas call secret or personal. Blocks the model does not list are looked through as well, and where no
// block has a field, whatever reads as text goes, and of numbers only small ones stay: addresses of networks and
// devices are large. What a schema describes otherwise stays as it is. The loop's thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gateway/capture/pseudonyms.h"
#include "schemas/catalog.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::capture {

class RegisterScrubber {
 public:
  static constexpr int kLargestSmall = 255;    // stays wherever it is
  static constexpr int kLargestNumber = 9999;  // stays unless a larger one lies beside it: part of an address, perhaps
  static constexpr std::size_t kShortestText = 6;  // printable bytes in a row that count as text

  // `model` may be unknown: nullptr. The pseudonyms must outlive this.
  RegisterScrubber(const schemas::Catalog& catalog, const schemas::Model* model, Pseudonyms& pseudonyms);

  // Whole registers from this address on.
  void scrub(std::uint16_t first_register, std::span<std::byte> data);

 private:
  enum class Byte : std::uint8_t { unknown, described, hidden };
  struct Part {
    schemas::Decoder decoder;
    schemas::Row row;  // of the data at hand: it tells where the groups lie
    bool own = false;  // the model lists the block
  };
  // One field's part of the data; it may begin before it and end behind it.
  struct Place {
    const schemas::Field* field = nullptr;
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;
  };

  void add(const schemas::Block& block, schemas::Model model, bool own);
  void find_places(Part& part, int first_byte, std::span<const std::byte> data);
  void hide_fields(std::span<std::byte> data, bool own);
  void hide(const Place& place, std::span<std::byte> data);
  void hide_whole(const schemas::Field& field, std::span<std::byte> bytes);
  void hide_unknown_text(std::span<std::byte> data);
  void hide_unknown_numbers(std::span<std::byte> data);
  [[nodiscard]] std::span<Byte> bytes_of(const Place& place);

  Pseudonyms& pseudonyms_;
  std::vector<Part> parts_;
  std::vector<Place> places_;
  std::vector<Byte> bytes_;  // what is known of each byte of the data
};

}  // namespace bluetti::gateway::capture
