// SPDX-License-Identifier: MIT
#include "tests/control/controlled_station.h"

#include "gateway/station/envelope_of.h"
#include "protocol/write.h"

namespace bluetti::test {
namespace {

gateway::StationPlan plan_of(const schemas::Model& model) {
  gateway::StationPlan plan{.model = &model, .poll = {}};
  for (const std::uint16_t id : model.blocks) {
    if (built_in().block(id) != nullptr) plan.poll[id] = 30;
  }
  return plan;
}

}  // namespace

const schemas::Catalog& built_in() {
  static const schemas::Catalog catalog = schemas::Catalog::built_in();
  return catalog;
}

ControlledStation::ControlledStation(std::string_view name, gateway::ControlRules rules)
    : model(*built_in().model(name)),
      simulated(gateway::simulator::make_simulated_model(model, built_in())),
      simulator(simulated, {.model = std::string(name), .serial = "2345000000001", .seed = 1}),
      station(plan_of(model), decoders),
      control(clock, [this](const gateway::ControlResult& result) { results.push_back(result); }),
      settings(std::make_shared<schemas::SettingsOfModel>(built_in(), model)) {
  control.configure(built_in(), &model, settings, std::move(rules));
  reconnect();
  pass(10s);
}

double ControlledStation::simulated_time() const {
  return std::chrono::duration<double>(clock.now().time_since_epoch()).count();
}

void ControlledStation::wish(std::string path, std::string value, bool retained) {
  control.accept({.path = std::move(path), .value = std::move(value), .way = "topic", .id = {}}, retained, connected,
                 station, clock.now());
}

void ControlledStation::exchange() {
  while (connected) {
    const auto request = station.next_request(clock.now());
    if (!request) return;
    const auto bytes = std::as_bytes(std::span(*request));
    const auto opened = protocol::open(gateway::envelope_of(model.envelope), bytes);
    const auto write = protocol::parse_write_request(std::get<protocol::Opened>(opened).frame);
    writes_ += std::holds_alternative<protocol::ReceivedWrite>(write);
    const auto answer = simulator.on_request(bytes, simulated_time(), buffer_);
    if (simulator.take_disconnect()) return disconnect();
    if (answer.empty()) continue;
    (void)station.on_message({reinterpret_cast<const char*>(answer.data()), answer.size()}, false, clock.now());
  }
}

void ControlledStation::pass(gateway::Duration time) {
  for (const auto end = clock.now() + time;;) {
    control.tick(connected, station, clock.now());
    (void)station.tick(clock.now());
    exchange();
    // Whoever serves it would serve it again at once, for ever.
    EXPECT_TRUE(station.wants_to_ask(clock.now()) || station.next_action() > clock.now()) << "nothing to do, and due";
    if (clock.now() >= end) return;
    clock.advance(std::min<gateway::Duration>(100ms, end - clock.now()));
  }
}

void ControlledStation::disconnect() {
  connected = false;
  station.session_down(clock.now(), "lost the connection to the cloud");
}

void ControlledStation::reconnect() {
  connected = true;
  station.session_up(clock.now());
  control.on_session_up(station, clock.now());
}

std::string ControlledStation::truth(std::string_view path) {
  const schemas::Setting& one = setting(path);
  const schemas::Block& block = *built_in().block(one.facts().block);
  std::vector<std::byte> data;
  for (int first = 0, count = model.registers_of(block); first < count; first += 100) {
    const protocol::ReadRequest request{one.facts().modbus_unit, static_cast<std::uint16_t>(block.id + first),
                                        static_cast<std::uint16_t>(std::min(100, count - first))};
    std::array<std::byte, protocol::kMaxRequest> asked{};
    const protocol::Framing& framing = protocol::framing_of(gateway::envelope_of(model.envelope));
    gateway::simulator::PayloadBuffer buffer{};
    const auto answer = simulator.on_request(framing.wrap(request, 0, asked), simulated_time(), buffer);
    const auto arrived = framing.open(answer);
    const auto* frame = std::get_if<protocol::Arrived>(&arrived);
    const auto* read = frame ? std::get_if<protocol::ReadAnswer>(&frame->frame) : nullptr;
    if (!read) break;
    data.insert(data.end(), read->data.begin(), read->data.end());
  }
  return one.read(data);
}

}  // namespace bluetti::test
