// SPDX-License-Identifier: MIT
#include "gateway/client/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "gateway/client/values.h"
#include "gateway/config/suggestion.h"
#include "protocol/cloud_topics.h"
#include "schemas/override.h"

namespace bluetti::gateway::client {
namespace {

Error transport_error(std::string_view message) {
  return {.kind = ErrorClass::transport, .message = std::string(message)};
}

Error configuration_error(std::string message) {
  return {.kind = ErrorClass::configuration, .message = std::move(message)};
}

constexpr std::string_view kNotConnected = "not connected: call connect() first";

WriteResult public_result(const std::string& serial, const ControlResult& result) {
  return {.station = serial,
          .path = result.wish.path,
          .wanted = result.wish.value,
          .outcome = static_cast<bluetti::WriteOutcome>(result.outcome),
          .reason = result.reason,
          .before = result.before,
          .after = result.after};
}
static_assert(static_cast<int>(bluetti::WriteOutcome::reverted) == static_cast<int>(ControlOutcome::reverted));

}  // namespace

Error error_of(const ReadFailure& failure, const std::string& what) {
  const ErrorClass kind = failure.kind == FailureKind::refused   ? ErrorClass::protocol
                          : failure.kind == FailureKind::invalid ? ErrorClass::configuration
                                                                 : ErrorClass::transport;
  return {.kind = kind, .message = fmt::format("{}: {}", what, failure.reason)};
}

std::shared_ptr<Engine> Engine::create(ClientOptions options) {
  auto engine = std::make_shared<Engine>(std::move(options));
  engine->thread_ = std::thread([engine] { engine->loop(); });
  return engine;
}

// Not joined yet: it was closed on its own thread, which ends here.
Engine::~Engine() {
  if (thread_.joinable()) thread_.detach();
}

void Engine::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  queue_.wake();
}

void Engine::post_or_run(Task task) {
  if (!run_at_once(task)) post(std::move(task));
}

// Nothing is done here but what was asked for: no time-outs of others, no end of the session.
bool Engine::run_at_once(const Task& task) {
  if (std::this_thread::get_id() == thread_.get_id()) return false;
  const std::unique_lock turn(turn_, std::try_to_lock);
  if (!turn || !session_ || !over_.empty()) return false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !tasks_.empty()) return false;
  }
  task();
  TimePoint next = session_->tick(clock_.now());
  for (const auto& [id, call] : calls_) next = std::min(next, call.deadline);
  if (next < wakes_at_ || !over_.empty()) queue_.wake();
  return true;
}

void Engine::tell(Task callback) {
  if (std::this_thread::get_id() == thread_.get_id()) return callback();
  post(std::move(callback));
}

void Engine::close() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queue_.wake();
  if (thread_.get_id() != std::this_thread::get_id()) thread_.join();
}

void Engine::loop() {
  std::vector<Event> events;
  for (;;) {
    turn(events);
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ && tasks_.empty()) break;
    }
    queue_.pop_until(wakes_at_, events);
  }
  const std::lock_guard turn(turn_);
  disconnect("the client was closed");
  connecting_.clear();
}

// A wait for an answer that came in time is not cut short for the next one: it ends once for nothing, instead of a
// wake-up for each request.
void Engine::turn(std::vector<Event>& events) {
  const std::lock_guard turn(turn_);
  if (way_collect_) way_collect_(events);
  for (const Event& event : events) {
    if (session_) session_->handle(event, clock_.now());
  }
  events.clear();
  run_tasks();
  const TimePoint now = clock_.now();
  const TimePoint next = tick(now);
  wakes_at_ = wakes_at_ > now ? std::min(wakes_at_, next) : next;
}

void Engine::run_tasks() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const Task& task : tasks) task();
}

TimePoint Engine::tick(TimePoint now) {
  if (!over_.empty()) disconnect(std::exchange(over_, {}));
  TimePoint next = give_up_late(now);
  if (!session_) return next;
  if (way_tick_) next = std::min(next, way_tick_(now));
  for (std::size_t index = 0; index < controls_.size(); ++index) {
    controls_[index]->tick(session_->connected(), session_->station(index), now);
    next = std::min(next, controls_[index]->next_action());
  }
  return std::min(next, session_->tick(now));
}

