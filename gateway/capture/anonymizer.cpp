// SPDX-License-Identifier: MIT
#include "gateway/capture/anonymizer.h"

#include <algorithm>
#include <utility>

#include "protocol/envelope.h"

namespace bluetti::gateway::capture {
namespace {

constexpr std::size_t kHead = 3;         // bytes of something unknown that stay: unit, function, length
constexpr std::size_t kMostWaiting = 8;  // reads

void mask(std::span<std::byte> bytes) {
  std::ranges::fill(bytes.subspan(std::min(kHead, bytes.size())), std::byte{0});
}

void put_crc(std::span<std::byte> frame) {
  const std::uint16_t crc = protocol::crc16(frame.first(frame.size() - 2));
  frame[frame.size() - 2] = static_cast<std::byte>(crc & 0xFF);
  frame[frame.size() - 1] = static_cast<std::byte>(crc >> 8);
}

}  // namespace

Anonymizer::Anonymizer(std::shared_ptr<const schemas::Catalog> catalog, const Pseudonyms::Key& key)
    : catalog_(std::move(catalog)), pseudonyms_(key) {}

void Anonymizer::use(std::shared_ptr<const schemas::Catalog> catalog) {
  scrubbers_.clear();
  catalog_ = std::move(catalog);
}

Anonymous Anonymizer::anonymize(Sender from, protocol::CloudAddress address, std::span<const std::byte> payload) {
  payload = payload.first(std::min(payload.size(), kMostPayload));
  payload_.assign(payload.begin(), payload.end());
  Station& station = station_of(address.serial);
  const auto result = protocol::open(protocol::detect(payload_), payload_);
  const auto* opened = std::get_if<protocol::Opened>(&result);
  frame_ = std::span(payload_).last(opened ? opened->frame.size() : payload_.size());
  const bool has_crc = protocol::has_right_crc(frame_);
  const bool understood = opened && anonymize_frame(from, address.model, station, opened->address);
  if (!understood) mask(frame_);
  if (has_crc) put_crc(frame_);
  return {.serial = station.pseudonym, .payload = payload_, .masked = !understood};
}

Anonymizer::Station& Anonymizer::station_of(std::string_view serial) {
  const auto found = stations_.find(serial);
  if (found != stations_.end()) return found->second;
  return stations_.emplace(serial, Station{.pseudonym = pseudonyms_.of_serial(serial), .waiting = {}}).first->second;
}

RegisterScrubber& Anonymizer::scrubber_of(std::string_view model) {
  const auto found = scrubbers_.find(model);
  if (found != scrubbers_.end()) return found->second;
  return scrubbers_.try_emplace(std::string(model), *catalog_, catalog_->model(model), pseudonyms_).first->second;
}

bool Anonymizer::anonymize_frame(Sender from, std::string_view model, Station& station,
                                 std::uint16_t envelope_register) {
  if (from == Sender::gateway) {
    const auto request = protocol::parse_request(frame_);
    if (const auto* read = std::get_if<protocol::ReadRequest>(&request)) {
      if (station.waiting.size() >= kMostWaiting) station.waiting.erase(station.waiting.begin());
      station.waiting.push_back(*read);
      return true;
    }
  }
  const auto parsed = protocol::parse_frame(frame_);
  const auto* frame = std::get_if<protocol::Frame>(&parsed);
  if (frame == nullptr) return false;
  const auto registers = registers_of(station, *frame, envelope_register);
  if (!registers) return false;
  if (registers->data.empty()) return true;
  const auto begin = static_cast<std::size_t>(registers->data.data() - frame_.data());
  scrubber_of(model).scrub(registers->first, frame_.subspan(begin, registers->data.size()));
  return true;
}

std::optional<Anonymizer::Registers> Anonymizer::registers_of(Station& station, const protocol::Frame& frame,
                                                              std::uint16_t envelope_register) const {
  if (const auto* answer = std::get_if<protocol::ReadAnswer>(&frame)) {
    const auto first = question_of(station, *answer, envelope_register);
    if (!first) return std::nullopt;
    return Registers{*first, answer->data};
  }
  if (const auto* push = std::get_if<protocol::Push>(&frame)) return Registers{push->first_register, push->data};
  if (const auto* echo = std::get_if<protocol::WriteEcho>(&frame))
    return Registers{echo->address, frame_.subspan(4, 2)};
  station.waiting.clear();  // an exception is an answer, too
  return Registers{};
}

// Nothing if more than one read could have been meant: a late answer may be to an earlier one.
std::optional<std::uint16_t> Anonymizer::question_of(Station& station, const protocol::ReadAnswer& answer,
                                                     std::uint16_t envelope_register) {
  std::optional<std::uint16_t> question;
  for (const protocol::ReadRequest& read : std::vector(station.waiting)) {
    const bool fits = read.unit == answer.unit && answer.data.size() <= std::size_t{2} * read.count &&
                      (envelope_register == 0 || envelope_register == read.first_register);
    if (!fits || question == read.first_register) continue;
    station.waiting.clear();
    if (question) return std::nullopt;
    question = read.first_register;
  }
  return question;
}

}  // namespace bluetti::gateway::capture
