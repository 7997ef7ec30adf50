// SPDX-License-Identifier: MIT
#include <bluetti/async_client.h>
#include <fmt/format.h>

#include <utility>

#include "gateway/client/engine.h"
#include "gateway/client/values.h"
#include "schemas/override.h"
#include "schemas/poll_group.h"

namespace bluetti {
namespace {

using gateway::ReadFailure;
using gateway::ReadOutcome;
using gateway::RegisterData;
using gateway::RegisterRange;
using gateway::client::Engine;
using EnginePointer = std::shared_ptr<Engine>;
using Target = Engine::Target;

constexpr int kMostRegisters = 65536;

// The future of a call that is made with the callback it hands over.
template <typename T, typename Call>
std::future<Result<T>> future_of(const Call& call) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto future = promise->get_future();
  call([promise](Result<T> result) { promise->set_value(std::move(result)); });
  return future;
}

// The caller's callback, run where it wants.
template <typename T>
std::function<void(T)> where_wanted(const EnginePointer& engine, std::function<void(T)> callback) {
  if (!callback) return callback;
  return [engine = engine.get(), callback = std::move(callback)](T news) {
    engine->tell([engine, call = [callback, news = std::move(news)]() mutable {
      callback(std::move(news));
    }]() mutable { engine->executor() ? engine->executor()(std::move(call)) : call(); });
  };
}

// What a call does in the engine's turn, once its station is known.
template <typename T, typename Work>
void at_station(const EnginePointer& engine, const std::string& serial, Callback<T> done, Work work) {
  engine->post_or_run([engine = engine.get(), serial, done = std::move(done), work = std::move(work)] {
    auto target = engine->target_of(serial);
    if (auto* error = std::get_if<Error>(&target)) return done(std::move(*error));
    work(*engine, std::get<Target>(target), done);
  });
}

void read_block(Engine& engine, const Target& target, std::uint16_t id, int registers, const CallOptions& options,
                const Callback<BlockValues>& done) {
  const schemas::Block* block = engine.catalog().block(id);
  if (!block) {
    return done(Error{ErrorClass::schema, fmt::format("block {} is not known: register a schema, or use "
                                                      "read_registers()",
                                                      id)});
  }
  if (block->way != engine.way()) {
    return done(Error{ErrorClass::schema,
                      fmt::format("block {} is read {}: this client goes another way", id,
                                  block->way == schemas::Way::lan ? "over Modbus TCP" : "through the cloud")});
  }
  if (!schemas::missing_parameter(*block, *target.model).empty()) {
    return done(Error{ErrorClass::schema,
                      fmt::format("block {} is not described for {}: use read_registers()", id, target.model->title)});
  }
  const bool is_part = registers > 0;
  const RegisterRange range{.first = id,
                            .count = is_part ? registers : target.model->registers_of(*block),
                            .block = is_part ? nullptr : block,
                            .way = engine.way()};
  engine.read(target, range, options, [&engine, target, block, done](ReadOutcome outcome) {
    if (const auto* failure = std::get_if<ReadFailure>(&outcome)) {
      return done(gateway::client::error_of(*failure, fmt::format("block {} ({}) of station {}", block->id, block->name,
                                                                  engine.serial_of(target.station))));
    }
    done(engine.decode(target, *block, std::get<RegisterData>(std::move(outcome))));
  });
}

// The blocks of a group, one after the other.
struct GroupRead : std::enable_shared_from_this<GroupRead> {
  Target target;
  std::vector<std::uint16_t> blocks;
  std::size_t next = 0;
  OnError on_error = OnError::stop;
  CallOptions options;
  GroupValues values;
  Callback<GroupValues> done;