void Engine::connect(Connected done) {
  if (session_ && session_->connected()) return done(Done{});
  connecting_.push_back(std::move(done));
  if (connecting_.size() > 1 && session_) return;
  const auto& access = options_.way.access();
  if (!access) return fail_connects(configuration_error("no way to a station: set ClientOptions::way"));
  if (!options_.retry.is_valid()) return fail_connects(configuration_error("the retry policy makes no sense"));
  auto opened = access->open([this](Event event) { queue_.push(std::move(event)); });
  if (const auto* error = std::get_if<Error>(&opened)) return fail_connects(*error);
  if (!schemas_) schemas_ = contents_of(options_.schemas);
  if (const auto fault = resolve_stations(std::get<Way::Access::Opened>(opened))) return fail_connects(*fault);
  start(std::get<Way::Access::Opened>(std::move(opened)));
}

// Where the station is found: its topics at the cloud, or that it can be read on the local network at all.
std::optional<Error> Engine::place(StationConfig& station, const StationOptions& options,
                                   const read::SessionParts& parts) const {
  const std::string& title = station.model->title;
  if (parts.way == schemas::Way::lan) {
    station.cloud_model = "LAN";  // its messages come on a topic, too
    const schemas::LanPlan& plan = station.model->lan;
    if (plan.blocks.empty()) {
      return configuration_error(
          fmt::format("station {}: nothing is known of the model {} over Modbus TCP", options.serial, title));
    }
    if (parts.lan_unit.value_or(1) != 1 && plan.has(schemas::Quirk::frozen_by_other_units)) {
      return configuration_error(
          fmt::format("unit {}: asked for another unit than 1, a {} stops answering until it is "
                      "switched off",
                      *parts.lan_unit, title));
    }
    return std::nullopt;
  }
  station.cloud_model = options.cloud_model.empty() ? station.model->cloud_name : options.cloud_model;
  if (protocol::is_topic_part(station.cloud_model)) return std::nullopt;
  return configuration_error(
      fmt::format("station {}: set what the cloud calls a {} in cloud_model", options.serial, title));
}

std::optional<Error> Engine::resolve_stations(const Way::Access::Opened& opened) {
  const auto& wanted = options_.stations.empty() ? opened.stations : options_.stations;
  if (wanted.empty()) return configuration_error("no station: set ClientOptions::stations");
  if (opened.parts.way == schemas::Way::lan && wanted.size() > 1)
    return configuration_error("several stations: lan() leads to one");
  stations_.clear();
  for (const StationOptions& options : wanted) {
    StationConfig station;
    station.id = station.serial = options.serial;
    station.model = catalog().model(options.model);
    if (!station.model)
      return configuration_error("station " + options.serial + ": " + unknown_model(options.model, catalog()));
    if (std::string fault = fault_of_serial(options.serial); !fault.empty()) {
      return configuration_error(fmt::format("station '{}': {}", options.serial, fault));
    }
    if (auto fault = place(station, options, opened.parts)) return fault;
    stations_.push_back(std::move(station));
  }
  return std::nullopt;
}

void Engine::start(Way::Access::Opened opened) {
  way_ = opened.parts.way;
  way_tick_ = std::move(opened.tick);
  way_collect_ = std::move(opened.collect);
  queue_.also_wait_for(opened.descriptor);
  use_schemas();
  session_ = std::make_unique<read::StationSession>(opened.account, stations_, std::move(opened.parts),
                                                    options_.answer_timeout, clock_, std::random_device{}(),
                                                    static_cast<read::SessionListener&>(*this));
  const ControlRules rules{.enabled = options_.control.enabled,
                           .per_minute = options_.control.per_minute,
                           .consents = options_.control.consents};
  for (std::size_t index = 0; index < stations_.size(); ++index) {
    const schemas::Model* model = stations_[index].model;
    auto& control = controls_.emplace_back(std::make_unique<StationControl>(
        clock_, [this, index](ControlResult result) { on_result(index, std::move(result)); }));
    settings_.push_back(rules.enabled ? std::make_shared<const schemas::SettingsOfModel>(catalog(), *model, way_)
                                      : nullptr);
    control->configure(catalog(), model, settings_.back(), rules);
  }
}

