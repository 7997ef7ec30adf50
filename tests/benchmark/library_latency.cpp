// SPDX-License-Identifier: MIT
// How much longer a blocking read of the library takes than the bare request and answer that it is made of, over the
// same broker with TLS and the same simulated station, one after the other in turns.
//
//   library_latency mqtts://localhost:PORT CA.pem CLIENT.pfx PASSWORD SERIAL [READS]
#include <bluetti/client.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "gateway/base/event_queue.h"
#include "gateway/mqtt/identity.h"
#include "gateway/mqtt/paho_client.h"
#include "protocol/cloud_topics.h"
#include "protocol/framing.h"

namespace {

using namespace bluetti;
using namespace std::chrono_literals;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::uint16_t kBlock = 1300;
constexpr std::uint16_t kRegisters = 31;
constexpr int kRounds = 4;  // in turns, as the machine's load varies

struct Place {
  std::string url;
  std::string authorities;
  std::string certificate;
  std::string password;
  std::string serial;
};

class Bare {
 public:
  explicit Bare(const Place& way)
      : identity_(std::get<protocol::TlsIdentity>(
            gateway::load_identity({way.certificate, {}}, gateway::Secret(way.password), true))),
        address_{"AP300", way.serial} {
    gateway::ConnectionOptions options;
    options.url = *gateway::parse_broker_url(way.url);
    options.client_id = "latency-bare";
    options.tls = gateway::tls_material({.authorities = way.authorities}, &identity_);
    client_ = gateway::make_paho_client(gateway::Link{0}, options,
                                        [this](gateway::Event event) { queue_.push(std::move(event)); });
    client_->connect();
    while (!wait_for<gateway::Connected>()) {
    }
    client_->subscribe(protocol::from_station_topic(address_), 0);
    std::this_thread::sleep_for(300ms);
    std::array<std::byte, protocol::kMaxRequest> buffer;
    const auto request =
        protocol::framing_of(protocol::Envelope::v1_2).wrap(protocol::ReadRequest{0, kBlock, kRegisters}, 0, buffer);
    request_.assign(reinterpret_cast<const char*>(request.data()), request.size());
  }

  void read() {
    client_->publish(protocol::to_station_topic(address_), request_, {});
    while (!wait_for<gateway::MessageArrived>()) {
    }
  }

 private:
  template <typename Kind>
  bool wait_for() {
    queue_.pop_until(std::chrono::steady_clock::now() + 1s, events_);
    for (const gateway::Event& event : events_) {
      if (const auto* failed = std::get_if<gateway::ConnectFailed>(&event)) throw std::runtime_error(failed->reason);
    }
    return std::ranges::any_of(events_, [](const auto& event) { return std::holds_alternative<Kind>(event); });
  }

  protocol::TlsIdentity identity_;
  protocol::CloudAddress address_;
  gateway::EventQueue queue_;
  std::vector<gateway::Event> events_;
  std::unique_ptr<gateway::MqttClient> client_;
  std::string request_;
};

Client library_client(const Place& way) {
  CloudOptions cloud{.url = way.url,
                     .certificate = Certificate{.source = std::filesystem::path(way.certificate),
                                                .password = [password = way.password] { return password; }},
                     .authorities = way.authorities,
                     .client_id = "latency-library",
                     .requests_per_minute = 1'000'000};
  return Client({.way = bluetti::cloud(std::move(cloud)), .stations = {{.serial = way.serial, .model = "AP300"}}});
}

double median(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

template <typename Read>
void measure(int count, std::vector<double>& times, const Read& read) {
  for (int index = 0; index < count; ++index) {
    const auto begin = std::chrono::steady_clock::now();
    read();
    times.push_back(Microseconds(std::chrono::steady_clock::now() - begin).count());
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 6) return 2;
  const Place way{arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]};
  const int reads = count > 6 ? std::atoi(arguments[6]) : 2000;
  std::vector<double> bare_times;
  std::vector<double> library_times;
  for (int round = 0; round < kRounds; ++round) {
    {
      Bare bare(way);
      measure(reads / kRounds, bare_times, [&] { bare.read(); });
    }
    // Not both at the same time: answers go to everybody who listens to the station.
    Client client = library_client(way);
    if (const auto connected = client.connect(); !connected) {
      fmt::print(stderr, "{}\n", connected.error().message);
      return 1;
    }
    std::this_thread::sleep_for(300ms);
    measure(reads / kRounds, library_times, [&] {
      if (!client.read_block(kBlock)) fmt::print(stderr, "no answer\n");
    });
  }
  fmt::print("bare: {:.0f} us, library: {:.0f} us (medians of {}), {:.2f} times\n", median(bare_times),
             median(library_times), reads, median(library_times) / median(bare_times));
}
