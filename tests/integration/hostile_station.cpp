// SPDX-License-Identifier: MIT
#include "tests/integration/hostile_station.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/mqtt/mosquitto_client.h"
#include "protocol/cloud_topics.h"
#include "protocol/envelope.h"

namespace bluetti::test {
namespace {

using gateway::Event;
using gateway::TimePoint;

constexpr gateway::Duration kRetry = 100ms;
constexpr std::uint16_t kPushedRegisters = 4;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

std::vector<std::byte> big_endian(const std::vector<std::uint16_t>& registers) {
  std::vector<std::byte> bytes;
  for (const std::uint16_t value : registers) {
    bytes.push_back(static_cast<std::byte>(value >> 8U));
    bytes.push_back(static_cast<std::byte>(value & 0xffU));
  }
  return bytes;
}

gateway::ConnectionOptions connection(const Broker& cloud) {
  const std::string folder = certificates().string();
  gateway::ConnectionOptions options;
  options.url = {.host = "127.0.0.1", .port = cloud.port(), .tls = true};
  options.client_id = "hostile-station";
  options.tls = gateway::TlsMaterial{
      .authorities = folder + "/ca.pem", .certificate = folder + "/client.pem", .private_key = folder + "/client.key"};
  return options;
}

}  // namespace

std::string enveloped(std::span<const std::byte> frame) {
  std::string payload(protocol::kMaxEnvelope + frame.size(), '\0');
  const auto used = protocol::wrap(protocol::Envelope::v1_2, 0, -60, frame, std::as_writable_bytes(std::span(payload)));
  payload.resize(used.size());
  return payload;
}

std::string answer(std::uint8_t unit, const std::vector<std::uint16_t>& registers) {
  std::array<std::byte, protocol::kMaxFrame> frame{};
  return enveloped(protocol::encode_answer(unit, big_endian(registers), frame));
}

HostileStation::HostileStation(const Broker& cloud)
    : client_(gateway::make_mosquitto_client({}, connection(cloud),
                                             [this](Event event) { queue_.push(std::move(event)); })) {
  behave_well();
  thread_ = std::thread([this] { run(); });
}

HostileStation::~HostileStation() {
  queue_.push(gateway::StopRequested{});
  thread_.join();
}

void HostileStation::behave(Behaviour behaviour) {
  const std::lock_guard lock(mutex_);
  behaviour_ = std::move(behaviour);
}

void HostileStation::behave_well() {
  behave([](const Request&, const std::string& truth) { return std::vector{Reply{truth}}; });
}

void HostileStation::push(const std::string& topic) {
  const std::uint16_t first = kPulseRegister + 1 - kPushedRegisters;
  std::array<std::byte, protocol::kMaxFrame> frame{};
  const std::string payload =
      enveloped(protocol::encode_push(kStationUnit, first, big_endian(registers(first, kPushedRegisters)), frame));
  send(topic, {payload});
}

void HostileStation::send(const std::string& topic, Reply reply) {
  {
    const std::lock_guard lock(mutex_);
    due_.push_back({now() + reply.after, topic, std::move(reply)});
  }
  queue_.push(gateway::ReloadRequested{});  // to wake the thread
}

std::size_t HostileStation::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int HostileStation::pulse() const {
  const std::lock_guard lock(mutex_);
  return pulse_;
}

std::vector<std::uint16_t> HostileStation::registers(std::uint16_t first, std::uint16_t count) {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint16_t> values;
  for (int address = first; address < first + count; ++address) {
    values.push_back(static_cast<std::uint16_t>(address == kPulseRegister ? ++pulse_ : address));
  }
  return values;
}

void HostileStation::run() {
  std::vector<Event> events;
  while (!stopping_) {
    if (now() >= connect_at_) {
      connect_at_ = TimePoint::max();
      client_->connect();
    }
    queue_.pop_until(std::min(connect_at_, send_what_is_due()), events);
    for (const Event& event : events) handle(event);
  }
  client_->disconnect();
}

void HostileStation::handle(const Event& event) {
  if (const auto* message = std::get_if<gateway::MessageArrived>(&event)) {
    on_request(message->topic, message->payload);
  } else if (std::holds_alternative<gateway::Connected>(event)) {
    client_->subscribe("SUB/PROBE/+", 0);
    connected_ = true;
  } else if (std::holds_alternative<gateway::ConnectFailed>(event) ||
             std::holds_alternative<gateway::ConnectionLost>(event)) {
    connected_ = false;
    connect_at_ = now() + kRetry;
  } else if (std::holds_alternative<gateway::StopRequested>(event)) {
    stopping_ = true;
  }
}

void HostileStation::on_request(std::string_view topic, std::string_view payload) {
  const auto address = protocol::parse_to_station_topic(topic);
  const auto opened = protocol::open(protocol::Envelope::v1_2, std::as_bytes(std::span(payload)));
  if (!address || !std::holds_alternative<protocol::Opened>(opened)) return;
  const auto parsed = protocol::parse_request(std::get<protocol::Opened>(opened).frame);
  if (!std::holds_alternative<protocol::ReadRequest>(parsed)) return;
  const Request request{protocol::from_station_topic(*address), std::get<protocol::ReadRequest>(parsed), now()};
  const std::string truth = answer(kStationUnit, registers(request.read.first_register, request.read.count));
  const std::lock_guard lock(mutex_);
  ++requests_;
  for (Reply& reply : behaviour_(request, truth)) {
    due_.push_back({request.at + reply.after, request.topic, std::move(reply)});
  }
}

TimePoint HostileStation::send_what_is_due() {
  const std::lock_guard lock(mutex_);
  const TimePoint time = now();
  const auto later = std::stable_partition(due_.begin(), due_.end(), [&](const Due& due) { return due.at <= time; });
  for (auto due = due_.begin(); due != later; ++due)
    client_->publish(due->topic, due->reply.payload, {.retained = due->reply.retained});
  client_->flush();
  due_.erase(due_.begin(), later);
  TimePoint next = TimePoint::max();
  for (const Due& due : due_) next = std::min(next, due.at);
  return next;
}

}  // namespace bluetti::test
