// SPDX-License-Identifier: MIT
#include "gateway/client/station_host.h"

#include <bluetti/testing.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "gateway/capture/record_reader.h"
#include "gateway/config/suggestion.h"
#include "gateway/simulator/random.h"
#include "gateway/transport/certificate_access.h"
#include "protocol/cloud_topics.h"

namespace bluetti {
namespace {

namespace simulator = gateway::simulator;
using gateway::TimePoint;

constexpr std::uint64_t kFirstSerial = 2345000000001;
constexpr int kNoBudget = 1'000'000;

// The seam at the MQTT library, without one.
class LoopbackClient final : public gateway::MqttClient {
 public:
  LoopbackClient(std::shared_ptr<StationHost> host, gateway::EventSink sink)
      : host_(std::move(host)), sink_(std::move(sink)) {}
  ~LoopbackClient() override { host_->detach(this); }

  void connect() override {
    host_->attach(this, sink_);
    sink_(gateway::Connected{kStations});
  }
  void disconnect() override { host_->detach(this); }
  bool subscribe(const std::string&, int, gateway::RetainFlag) override { return true; }
  bool unsubscribe(const std::string&) override { return true; }
  bool publish(const std::string& topic, std::string_view payload, const gateway::Delivery&) override {
    host_->on_request(this, topic, payload);
    return true;
  }

 private:
  std::shared_ptr<StationHost> host_;
  gateway::EventSink sink_;
};

struct Sent {
  std::string topic;
  std::string payload;
};

class RecordAccess final : public Way::Access {
 public:
  explicit RecordAccess(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] std::variant<Opened, Error> open(const gateway::EventSink& sink) const override {
    auto read = gateway::capture::load_record(file_);
    if (auto* problem = std::get_if<std::string>(&read)) return wrong(std::move(*problem));
    simulator::Fleet fleet;
    std::vector<StationOptions> stations;
    for (auto& station : simulator::replayed_stations(std::get<gateway::capture::Record>(read).messages)) {
      const std::string model(station.address().model);
      stations.push_back({.serial = std::string(station.address().serial), .model = model, .cloud_model = model});
      fleet.stations.emplace_back(std::move(station));
    }
    if (stations.empty()) return wrong(fmt::format("{}: no station to replay", file_.string()));
    return std::make_shared<StationHost>(nullptr, std::move(fleet), std::move(stations))->open(sink);
  }

 private:
  static Error wrong(std::string message) { return {.kind = ErrorClass::configuration, .message = std::move(message)}; }

