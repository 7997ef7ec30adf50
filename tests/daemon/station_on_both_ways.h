// SPDX-License-Identifier: MIT
// The whole gateway, stepped by hand, and a station that it reaches on the local network and through the cloud, both of
// them simulated.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/simulator/simulated_station.h"
#include "protocol/big_endian.h"
#include "tests/daemon/stepped_gateway.h"

namespace bluetti::test {

using gateway::LanLink;
using gateway::LanNews;
using gateway::simulator::SimulatedModel;
using gateway::simulator::SimulatedStation;
using schemas::Way;

inline constexpr const char* kSerialNumber = "2345000000001";
inline constexpr const char* kAnother = "2345000000009";

// What passes between the gateway and one station, as the test has it.
struct FakeLan {
  LanLink link;
  bool wants_connection = false;
  bool connected = false;
  int connects = 0;
  std::vector<std::vector<std::byte>> requests;
};

class FakeSocket final : public gateway::LanSocket {
 public:
  FakeSocket(FakeLan& lan, LanLink link) : lan_(lan) { lan_.link = link; }
  ~FakeSocket() override { close(); }
  void connect() override {
    lan_.wants_connection = true;
    ++lan_.connects;
  }
  bool send(std::span<const std::byte> message) override {
    if (!lan_.connected) return false;
    lan_.requests.emplace_back(message.begin(), message.end());
    return true;
  }
  void drop_partial() override {}
  void close() override {
    lan_.connected = lan_.wants_connection = false;
    lan_.requests.clear();
  }

 private:
  FakeLan& lan_;
};

class StationOnBothWays : public SteppedGateway {
 protected:
  void SetUp() override { begin({Way::lan, Way::cloud}); }

  // `lan_serial`: of the station that answers on the local network.
  void begin(std::vector<Way> via, bool is_model_known = true, const char* lan_serial = kSerialNumber) {
    const schemas::Catalog& known = built_in_catalog();
    const schemas::Model& model = *known.model("AP300");
    gateway::Config config = test_config();
    gateway::StationConfig& station = config.stations[0];
    station.model = &model;
    station.serial = kSerialNumber;
    station.cloud_model = model.cloud_name;
    station.via = via;
    station.lan.host = "192.0.2.1";
    station.when_old = when_old;
    if (!is_model_known) {
      station.model = known.model("lan");
      station.cloud_model.clear();
      station.automatic = true;
    }
    station.poll = gateway::resolve_poll(*station.model, known, {}, via);
    if (via == std::vector{Way::lan}) station.account.clear();
    gateway::Outside outside{
        .make_client =
            [this](Link link, const gateway::ConnectionOptions&) {
              return std::make_unique<RecordingClient>(link.is_local() ? local : cloud);
            },
        .make_access = [this](Link) { return std::make_unique<ReadyAccess>(access_wanted); },
        .remember = [this](const gateway::State& state) { remembered = state; },
        .recorder = nullptr,
        .make_lan = [this](LanLink link,
                           const gateway::LanEndpoint&) { return std::make_unique<FakeSocket>(lan, link); }};
    daemon = std::make_unique<gateway::Gateway>(std::make_shared<gateway::Config>(std::move(config)),
                                                std::shared_ptr<const schemas::Catalog>(&known, [](const auto*) {}),
                                                std::move(outside), remembered, clock, 1);
    for (const Way way : {Way::cloud, Way::lan}) {
      models[way] = gateway::simulator::make_simulated_model(model, known, way);
      stations[way] = station_by(way, way == Way::lan ? lan_serial : kSerialNumber);
    }
    tick();
    connect_both();
  }

  std::unique_ptr<SimulatedStation> station_by(Way by, const char* serial) {
    return std::make_unique<SimulatedStation>(
        models[by], gateway::simulator::Identity{.model = "AP300", .serial = serial, .seed = 7});
  }

