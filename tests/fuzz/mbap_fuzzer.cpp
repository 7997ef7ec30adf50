// SPDX-License-Identifier: MIT
// Any bytes as the stream of a Modbus TCP connection, in pieces of any size, as an answer and as a request.
#include <algorithm>
#include <array>

#include "protocol/mbap.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti::protocol;
using bluetti::fuzz::require;

// Whatever is accepted is what the encoders write.
struct Reencoded {
  std::uint16_t transaction;
  std::span<std::byte> out;

  std::span<const std::byte> operator()(const ReadAnswer& answer) const {
    return encode_adu_answer(transaction, answer.unit, answer.data, out);
  }
  std::span<const std::byte> operator()(const Push&) const { return {}; }
  template <typename T>
  std::span<const std::byte> operator()(const T& message) const {
    return encode_adu(transaction, message, out);
  }
};

void check_answer(std::span<const std::byte> adu) {
  const auto opened = modbus_tcp().open(adu);
  const auto* arrived = std::get_if<Arrived>(&opened);
  if (arrived == nullptr) return;
  std::array<std::byte, kMaxAdu> buffer{};
  require(std::ranges::equal(std::visit(Reencoded{*arrived->transaction, buffer}, arrived->frame), adu));
}

void check_request(std::span<const std::byte> adu) {
  const auto parsed = parse_adu_request(adu);
  const auto* received = std::get_if<ReceivedRequest>(&parsed);
  if (received == nullptr) return;
  std::array<std::byte, kMaxRequest> buffer{};
  std::span<const std::byte> again;
  if (const auto* read = std::get_if<ReadRequest>(&received->request)) {
    again = modbus_tcp().wrap(*read, received->transaction, buffer);
  } else if (const auto* write = std::get_if<ReceivedWrite>(&received->request)) {
    again = modbus_tcp().wrap(WriteRequest{.unit = write->unit,
                                           .function = write->function,
                                           .first_register = write->first_register,
                                           .values = write->values()},
                              received->transaction, buffer);
  } else {
    return;
  }
  require(std::ranges::equal(again, adu));
}

}  // namespace

// Pieces, each behind its length.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bluetti::fuzz::Input input(data, size);
  AduSplitter splitter;
  while (!input.at_end()) {
    const auto piece = bluetti::fuzz::bytes_of(input.piece());
    const auto room = splitter.room();
    require(room.size() >= kMaxAdu);
    std::ranges::copy(piece, room.begin());
    splitter.arrived(piece.size());
    while (const auto adu = splitter.next()) {
      check_answer(*adu);
      check_request(*adu);
    }
    require(splitter.is_broken() || splitter.waiting() < kMaxAdu);
    if (splitter.is_broken()) splitter.clear();
  }
  check_answer(std::as_bytes(std::span(data, size)));
  check_request(std::as_bytes(std::span(data, size)));
  return 0;
}
