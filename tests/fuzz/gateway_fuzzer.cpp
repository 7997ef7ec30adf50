// SPDX-License-Identifier: MIT
// The whole daemon, without a network, between two hostile brokers: messages of any topic and payload from both,
// answers with a right checksum and any content, lost connections, time that passes. Whatever comes, what it publishes
// stays below its own topics.
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "gateway/daemon/gateway.h"
#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/fakes.h"

namespace {

using namespace bluetti;
using namespace std::chrono_literals;
using gateway::kLocal;
using gateway::Link;

constexpr Link kCloud{0};
constexpr std::size_t kMostSteps = 64;

class NoAccess final : public gateway::AccessSource {
 public:
  void request(const gateway::AccountState&) override {}
};

gateway::Config config() {
  gateway::Config config = test::test_config(2);
  config.stations[1].automatic = true;
  config.stations[1].cloud_model.clear();
  config.local.json_state = true;
  return config;
}

void check(const test::Published& message) {
  const std::string_view topic = message.topic;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  fuzz::require(topic.starts_with("bluetti/") || topic.starts_with("homeassistant/"));
  fuzz::require(topic.find_first_of("+#") == std::string_view::npos && std::ranges::none_of(topic, is_control));
}

class World {
 public:
  World() {
    step(gateway::Connected{kLocal});
    step(gateway::AccessReady{kCloud, std::make_shared<const gateway::Access>()});
    step(gateway::Connected{kCloud});
  }

  void step(fuzz::Input& input) {
    const std::uint8_t what = input.byte();
    const std::uint8_t which = input.byte();
    const std::string_view topic = what & kOwnTopic ? input.piece() : kTopics[which % kTopics.size()];
    const Link link = which % 2 == 0 ? kLocal : kCloud;
    switch (what % 6) {
      case 0:
        return hear(kCloud, topic, input.piece());
      case 1:
        return hear(kCloud, topic, framed(input.piece()));
      case 2:
        return hear(kLocal, topic, input.piece());
      case 3:
        return pass(which * 100ms);
      case 4:
        return step(gateway::ConnectionLost{link, "fuzz"});
      default:
        return step(gateway::Connected{link});
    }
  }

 private:
  static constexpr std::uint8_t kOwnTopic = 0x80;  // instead of one of these
  static constexpr std::array<std::string_view, 8> kTopics{"PUB/TEST/1001",
                                                           "PUB/TEST/1002",
                                                           "PUB/SECOND/1002",
                                                           "homeassistant/status",
                                                           "bluetti/bridge/restart/set",
                                                           "bluetti/bridge/log_level/set",
                                                           "bluetti/one/soc/set",
                                                           "bluetti/one/soc"};

  // The fuzzer will not guess a checksum.
  static std::string framed(std::string_view body) {
    std::string frame(body);
    const std::uint16_t crc = protocol::crc16(fuzz::bytes_of(body));
    frame += static_cast<char>(crc & 0xFF);
    frame += static_cast<char>(crc >> 8);
    std::string payload(protocol::kMaxEnvelope + frame.size(), '\0');
    payload.resize(protocol::wrap(protocol::Envelope::v1_2, 0, 0, fuzz::bytes_of(frame),
                                  std::as_writable_bytes(std::span(payload)))
                       .size());
    return payload;
  }

  void hear(Link link, std::string_view topic, std::string_view payload) {
    step(gateway::MessageArrived{link, nullptr, topic, payload, false, clock_.now()});
  }

  void pass(gateway::Duration time) {
    clock_.advance(time);
    daemon_.tick(clock_.now());
    check_published();
  }

  void step(const gateway::Event& event) {
    daemon_.handle(event, clock_.now());
    daemon_.tick(clock_.now());
    check_published();
  }

  void check_published() {
    std::ranges::for_each(local_->published, check);
    local_->published.clear();
    cloud_->published.clear();
  }

  test::HandClock clock_;
  std::shared_ptr<test::ClientRecord> local_ = std::make_shared<test::ClientRecord>();
  std::shared_ptr<test::ClientRecord> cloud_ = std::make_shared<test::ClientRecord>();
  gateway::Gateway daemon_{std::make_shared<gateway::Config>(config()),
                           {&test::test_catalog(), [](const auto*) {}},
                           {.make_client =
                                [this](Link link, const gateway::ConnectionOptions&) {
                                  return std::make_unique<test::RecordingClient>(link.is_local() ? local_ : cloud_);
                                },
                            .make_access = [](Link) { return std::make_unique<NoAccess>(); },
                            .remember = [](const gateway::State&) {},
                            .recorder = nullptr},
                           gateway::State{.installation = "0123456789abcdef", .accounts = {}, .stations = {}},
                           clock_,
                           1};
};

// Formatted as they would be, but written nowhere.
void log_to_nowhere() {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::null_sink_st>()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = (log_to_nowhere(), true);
  static_cast<void>(quiet);
  fuzz::Input input(data, size);
  World world;
  for (std::size_t steps = 0; !input.at_end() && steps < kMostSteps; ++steps) world.step(input);
  return 0;
}