  void go_on(Engine& engine) {
    const bool stops = on_error == OnError::stop && !values.errors.empty();
    if (stops || next == blocks.size()) return done(std::move(values));
    read_block(engine, target, blocks[next++], 0, options,
               [&engine, self = shared_from_this()](Result<BlockValues> result) {
                 if (result) {
                   self->values.blocks.push_back(std::move(result).value());
                 } else {
                   self->values.errors.push_back(result.error());
                 }
                 self->go_on(engine);
               });
  }
};

Result<std::vector<std::uint16_t>> blocks_of(const Engine& engine, const Target& target, const std::string& group) {
  auto blocks =
      schemas::blocks_of_group(engine.catalog(), target.model->blocks_by(engine.way()), group, target.model->title);
  if (auto* fault = std::get_if<std::string>(&blocks)) return Error{ErrorClass::configuration, std::move(*fault)};
  return std::get<std::vector<std::uint16_t>>(std::move(blocks));
}

void read_blocks(const EnginePointer& engine, std::uint16_t block, int registers, const CallOptions& options,
                 Callback<BlockValues> done) {
  at_station(engine, options.station, std::move(done),
             [block, registers, options](Engine& own, const Target& target, const Callback<BlockValues>& then) {
               read_block(own, target, block, registers, options, then);
             });
}

void read_registers(const EnginePointer& engine, std::uint16_t first, int count, const CallOptions& options,
                    Callback<Registers> done) {
  if (count < 1 || first + count > kMostRegisters) {
    return done(Error{ErrorClass::configuration, fmt::format("{} registers from {} on: there are none", count, first)});
  }
  at_station(engine, options.station, std::move(done),
             [first, count, options](Engine& own, const Target& target, const Callback<Registers>& then) {
               const RegisterRange range{.first = first, .count = count, .block = nullptr, .way = own.way()};
               own.read(target, range, options, [&own, target, first, then](ReadOutcome outcome) {
                 if (const auto* failure = std::get_if<ReadFailure>(&outcome)) {
                   return then(gateway::client::error_of(*failure, fmt::format("register {}", first)));
                 }
                 then(own.without_secrets(target, std::get<RegisterData>(std::move(outcome))));
               });
             });
}

void read_group(const EnginePointer& engine, const std::string& group, OnError on_error, const CallOptions& options,
                Callback<GroupValues> done) {
  at_station(engine, options.station, std::move(done),
             [group, on_error, options](Engine& own, const Target& target, const Callback<GroupValues>& then) {
               auto blocks = blocks_of(own, target, group);
               if (!blocks) return then(blocks.error());
               auto read = std::make_shared<GroupRead>();
               read->target = target;
               read->blocks = std::move(blocks).value();
               read->on_error = on_error;
               read->options = options;
               read->done = then;
               read->go_on(own);
             });
}

void write_setting(const EnginePointer& engine, std::string path, std::string value, const CallOptions& options,
                   Callback<WriteResult> done) {
  gateway::ControlWish wish{.path = std::move(path), .value = std::move(value), .way = "library", .id = {}};
  at_station(engine, options.station, std::move(done),
             [wish = std::move(wish), options](Engine& own, const Target& target, const Callback<WriteResult>& then) {
               own.write(target, wish, options, then);
             });
}

}  // namespace

AsyncClient::AsyncClient(ClientOptions options) : engine_(Engine::create(std::move(options))) {}
AsyncClient::AsyncClient(AsyncClient&&) noexcept = default;

AsyncClient& AsyncClient::operator=(AsyncClient&& other) noexcept {
  if (engine_ && engine_ != other.engine_) engine_->close();
  engine_ = std::move(other.engine_);
  return *this;
}

AsyncClient::~AsyncClient() {
  if (engine_) engine_->close();
}

std::future<Result<Done>> AsyncClient::connect() {
  return future_of<Done>([this](Callback<Done> done) {
    engine_->post([engine = engine_.get(), done = std::move(done)] { engine->connect(done); });
  });
}

void AsyncClient::connect(Callback<Done> done) {
  engine_->post([engine = engine_.get(), done = where_wanted(engine_, std::move(done))] { engine->connect(done); });
}