void Engine::disconnect(std::string_view reason) {
  connected_ = false;
  for (auto calls = std::exchange(calls_, {}); auto& [id, call] : calls) call.give_up(transport_error(reason));
  writes_.clear();
  fail_connects(transport_error(reason));
  if (!session_) return;
  session_->disconnect();
  controls_.clear();
  settings_.clear();
  session_.reset();
  earlier_schemas_.clear();
  queue_.also_wait_for(-1);
  way_tick_ = {};
  way_collect_ = {};
}

void Engine::fail_connects(const Error& error) {
  for (const Connected& done : std::exchange(connecting_, {})) done(error);
}

std::uint64_t Engine::begin(const CallOptions& options, std::function<void(Error)> give_up) {
  const std::uint64_t id = next_call_++;
  Call& call = calls_[id];
  call.give_up = std::move(give_up);
  call.deadline = options.deadline.value_or(TimePoint::max());
  if (options.cancel.stop_possible()) {
    call.cancel = std::make_unique<std::stop_callback<Task>>(
        options.cancel, [this, id] { post([this, id] { this->give_up(id, "cancelled"); }); });
  }
  return id;
}

void Engine::give_up(std::uint64_t call, std::string_view reason) {
  auto own = calls_.extract(call);
  if (own) own.mapped().give_up(transport_error(reason));
}

TimePoint Engine::give_up_late(TimePoint now) {
  TimePoint next = TimePoint::max();
  std::vector<std::uint64_t> late;
  for (const auto& [id, call] : calls_) {
    if (call.deadline <= now) {
      late.push_back(id);
    } else {
      next = std::min(next, call.deadline);
    }
  }
  for (const std::uint64_t id : late) give_up(id, "not done by the deadline");
  return next;
}

std::variant<Engine::Target, Error> Engine::target_of(const std::string& serial) const {
  if (!session_) return transport_error(kNotConnected);
  if (serial.empty()) return Target{.station = 0, .model = stations_.front().model};
  const auto found = std::ranges::find(stations_, serial, &StationConfig::serial);
  if (found == stations_.end()) return configuration_error("no station with the serial number " + serial);
  return Target{.station = static_cast<std::size_t>(found - stations_.begin()), .model = found->model};
}

void Engine::read(const Target& target, const RegisterRange& range, const CallOptions& options, ReadDone done) {
  if (!session_ || !session_->connected()) {
    return done(ReadFailure{FailureKind::disconnected, "no session with the station at present"});
  }
  const ReadPolicy policy{.retry = options.retry.value_or(options_.retry), .answer_timeout = options_.answer_timeout};
  if (!policy.retry.is_valid()) return done(ReadFailure{FailureKind::invalid, "the retry policy makes no sense"});
  // Given up, it ends where it stands, and its outcome is nobody's.
  auto transaction = std::make_shared<ReadTransaction*>(nullptr);
  auto shared = std::make_shared<ReadDone>(std::move(done));
  const std::uint64_t id = begin(options, [transaction, shared](const Error& error) {
    if (*transaction) (*transaction)->cancel(error.message);
    (*shared)(ReadFailure{FailureKind::disconnected, error.message});
  });
  auto made = std::make_unique<ReadTransaction>(*target.model, range, policy, TimePoint::max(),
                                                [this, id, transaction, shared](ReadOutcome outcome) {
                                                  *transaction = nullptr;
                                                  if (end(id)) (*shared)(std::move(outcome));
                                                });
  *transaction = made.get();
  session_->station(target.station).submit(std::move(made));
}