  std::filesystem::path file_;
};

}  // namespace

StationHost::StationHost(std::shared_ptr<const SchemaRegistry::Contents> schemas, simulator::Fleet fleet,
                         std::vector<StationOptions> stations)
    : schemas_(std::move(schemas)),
      fleet_(std::move(fleet)),
      options_(std::move(stations)),
      silent_(options_.size(), false) {}

std::variant<Way::Access::Opened, Error> StationHost::open(const gateway::EventSink& sink) const {
  auto self = std::const_pointer_cast<StationHost>(shared_from_this());
  gateway::AccountConfig account;
  account.id = "here";
  account.url = {.host = "in-process", .port = 1883, .tls = false};
  account.client_id = "client";
  account.requests_per_minute = kNoBudget;
  account.reconnect_delay = std::chrono::seconds(1);
  gateway::read::SessionParts parts{
      .access = gateway::make_certificate_access(account, kStations, sink, nullptr),
      .make_client = [self,
                      sink](const gateway::ConnectionOptions&) { return std::make_unique<LoopbackClient>(self, sink); },
      .known = {},
      .recorder = nullptr};
  return Opened{
      .account = std::move(account), .parts = std::move(parts), .stations = options_, .tick = [self](TimePoint now) {
        return self->tick(now);
      }};
}

std::optional<std::size_t> StationHost::index_of(std::string_view serial) const {
  const auto found = std::ranges::find(options_, serial, &StationOptions::serial);
  if (found == options_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - options_.begin());
}

void StationHost::send(const Listener& to, std::size_t station, std::span<const std::byte> payload) const {
  if (payload.empty()) return;
  auto sent = std::make_shared<Sent>(
      Sent{.topic = protocol::from_station_topic(simulator::address_of(fleet_.stations[station])),
           .payload = {reinterpret_cast<const char*>(payload.data()), payload.size()}});
  const std::string_view topic = sent->topic;
  const std::string_view bytes = sent->payload;
  to.sink(gateway::MessageArrived{.link = kStations,
                                  .owner = std::move(sent),
                                  .topic = topic,
                                  .payload = bytes,
                                  .retained = false,
                                  .arrived = {},
                                  .reply_to = nullptr});
}

void StationHost::on_request(const void* client, std::string_view topic, std::string_view payload) {
  const std::lock_guard lock(mutex_);
  const auto address = protocol::parse_to_station_topic(topic);
  const auto station = address ? index_of(address->serial) : std::nullopt;
  const auto listener = std::ranges::find(listeners_, client, &Listener::client);
  if (!station || silent_[*station] || listener == listeners_.end()) return;
  const auto request = std::as_bytes(std::span(payload));
  send(*listener, *station,
       std::visit([&](auto& kind) { return kind.on_request(request, time_, buffer_); }, fleet_.stations[*station]));
}

void StationHost::push(std::string_view serial) {
  const std::lock_guard lock(mutex_);
  const auto station = index_of(serial);
  if (!station) return;
  auto* simulated = std::get_if<simulator::SimulatedStation>(&fleet_.stations[*station]);
  if (!simulated) return;
  const auto payload = simulated->next_push(time_, buffer_);
  for (const Listener& listener : listeners_) send(listener, *station, payload);
}

TimePoint StationHost::tick(TimePoint now) {
  const std::lock_guard lock(mutex_);
  TimePoint next = TimePoint::max();
  for (std::size_t index = 0; index < fleet_.stations.size(); ++index) {
    auto* replayed = std::get_if<simulator::ReplayedStation>(&fleet_.stations[index]);
    if (!replayed || replayed->pushes() == 0) continue;
    if (!start_) start_ = now;
    time_ = std::chrono::duration<double>(now - *start_).count();
    while (replayed->next_push_time() <= time_) {
      const auto payload = replayed->next_push();
      for (const Listener& listener : listeners_) send(listener, index, payload);
    }
    const std::chrono::duration<double> wait(replayed->next_push_time() - time_);
    next = std::min(next, now + std::chrono::ceil<gateway::Duration>(wait));
  }
  return next;
}

void StationHost::advance(double seconds) {
  const std::lock_guard lock(mutex_);
  time_ += seconds;
}

void StationHost::set_silent(std::string_view serial, bool is_silent) {
  const std::lock_guard lock(mutex_);
  if (const auto station = index_of(serial)) silent_[*station] = is_silent;
}

void StationHost::lose_connection() {
  const std::lock_guard lock(mutex_);
  for (const Listener& listener : std::exchange(listeners_, {})) {
    listener.sink(gateway::ConnectionLost{.link = kStations, .reason = "the simulation ended it"});
  }
}

void StationHost::attach(const void* client, gateway::EventSink sink) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back({client, std::move(sink)});
}

void StationHost::detach(const void* client) {
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [client](const Listener& listener) { return listener.client == client; });
}

Way record(std::filesystem::path file) {
  return Way(std::make_shared<const RecordAccess>(std::move(file)));
}

namespace testing {

namespace {

std::shared_ptr<StationHost> make_host(const std::vector<std::string>& models, const SchemaRegistry& schemas) {
  auto contents = contents_of(schemas);
  simulator::Fleet fleet;
  std::vector<StationOptions> stations;
  for (const std::string& name : models) {
    const schemas::Model* model = contents->catalog.model(name);
    if (!model) throw std::invalid_argument(gateway::unknown_model(name, contents->catalog));
    const std::string serial = fmt::format("{}", kFirstSerial + stations.size());
    fleet.models.push_back(
        std::make_unique<simulator::SimulatedModel>(simulator::make_simulated_model(*model, contents->catalog)));
    fleet.stations.emplace_back(simulator::SimulatedStation(
        *fleet.models.back(), {.model = model->name, .serial = serial, .seed = simulator::seed_of(0, serial)}));
    stations.push_back({.serial = serial, .model = model->name, .cloud_model = model->cloud_name});
  }
  return std::make_shared<StationHost>(std::move(contents), std::move(fleet), std::move(stations));
}

}  // namespace

Simulation::Simulation(const std::vector<std::string>& models, const SchemaRegistry& schemas)
    : host_(make_host(models, schemas)) {}
Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation() = default;

const std::vector<StationOptions>& Simulation::stations() const {
  return host_->stations();
}
Way Simulation::way() const {
  return Way(host_);
}
void Simulation::advance(std::chrono::seconds by) {
  host_->advance(static_cast<double>(by.count()));
}
void Simulation::push(const std::string& serial) {
  host_->push(serial);
}
void Simulation::set_silent(const std::string& serial, bool is_silent) {
  host_->set_silent(serial, is_silent);
}
void Simulation::lose_connection() {
  host_->lose_connection();
}

}  // namespace testing
}  // namespace bluetti