  // Everything that is due between the gateway and the two stations, at one moment.
  void exchange() {
    for (int turns = 0; turns < 40; ++turns) {
      tick();
      bool busy = false;
      if (lan_works && std::exchange(lan.wants_connection, false)) {
        lan.connected = busy = true;
        daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::connected, .message = {}, .reason = {}},
                       clock.now());
      }
      for (const auto& request : std::exchange(lan.requests, {})) {
        std::array<std::byte, protocol::kMaxAdu> buffer;
        const auto reply = stations[Way::lan]->on_adu(request, kFixedTime, buffer);
        count_otherwise(request, buffer);
        if (!lan_answers || reply.empty()) continue;
        const bool asks_serial = protocol::word_at(request, kFirstRegister) == 50206;
        if (asks_serial && serial_is_silent > 0 && --serial_is_silent >= 0) continue;
        const bool is_busy = asks_serial && serial_is_busy > 0 && --serial_is_busy >= 0;
        if (lan_exception != std::byte{0} || is_busy) {
          const auto refused = refusal(request, is_busy ? std::byte{6} : lan_exception);
          daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::arrived, .message = refused, .reason = {}},
                         clock.now());
          busy = true;
          continue;
        }
        busy = true;
        daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::arrived, .message = reply, .reason = {}},
                       clock.now());
      }
      for (; asked < cloud->published.size(); ++asked) {
        gateway::simulator::PayloadBuffer buffer;
        const std::string request = cloud->published[asked].payload;
        const auto reply = stations[Way::cloud]->on_request(std::as_bytes(std::span(request)), kFixedTime, buffer);
        if (!cloud_answers || reply.empty()) continue;
        busy = true;
        arrive({reinterpret_cast<const char*>(reply.data()), reply.size()}, std::string("PUB/AP300/") + kSerialNumber);
      }
      if (!busy) return;
    }
  }
  // The energies on the local network: two registers each, the low one first, in tenths.
  void count_otherwise(std::span<const std::byte> request, std::span<std::byte> reply) const {
    constexpr std::size_t kData = 9;
    const std::uint16_t first = protocol::word_at(request, kFirstRegister);
    if (first < 50012 || first > 50018) return;
    const int ahead = protocol::word_at(reply, kData) + lan_is_ahead;
    protocol::put_word(reply, kData, static_cast<std::uint16_t>(ahead));
  }
  [[nodiscard]] static std::vector<std::byte> refusal(std::span<const std::byte> request, std::byte exception) {
    std::vector<std::byte> reply(request.begin(), request.begin() + 9);
    reply[5] = std::byte{3};
    reply[7] |= std::byte{0x80};
    reply[8] = exception;
    return reply;
  }
  void pass(gateway::Duration time) {
    for (const auto end = clock.now() + time; clock.now() < end;) {
      clock.advance(500ms);
      exchange();
    }
  }
  void cut_lan() {
    if (!lan.connected) return;
    lan.connected = false;
    lan.requests.clear();
    daemon->handle(LanNews{.link = lan.link, .what = LanNews::What::ended, .message = {}, .reason = "cut"},
                   clock.now());
  }
  [[nodiscard]] std::string way() const { return local->last("bluetti/one/way"); }
  [[nodiscard]] std::map<std::string, std::set<std::string>> payloads() const {
    std::map<std::string, std::set<std::string>> all;
    for (const Published& message : local->published) {
      if (message.topic.starts_with("bluetti/one/")) all[message.topic].insert(message.payload);
    }
    return all;
  }

  std::vector<gateway::WhenOldWishes> when_old;

  static constexpr std::size_t kFirstRegister = 8;  // where a read names it
  static constexpr double kFixedTime = 3600;        // the stations stand still: each value has one truth

  FakeLan lan;
  std::map<Way, SimulatedModel> models;
  std::map<Way, std::unique_ptr<SimulatedStation>> stations;
  bool lan_works = true;
  bool lan_answers = true;
  std::byte lan_exception{0};  // the answer to every read, if it is not 0
  int serial_is_silent = 0;    // so many questions for its serial number are not answered
  int serial_is_busy = 0;
  bool cloud_answers = true;
  int lan_is_ahead = 0;   // tenths of a kWh
  std::size_t asked = 0;  // messages of the cloud that were dealt with
};

}  // namespace bluetti::test
