// SPDX-License-Identifier: MIT
// What MQTT costs when nothing else is done, in CPU time of this process: publishing through each of the libraries, and
// asking and being answered.
//
//   gateway_limits mqtt://127.0.0.1:1883
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <memory>
#include <thread>

#include "gateway/base/event_queue.h"
#include "gateway/config/config.h"
#include "gateway/mqtt/mosquitto_client.h"
#include "gateway/mqtt/paho_client.h"

namespace {

using namespace bluetti::gateway;
using namespace std::chrono_literals;
using Make = std::unique_ptr<MqttClient> (*)(Link, ConnectionOptions, EventSink);

constexpr int kMessages = 20'000;
constexpr int kTogether = 5;
constexpr int kRoundTrips = 5'000;
const std::string kTopic = "bluetti/living_room/ac_output_power";

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Peer {
 public:
  Peer(Make make, const BrokerUrl& url, const std::string& name)
      : client_(make(kLocal, {.url = url, .client_id = name}, [this](Event event) { queue_.push(std::move(event)); })) {
    client_->connect();
    while (!connected_) wait();
  }
  MqttClient& client() { return *client_; }

  // Waits for something to happen; true if it was a message.
  bool wait() {
    queue_.pop_until(std::chrono::steady_clock::now() + 1s, events_);
    bool message = false;
    for (const Event& event : events_) {
      connected_ = connected_ || std::holds_alternative<Connected>(event);
      message = message || std::holds_alternative<MessageArrived>(event);
    }
    return message;
  }

 private:
  EventQueue queue_;
  std::vector<Event> events_;
  bool connected_ = false;
  std::unique_ptr<MqttClient> client_;
};

void publish(const char* name, Make make, const BrokerUrl& url, bool paced) {
  Peer peer(make, url, "limits");
  const double before = cpu_seconds();
  for (int index = 0; index < kMessages; ++index) {
    while (!peer.client().publish(kTopic, "53.13", {.retained = true})) std::this_thread::sleep_for(1ms);
    if (index % kTogether != kTogether - 1) continue;
    peer.client().flush();
    if (paced) std::this_thread::sleep_for(200us);
  }
  std::this_thread::sleep_for(200ms);
  fmt::print("  {:32} {:6.2f} us of CPU per message\n", name, (cpu_seconds() - before) / kMessages * 1e6);
}

void ask(const char* name, Make make, const BrokerUrl& url) {
  Peer asking(make, url, "asking");
  Peer answering(make, url, "answering");
  asking.client().subscribe("answer", 0);
  answering.client().subscribe("question", 0);
  std::this_thread::sleep_for(300ms);
  std::jthread station([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!answering.wait()) continue;
      answering.client().publish("answer", "0123456789", {});
      answering.client().flush();
    }
  });
  const double before = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  for (int index = 0; index < kRoundTrips; ++index) {
    asking.client().publish("question", "01234567", {});
    asking.client().flush();
    while (!asking.wait()) {
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print("  {:32} {:6.2f} us of CPU per round trip, both sides; {:.0f} a second\n", name,
             (cpu_seconds() - before) / kRoundTrips * 1e6, kRoundTrips / took.count());
}

}  // namespace

int main(int, char** arguments) {
  const auto url = parse_broker_url(arguments[1]);
  if (!url) return 2;
  publish("publish, Paho", make_paho_client, *url, false);
  publish("publish, Paho, paced", make_paho_client, *url, true);
  publish("publish, libmosquitto", make_mosquitto_client, *url, false);
  publish("publish, libmosquitto, paced", make_mosquitto_client, *url, true);
  ask("request and answer, Paho", make_paho_client, *url);
  ask("request and answer, libmosquitto", make_mosquitto_client, *url);
}
