// SPDX-License-Identifier: MIT
#include "gateway/simulator/replayed_station.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bluetti::gateway::simulator {
namespace {

constexpr double kPause = 1;  // seconds, between the last message and the first of the next round

}  // namespace

ReplayedStation::ReplayedStation(std::string model, std::string serial, double length)
    : model_(std::move(model)), serial_(std::move(serial)), length_(length) {}

void ReplayedStation::add(const capture::RecordedMessage& message) {
  const protocol::Envelope envelope = protocol::detect(message.payload);
  const auto result = protocol::open(envelope, message.payload);
  const auto* opened = std::get_if<protocol::Opened>(&result);
  if (message.from == capture::Sender::gateway) {
    const auto request = opened ? protocol::parse_request(opened->frame) : protocol::FrameError::too_short;
    const auto* read = std::get_if<protocol::ReadRequest>(&request);
    if (read == nullptr) return;
    envelope_ = envelope;
    waiting_ = Question{read->unit, read->first_register, read->count};
  } else if (message.masked) {
    waiting_.reset();  // it may have been the answer
  } else if (!opened || !take_answer(message, *opened)) {
    pushes_.push_back({message.time, message.payload});
  }
}

// An answer or an exception to the read that waits. Answers nobody asked for go with the pushes.
bool ReplayedStation::take_answer(const capture::RecordedMessage& message, const protocol::Opened& opened) {
  const auto parsed = protocol::parse_frame(opened.frame);
  const auto* frame = std::get_if<protocol::Frame>(&parsed);
  if (frame == nullptr || !waiting_) return false;
  const auto* answer = std::get_if<protocol::ReadAnswer>(frame);
  const auto* exception = std::get_if<protocol::ExceptionAnswer>(frame);
  const bool fits =
      answer != nullptr && answer->unit == waiting_->unit && answer->data.size() <= std::size_t{2} * waiting_->count;
  if (!fits && (exception == nullptr || exception->unit != waiting_->unit)) return false;
  answers_to_[*waiting_].push_back({message.time, message.payload});
  waiting_.reset();
  ++answers_;
  return true;
}

std::span<const std::byte> ReplayedStation::on_request(std::span<const std::byte> payload, double time,
                                                       PayloadBuffer& out) {
  if (!envelope_ || protocol::detect(payload) != *envelope_) return {};
  const auto opened = protocol::open(*envelope_, payload);
  if (!std::holds_alternative<protocol::Opened>(opened)) return {};
  const auto request = protocol::parse_request(std::get<protocol::Opened>(opened).frame);
  const auto* read = std::get_if<protocol::ReadRequest>(&request);
  if (read == nullptr) return {};
  const Question question{read->unit, read->first_register, read->count};
  const auto found = answers_to(question);
  if (found != answers_to_.end()) return cut(nearest(found->second, time).bytes, question.count, out);
  if (unanswerable_.insert(question).second) {
    spdlog::warn("{} was asked for {} registers from {} on (unit {}): the record has no answer to that (logged once)",
                 serial_, question.count, question.first_register, question.unit);
  }
  return {};
}

ReplayedStation::Answers::const_iterator ReplayedStation::answers_to(const Question& question) const {
  const auto found = answers_to_.lower_bound(question);
  const bool same_register = found != answers_to_.end() && found->first.unit == question.unit &&
                             found->first.first_register == question.first_register;
  return same_register ? found : answers_to_.end();
}

const ReplayedStation::Payload& ReplayedStation::nearest(const std::vector<Payload>& answers, double time) const {
  const double now = std::fmod(time, length_);
  const auto later = std::ranges::lower_bound(answers, now, {}, &Payload::time);
  if (later == answers.begin()) return *later;
  const auto earlier = std::prev(later);
  return later == answers.end() || now - earlier->time < later->time - now ? *earlier : *later;
}

std::span<const std::byte> ReplayedStation::cut(std::span<const std::byte> payload, std::uint16_t count,
                                                PayloadBuffer& out) const {
  const auto result = protocol::open(protocol::detect(payload), payload);
  const auto& opened = std::get<protocol::Opened>(result);
  const auto parsed = protocol::parse_frame(opened.frame);
  const auto* answer = std::get_if<protocol::ReadAnswer>(&std::get<protocol::Frame>(parsed));
  if (answer == nullptr || answer->data.size() <= std::size_t{2} * count) return payload;
  std::array<std::byte, protocol::kMaxFrame> frame;
  const auto shorter = protocol::encode_answer(answer->unit, answer->data.first(std::size_t{2} * count), frame);
  return protocol::wrap(opened.envelope, opened.address, opened.rssi_dbm.value_or(0), shorter, out);
}

double ReplayedStation::next_push_time() const {
  return pushes_.empty() ? std::numeric_limits<double>::infinity() : round_ + pushes_[next_push_].time;
}

std::span<const std::byte> ReplayedStation::next_push() {
  if (pushes_.empty()) return {};
  const Payload& push = pushes_[next_push_];
  if (++next_push_ == pushes_.size()) {
    next_push_ = 0;
    round_ += length_;
  }
  return push.bytes;
}

void ReplayedStation::skip_pushes_before(double time) {
  if (time >= round_ + length_) {
    round_ = std::floor(time / length_) * length_;
    next_push_ = 0;
  }
  while (next_push_time() < time) static_cast<void>(next_push());
}

std::vector<ReplayedStation> replayed_stations(std::span<const capture::RecordedMessage> messages) {
  std::vector<ReplayedStation> stations;
  std::map<std::pair<std::string, std::string>, std::size_t> by_address;
  const double length = messages.empty() ? kPause : messages.back().time + kPause;
  for (const capture::RecordedMessage& message : messages) {
    if (message.retained) continue;
    const auto [place, is_new] = by_address.try_emplace({message.model, message.station}, stations.size());
    if (is_new) stations.emplace_back(message.model, message.station, length);
    stations[place->second].add(message);
  }
  return stations;
}

}  // namespace bluetti::gateway::simulator