void Engine::write(const Target& target, ControlWish wish, const CallOptions& options, WriteDone done) {
  const std::uint64_t id = begin(options, [done](const Error& error) {
    done(Error{error.kind, error.message + "; whether the setting was changed is not known"});
  });
  wish.id = fmt::format("{}", id);
  writes_[wish.id] = [this, id, done = std::move(done)](Result<WriteResult> result) {
    if (end(id)) done(std::move(result));
  };
  const auto& settings = settings_[target.station];
  const schemas::Setting* setting = settings ? settings->find(wish.path) : nullptr;
  if (!setting || session_->station(target.station).online()) return accept(target, std::move(wish));
  // Only of a station that has answered something it is known what state it is in.
  const schemas::Block* block = catalog().block(setting->facts().block);
  const RegisterRange range{.first = block->id, .count = target.model->registers_of(*block), .block = block};
  CallOptions first = options;
  first.deadline.reset();
  first.cancel = {};
  read(target, range, first, [this, target, wish = std::move(wish)](const ReadOutcome& outcome) {
    const auto* failure = std::get_if<ReadFailure>(&outcome);
    if (!failure) return post([this, target, wish] { accept(target, wish); });  // it is online from the next turn on
    const auto own = writes_.extract(wish.id);
    if (own) own.mapped()(error_of(*failure, wish.path));
  });
}

void Engine::accept(const Target& target, ControlWish wish) {
  if (!session_) return;
  Station& station = session_->station(target.station);
  controls_[target.station]->accept(std::move(wish), false, session_->connected(), station, clock_.now());
}

void Engine::on_result(std::size_t station, ControlResult result) {
  auto own = writes_.extract(result.wish.id);
  WriteResult told = public_result(stations_[station].serial, result);
  if (own) return own.mapped()(std::move(told));
  if (reverted_) reverted_(std::move(told));
}

BlockValues Engine::decode(const Target& target, const schemas::Block& block, RegisterData data) {
  data.payloads.clear();
  secrets_->hide(*target.model, data);
  BlockValues values =
      block_values(decoders_->of(block.id, *target.model), data, serial_of(target.station), clock_.wall());
  if (!sinks_.empty()) write_to_sinks(values);
  return values;
}

// What was not read has not changed.
void Engine::write_to_sinks(const BlockValues& values) {
  for (const Value& value : values.values) {
    if (value.presence == Presence::missing) continue;
    std::string text = value.text();
    const auto [known, is_new] = last_written_.try_emplace(values.station + '/' + value.path);
    if (!is_new && known->second == text) continue;
    known->second = text;
    sinks_.write({.time = values.time,
                  .station = values.station,
                  .path = value.path,
                  .value = std::move(text),
                  .json = json_of(value)});
  }
}

Registers Engine::without_secrets(const Target& target, RegisterData data) const {
  secrets_->hide(*target.model, data);
  return {.station = serial_of(target.station), .first_register = data.first, .registers = words_of(data.data)};
}

Result<Done> Engine::register_schema(std::string name, std::string text) {
  auto added = options_.schemas.add(std::move(name), std::move(text));
  if (!added || !schemas_) return added;
  earlier_schemas_.push_back(std::exchange(schemas_, contents_of(options_.schemas)));
  use_schemas();
  return added;
}

void Engine::use_schemas() {
  decoders_ = std::make_unique<DecoderCache>(catalog());
  secrets_.emplace(catalog());
}

void Engine::on_up(TimePoint now) {
  connected_ = true;
  for (std::size_t index = 0; index < controls_.size(); ++index) {
    controls_[index]->on_session_up(session_->station(index), now);
  }
  for (const Connected& done : std::exchange(connecting_, {})) done(Done{});
}

// The first try decides; a session that was there is built up again.
bool Engine::on_down(const std::string& message, Duration) {
  connected_ = false;
  if (connecting_.empty()) return true;
  over_ = message;
  return false;
}

void Engine::on_no_access(const std::string& reason) {
  over_ = reason;
}

void Engine::on_push(std::size_t station, const protocol::Push& push) {
  if (!push_) return;
  const Target target{.station = station, .model = stations_[station].model};
  const RegisterData data{.first = push.first_register, .data = {push.data.begin(), push.data.end()}};
  const int end = push.first_register + static_cast<int>(push.data.size() / 2);
  for (const std::uint16_t id : target.model->blocks_by(way_)) {
    const schemas::Block* block = catalog().block(id);
    if (!block || push.first_register >= id + target.model->registers_of(*block) || end <= id) continue;
    if (schemas::missing_parameter(*block, *target.model).empty()) push_(decode(target, *block, data));
  }
}

}  // namespace bluetti::gateway::client
