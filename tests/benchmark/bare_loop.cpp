// SPDX-License-Identifier: MIT
// The least that polling through Paho can cost: a loop that asks stations of the AP300 for their blocks as the gateway
// does, in groups and one block after the other, and takes each answer without a look at it. Prints, as JSON, what the
// process took while it was measured.
//
//   bare_loop mqtts://localhost:PORT CA.pem CLIENT.pfx PASSWORD FIRST_SERIAL STATIONS INTERVAL SECONDS BLOCK...
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/event_queue.h"
#include "gateway/base/parse_number.h"
#include "gateway/mqtt/identity.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/station/envelope_of.h"
#include "protocol/cloud_topics.h"
#include "protocol/framing.h"
#include "schemas/catalog.h"

namespace {

using namespace bluetti;
using namespace std::chrono_literals;
using gateway::Duration;
using gateway::TimePoint;

constexpr const char* kModel = "AP300";
constexpr std::size_t kTogether = 12;  // as the gateway has it
constexpr std::chrono::milliseconds kLeastApart{100};
constexpr std::chrono::milliseconds kFurthestApart{250};
constexpr std::chrono::seconds kSettle{3};
constexpr int kMostRegisters = 125;

std::string request_for(std::uint16_t block) {
  static const schemas::Catalog kCatalog = schemas::Catalog::built_in();
  const schemas::Model& model = *kCatalog.model(kModel);
  const int registers = std::min(model.registers_of(*kCatalog.block(block)), kMostRegisters);
  std::array<std::byte, protocol::kMaxRequest> buffer;
  const auto request =
      protocol::framing_of(gateway::envelope_of(model.envelope))
          .wrap(protocol::ReadRequest{model.unit, block, static_cast<std::uint16_t>(registers)}, 0, buffer);
  return {reinterpret_cast<const char*>(request.data()), request.size()};
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

class BareLoop {
 public:
  BareLoop(gateway::ConnectionOptions options, std::uint64_t first, std::size_t stations, Duration interval)
      : first_(first), interval_(interval), asked_(stations, 0) {
    client_ = gateway::make_paho_client(gateway::Link{0}, std::move(options),
                                        [this](gateway::Event event) { queue_.push(std::move(event)); });
    client_->connect();
    while (!connected_) turn(std::chrono::steady_clock::now() + 1s);
    for (std::size_t station = 0; station < stations; ++station) {
      const std::string serial = std::to_string(first + station);
      const protocol::CloudAddress address{kModel, serial};
      topics_.push_back(protocol::to_station_topic(address));
      client_->subscribe(protocol::from_station_topic(address), 0);
    }
    std::this_thread::sleep_for(1s);
  }

  void add(std::uint16_t block) { requests_.push_back(request_for(block)); }

  void run(Duration time) {
    const TimePoint end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      ask_groups();
      turn(std::min(end, next()));
    }
  }

  [[nodiscard]] std::uint64_t polls() const { return polls_; }

 private:
  [[nodiscard]] std::size_t groups() const {
    const std::size_t most = std::max<std::size_t>(static_cast<std::size_t>(interval_ / kLeastApart), 1);
    return std::min((topics_.size() - 1) / kTogether + 1, most);
  }

  // When the next group has its turn.
  [[nodiscard]] TimePoint next() const {
    if (group_ == groups()) return round_at_ + interval_;
    const Duration apart = std::min<Duration>(interval_ / static_cast<Duration::rep>(groups()), kFurthestApart);
    return round_at_ + apart * static_cast<Duration::rep>(group_);
  }

  void ask_groups() {
    while (next() <= std::chrono::steady_clock::now()) {
      if (group_ == groups()) {
        round_at_ += interval_;
        group_ = 0;
      }
      const std::size_t begin = group_ * topics_.size() / groups();
      const std::size_t end = ++group_ * topics_.size() / groups();
      for (std::size_t station = begin; station < end; ++station) {
        asked_[station] = 0;
        ask(station);
      }
    }
  }

  void ask(std::size_t station) {
    if (asked_[station] == requests_.size()) return;
    client_->publish(topics_[station], requests_[asked_[station]++], {});
    ++polls_;
  }

  void turn(TimePoint deadline) {
    queue_.pop_until(deadline, events_);
    for (const gateway::Event& event : events_) {
      connected_ = connected_ || std::holds_alternative<gateway::Connected>(event);
      if (const auto* failed = std::get_if<gateway::ConnectFailed>(&event)) {
        fmt::print(stderr, "{}\n", failed->reason);
        std::exit(1);
      }
      const auto* message = std::get_if<gateway::MessageArrived>(&event);
      const auto address = message ? protocol::parse_from_station_topic(message->topic) : std::nullopt;
      if (address) ask(gateway::parse_number<std::uint64_t>(address->serial).value_or(first_) - first_);
    }
  }

  std::uint64_t first_;
  Duration interval_;
  std::vector<std::size_t> asked_;  // blocks of this round, by station
  std::vector<std::string> topics_;
  std::vector<std::string> requests_;
  std::size_t group_ = 0;
  TimePoint round_at_ = std::chrono::steady_clock::now() + 2s;
  std::uint64_t polls_ = 0;
  bool connected_ = false;
  gateway::EventQueue queue_;
  std::vector<gateway::Event> events_;
  std::unique_ptr<gateway::MqttClient> client_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 10) return 2;
  const auto number = [&](int index) { return gateway::parse_number<std::uint64_t>(arguments[index]).value_or(0); };
  const auto identity =
      std::get<protocol::TlsIdentity>(gateway::load_identity({arguments[3], {}}, gateway::Secret(arguments[4]), true));
  gateway::ConnectionOptions options;
  options.url = *gateway::parse_broker_url(arguments[1]);
  options.client_id = "bare-loop";
  options.tls = gateway::tls_material({.authorities = arguments[2]}, &identity);
  const std::chrono::seconds interval(number(7));
  BareLoop loop(std::move(options), number(5), number(6), interval);
  for (int index = 9; index < count; ++index) loop.add(static_cast<std::uint16_t>(number(index)));
  loop.run(kSettle + interval);
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const std::uint64_t polls = loop.polls();
  loop.run(std::chrono::seconds(number(8)));
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  const double cpu = seconds_of(after.ru_utime) + seconds_of(after.ru_stime) - seconds_of(before.ru_utime) -
                     seconds_of(before.ru_stime);
  fmt::print("{{\"polls\": {}, \"cpu\": {:.6f}, \"switches\": {}}}\n", loop.polls() - polls, cpu,
             after.ru_nvcsw - before.ru_nvcsw);
  std::fflush(stdout);
  std::_Exit(0);  // nobody waits for the goodbye
}
