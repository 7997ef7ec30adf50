// SPDX-License-Identifier: MIT
// What is behind both clients: one thread, one session, the stations and what is asked of them. create(), post(),
// post_or_run(), tell(), is_connected() and close() may be called from any thread, everything else runs in the engine's
// turns. Those are the engine's own thread's, but for a request that somebody waits for: where the engine is idle, it
// is sent by the caller's thread, which spares it a change of threads. Internal.
#pragma once

#include <bluetti/options.h>
#include <bluetti/sink.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/event_queue.h"
#include "gateway/client/access.h"
#include "gateway/client/contents.h"
#include "gateway/client/station_session.h"
#include "gateway/control/station_control.h"
#include "gateway/station/hide_secrets.h"
#include "gateway/station/read_transaction.h"
#include "schemas/setting.h"

namespace bluetti::gateway::client {

class Engine final : private read::SessionListener {
 public:
  using Connected = std::function<void(Result<Done>)>;
  using ReadDone = std::function<void(ReadOutcome)>;
  using WriteDone = std::function<void(Result<WriteResult>)>;
  using Task = std::function<void()>;

  // Its thread keeps it alive until close().
  [[nodiscard]] static std::shared_ptr<Engine> create(ClientOptions options);
  explicit Engine(ClientOptions options) : options_(std::move(options)) {}
  ~Engine() override;

  void post(Task task);
  void post_or_run(Task task);
  // Calls what the application gave, on the engine's own thread.
  void tell(Task callback);
  [[nodiscard]] const Executor& executor() const { return options_.executor; }
  [[nodiscard]] Sinks& sinks() { return sinks_; }
  [[nodiscard]] bool is_connected() const { return connected_; }
  // Ends the thread, and waits for that unless it is called on it. What was not done ends with an error.
  void close();

  // From here on: in the engine's turns.
  void connect(Connected done);
  void disconnect(std::string_view reason);

  struct Target {
    std::size_t station = 0;
    const schemas::Model* model = nullptr;
  };
  [[nodiscard]] std::variant<Target, Error> target_of(const std::string& serial) const;
  [[nodiscard]] const schemas::Catalog& catalog() const { return schemas_->catalog; }
  [[nodiscard]] schemas::Way way() const { return way_; }
  [[nodiscard]] const std::string& serial_of(std::size_t station) const { return stations_[station].serial; }

  void read(const Target& target, const RegisterRange& range, const CallOptions& options, ReadDone done);
  void write(const Target& target, ControlWish wish, const CallOptions& options, WriteDone done);
  [[nodiscard]] BlockValues decode(const Target& target, const schemas::Block& block, RegisterData data);
  [[nodiscard]] Registers without_secrets(const Target& target, RegisterData data) const;
  [[nodiscard]] Result<Done> register_schema(std::string name, std::string text);

  void on_push(std::function<void(BlockValues)> callback) { push_ = std::move(callback); }
  void on_reverted(std::function<void(WriteResult)> callback) { reverted_ = std::move(callback); }

 private:
  // What somebody waits for, until it is done or given up.
  struct Call {
    std::function<void(Error)> give_up;
    TimePoint deadline = TimePoint::max();
    std::unique_ptr<std::stop_callback<Task>> cancel;
  };

  void loop();
  void turn(std::vector<Event>& events);
  bool run_at_once(const Task& task);
  void run_tasks();
  TimePoint tick(TimePoint now);
  std::uint64_t begin(const CallOptions& options, std::function<void(Error)> give_up);
  bool end(std::uint64_t call) { return calls_.erase(call) > 0; }  // false: given up before
  void give_up(std::uint64_t call, std::string_view reason);
  TimePoint give_up_late(TimePoint now);
  [[nodiscard]] std::optional<Error> resolve_stations(const Way::Access::Opened& opened);
  [[nodiscard]] std::optional<Error> place(StationConfig& station, const StationOptions& options,
                                           const read::SessionParts& parts) const;
  void start(Way::Access::Opened opened);
  void use_schemas();
  void fail_connects(const Error& error);
  void on_result(std::size_t station, ControlResult result);
  void accept(const Target& target, ControlWish wish);

  void on_up(TimePoint now) override;
  bool on_down(const std::string& message, Duration wait) override;
  void on_no_access(const std::string& reason) override;
  void on_push(std::size_t station, const protocol::Push& push) override;

  void write_to_sinks(const BlockValues& values);

  ClientOptions options_;
  Sinks sinks_;
  std::map<std::string, std::string, std::less<>> last_written_;  // what sinks know, by "station/path"
  SteadyClock clock_;
  EventQueue queue_;
  std::shared_ptr<const SchemaRegistry::Contents> schemas_;
  std::vector<std::shared_ptr<const SchemaRegistry::Contents>> earlier_schemas_;  // to which stations refer
  std::vector<StationConfig> stations_;
  std::unique_ptr<DecoderCache> decoders_;
  std::optional<Secrets> secrets_;
  std::unique_ptr<read::StationSession> session_;
  std::vector<std::unique_ptr<StationControl>> controls_;
  std::vector<std::shared_ptr<const schemas::SettingsOfModel>> settings_;  // of each station; nullptr: control is off
  schemas::Way way_ = schemas::Way::cloud;
  std::function<TimePoint(TimePoint)> way_tick_;
  std::function<void(std::vector<Event>&)> way_collect_;
  std::vector<Connected> connecting_;
  std::string over_;  // why the session is to be taken down in the next turn; empty: it is not
  std::map<std::uint64_t, Call> calls_;
  std::map<std::string, WriteDone> writes_;  // by the wish's id
  std::uint64_t next_call_ = 1;
  std::function<void(BlockValues)> push_;
  std::function<void(WriteResult)> reverted_;

  TimePoint wakes_at_ = TimePoint::max();  // at the latest; it may be for nothing

  std::mutex turn_;  // of all of the above, for as long as something is done
  std::atomic<bool> connected_ = false;
  std::mutex mutex_;  // of what follows
  std::vector<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

[[nodiscard]] Error error_of(const ReadFailure& failure, const std::string& what);

}  // namespace bluetti::gateway::client
