// SPDX-License-Identifier: MIT
// Feeds foreign bytes to everything that reads a cloud message: topic, envelopes, frames and requests.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "protocol/cloud_topics.h"
#include "protocol/envelope.h"
#include "protocol/modbus.h"

namespace {

using namespace bluetti::protocol;

void require(bool holds) {
  if (!holds) std::abort();
}

// Whatever is accepted must lie inside the input and be data that the encoders accept as well.
void check_frame(std::span<const std::byte> bytes) {
  const ParsedFrame parsed = parse_frame(bytes);
  const auto* frame = std::get_if<Frame>(&parsed);
  if (frame == nullptr) return;
  std::array<std::byte, kMaxFrame> buffer{};
  if (const auto* answer = std::get_if<ReadAnswer>(frame)) {
    require(encode_answer(answer->unit, answer->data, buffer).size() == bytes.size());
  } else if (const auto* push = std::get_if<Push>(frame)) {
    require(encode_push(push->unit, push->first_register, push->data, buffer).size() == bytes.size());
  }
}

// The fuzzer will not guess a CRC; with one appended, the checks behind it are reached as well.
void check_frame_with_crc(std::span<const std::byte> body) {
  std::array<std::byte, kMaxFrame> frame{};
  if (body.size() + 2 > frame.size()) return;
  for (std::size_t i = 0; i < body.size(); ++i) frame[i] = body[i];
  const std::uint16_t crc = crc16(body);
  frame[body.size()] = static_cast<std::byte>(crc & 0xFF);
  frame[body.size() + 1] = static_cast<std::byte>(crc >> 8);
  check_frame(std::span(frame).first(body.size() + 2));
  (void)parse_request(std::span(frame).first(body.size() + 2));
}

void check_topic(std::string_view topic) {
  if (const auto address = parse_from_station_topic(topic)) require(from_station_topic(*address) == topic);
  if (const auto address = parse_to_station_topic(topic)) require(to_station_topic(*address) == topic);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)detect(bytes);
  for (const Envelope envelope : {Envelope::bare, Envelope::v1_0, Envelope::v1_2}) {
    const auto opened = open(envelope, bytes);
    if (const auto* content = std::get_if<Opened>(&opened)) {
      check_frame(content->frame);
      check_frame_with_crc(content->frame);
      (void)parse_request(content->frame);
    }
  }
  check_topic({reinterpret_cast<const char*>(data), size});
  return 0;
}
