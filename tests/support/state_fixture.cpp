// SPDX-License-Identifier: MIT
#include "tests/support/state_fixture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bluetti::test {

using gateway::State;
using gateway::WallTime;
using std::chrono::seconds;

namespace {

gateway::SharedTexts texts(std::vector<std::string> list) {
  return std::make_shared<const std::vector<std::string>>(std::move(list));
}

std::string content_of(const gateway::SharedTexts& list) {
  return list ? fmt::format("{}", *list) : "none";
}

std::int64_t content_of(WallTime time) {
  return time.time_since_epoch().count();
}

}  // namespace

State full_state() {
  State state;
  state.installation = "0123456789abcdef";
  auto& account = state.accounts["home"];
  account.client_id = "gateway-7";
  account.pinned_certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  account.sign_in.token = gateway::Secret("token-that-nobody-may-see");
  account.sign_in.token_expires = WallTime(seconds(1'769'853'600));
  account.sign_in.user = "4711";
  account.sign_in.device = "kitchen \"Pi\" ü";
  account.sign_in.log_ins = {WallTime(seconds(1'769'850'000)), WallTime(seconds(1'769'850'060))};
  account.sign_in.refused = "wrong password";
  account.sign_in.refused_credentials = "d1ge57";
  state.accounts["cabin"];
  auto& station = state.stations["2345000000001"];
  station.base = "bluetti";
  station.id = "living_room";
  station.paths = texts({"battery_soc", "pack/1/voltage"});
  station.documents["homeassistant/device/bluetti_2345000000001/config"] = texts({"sensor:battery_soc"});
  station.counters = {{"grid_energy", 1234.1}, {"pv_energy", 0.1 + 0.2}, {"zero", 0}};
  state.stations["2345000000002"].paths = texts({"battery_soc", "pack/1/voltage"});  // equal, in a vector of its own
  state.stations["2345000000003"].id = "never_seen";
  state.clears = {"bluetti/cellar/soc", "homeassistant/device/bluetti_2345000000004/config"};
  state.departed["homeassistant/device/bluetti_2345000000004/config"] = texts({"sensor:battery_soc"});
  return state;
}

std::string content_of(const State& state) {
  std::string text = state.installation + '\n';
  for (const auto& [id, account] : state.accounts) {
    const auto& sign_in = account.sign_in;
    text += fmt::format("{} {} {} token {} until {} user {} device {} log-ins", id, account.client_id,
                        account.pinned_certificate, sign_in.token.reveal(), content_of(sign_in.token_expires),
                        sign_in.user, sign_in.device);
    for (const WallTime time : sign_in.log_ins) text += fmt::format(" {}", content_of(time));
    text += fmt::format(" refused {} {}\n", sign_in.refused, sign_in.refused_credentials);
  }
  for (const auto& [serial, station] : state.stations) {
    text += fmt::format("{} {}/{} paths {}\n", serial, station.base, station.id, content_of(station.paths));
    for (const auto& [topic, components] : station.documents)
      text += fmt::format("{} {}\n", topic, content_of(components));
    for (const auto& [slot, value] : station.counters) text += fmt::format("{} {}\n", slot, value);
  }
  for (const auto& [topic, components] : state.departed)
    text += fmt::format("departed {} {}\n", topic, content_of(components));
  return text + fmt::format("clears {}\n", state.clears);
}

}  // namespace bluetti::test