void AsyncClient::disconnect() {
  engine_->post([engine = engine_.get()] { engine->disconnect("disconnected"); });
}

bool AsyncClient::is_connected() const {
  return engine_->is_connected();
}

std::future<Result<BlockValues>> AsyncClient::read_block(std::uint16_t block, CallOptions options) {
  return read_block(block, 0, std::move(options));
}

void AsyncClient::read_block(std::uint16_t block, CallOptions options, Callback<BlockValues> done) {
  read_block(block, 0, std::move(options), std::move(done));
}

std::future<Result<BlockValues>> AsyncClient::read_block(std::uint16_t block, int registers, CallOptions options) {
  return future_of<BlockValues>([&](auto done) { read_blocks(engine_, block, registers, options, std::move(done)); });
}

void AsyncClient::read_block(std::uint16_t block, int registers, CallOptions options, Callback<BlockValues> done) {
  read_blocks(engine_, block, registers, options, where_wanted(engine_, std::move(done)));
}

std::future<Result<Registers>> AsyncClient::read_registers(std::uint16_t first, int count, CallOptions options) {
  return future_of<Registers>(
      [&](auto done) { bluetti::read_registers(engine_, first, count, options, std::move(done)); });
}

void AsyncClient::read_registers(std::uint16_t first, int count, CallOptions options, Callback<Registers> done) {
  bluetti::read_registers(engine_, first, count, options, where_wanted(engine_, std::move(done)));
}

std::future<Result<GroupValues>> AsyncClient::read_group(std::string group, OnError on_error, CallOptions options) {
  return future_of<GroupValues>(
      [&](auto done) { bluetti::read_group(engine_, group, on_error, options, std::move(done)); });
}

void AsyncClient::read_group(std::string group, OnError on_error, CallOptions options, Callback<GroupValues> done) {
  bluetti::read_group(engine_, group, on_error, options, where_wanted(engine_, std::move(done)));
}

std::future<Result<std::vector<std::uint16_t>>> AsyncClient::blocks_of(std::string group, CallOptions options) {
  using Blocks = std::vector<std::uint16_t>;
  return future_of<Blocks>([&](Callback<Blocks> done) {
    at_station(engine_, options.station, std::move(done),
               [group](Engine& own, const Target& target, const Callback<Blocks>& then) {
                 then(bluetti::blocks_of(own, target, group));
               });
  });
}

std::future<Result<WriteResult>> AsyncClient::write(std::string path, std::string value, CallOptions options) {
  return future_of<WriteResult>([&](auto done) { write_setting(engine_, path, value, options, std::move(done)); });
}

void AsyncClient::write(std::string path, std::string value, CallOptions options, Callback<WriteResult> done) {
  write_setting(engine_, std::move(path), std::move(value), options, where_wanted(engine_, std::move(done)));
}

void AsyncClient::on_push(std::function<void(BlockValues)> callback) {
  engine_->post([engine = engine_.get(), told = where_wanted(engine_, std::move(callback))] { engine->on_push(told); });
}

void AsyncClient::on_reverted(std::function<void(WriteResult)> callback) {
  engine_->post(
      [engine = engine_.get(), told = where_wanted(engine_, std::move(callback))] { engine->on_reverted(told); });
}

void AsyncClient::add_sink(std::string name, std::unique_ptr<Sink> sink, SinkOptions options) {
  engine_->sinks().add(std::move(name), std::move(sink), options);
}

std::vector<SinkCounters> AsyncClient::sinks() const {
  return engine_->sinks().counters();
}

std::future<Result<Done>> AsyncClient::register_schema(std::string name, std::string text) {
  return future_of<Done>([&](Callback<Done> done) {
    engine_->post(
        [engine = engine_.get(), name, text, done = std::move(done)] { done(engine->register_schema(name, text)); });
  });
}

}  // namespace bluetti
