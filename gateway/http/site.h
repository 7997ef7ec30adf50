// SPDX-License-Identifier: MIT
// What there is to see at which path, and what those who follow are told. Knows no socket: a request comes in, an
// answer goes out. The server's thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/http/access.h"
#include "gateway/http/event_log.h"
#include "gateway/http/history.h"
#include "gateway/http/message.h"
#include "gateway/http/metrics.h"
#include "gateway/http/setup_desk.h"
#include "gateway/http/snapshot.h"

namespace bluetti::gateway::http {

class Site {
 public:
  static constexpr std::chrono::milliseconds kFresh{250};  // a snapshot that is younger is not made again
  static constexpr std::chrono::seconds kStandstill{30};   // of the loop: then nothing here is true any more

  // The history must outlive this. Without a desk nobody can set up here.
  Site(const HttpConfig& config, std::string language, const History& history, std::string epoch, WallTime start,
       std::shared_ptr<SetupDesk> desk = nullptr);

  // The answer needs a snapshot that is new: ask again when it is there.
  struct NeedsSnapshot {};
  // Events follow, from `after` on.
  struct OpenStream {
    std::uint64_t after = 0;
    std::string begin;
  };
  // A setting is to be changed; answer_change() makes the answer when it is known what became of it.
  struct OpenChange {
    std::string station;
    std::string path;
    std::string value;
  };
  // Something that blocks, and is not for the server's thread.
  struct OpenWork {
    std::function<Answer()> work;
  };
  using Outcome = std::variant<Answer, NeedsSnapshot, OpenStream, OpenChange, OpenWork>;

  // `loop_seen`: when the gateway's loop last turned.
  [[nodiscard]] Outcome answer(const Request& request, TimePoint loop_seen, TimePoint now);

  [[nodiscard]] Answer answer_change(const Request& request, const OpenChange& change,
                                     const ChangeResult& result) const;

  // A newer snapshot. What changed is told to those who follow, if there are any.
  void use(SnapshotPointer snapshot, std::size_t streams);
  [[nodiscard]] const EventLog& events() const { return events_; }
  void set_streams(std::size_t streams) { figures_.event_streams = streams; }

  // All paths of the interface, "/api/v1/stations/{id}", for the document that describes them.
  [[nodiscard]] static std::vector<std::string> interface_paths();

 private:
  struct Match {
    const Request& request;
    std::string_view id;  // the variable part of the path
    TimePoint now;
  };
  enum class Kind : std::uint8_t {
    open,       // shows nothing of the gateway
    interface,  // for programs
    page,       // for browsers, which are led to the sign-in
    posted,     // what is done with POST, and checks for itself who may
  };
  struct Route {
    std::string_view path;  // one {id} at most
    Kind kind;
    bool needs_snapshot;
    Outcome (Site::*answer)(const Match&);
  };
  static const std::vector<Route>& routes();

  Outcome health(const Match&);
  Outcome readiness(const Match&);
  Outcome metrics(const Match& match);
  Outcome status(const Match&);
  Outcome stations(const Match&);
  Outcome station(const Match& match);
  Outcome station_history(const Match& match);
  Outcome stream(const Match& match);
  Outcome interface(const Match& match);
  Outcome first_page(const Match& match);
  Outcome page_of_station(const Match& match);
  Outcome page_of_log(const Match& match);
  Outcome page_of_sign_in(const Match& match);
  Outcome asset_file(const Match& match);
  Outcome post_sign_in(const Match& match);
  Outcome post_change(const Match& match);
  Outcome page_of_setup(const Match& match);
  Outcome page_of_setup_step(const Match& match);
  Outcome post_setup(const Match& match);

  [[nodiscard]] std::optional<Answer> refuse(const Route& route, const Request& request, TimePoint now);
  [[nodiscard]] Outcome answer(const Route& route, std::string_view id, const Request& request, TimePoint loop_seen,
                               TimePoint now);
  [[nodiscard]] std::optional<Answer> refuse_setup(const Match& match);
  [[nodiscard]] bool is_first_run() const { return snapshot_->accounts.empty() && snapshot_->stations.empty(); }
  [[nodiscard]] const StationView* find_station(std::string_view id) const;
  [[nodiscard]] std::string_view language_of(const Request& request) const;
  [[nodiscard]] Answer rendered(const std::string& key, std::string_view content_type,
                                const std::function<std::string()>& render);
  void tell_changes(const Snapshot& before);
  void tell_changes(const Snapshot& before, const StationPointer& now);

  Access access_;
  const std::shared_ptr<SetupDesk> desk_;
  std::string language_;
  const History& history_;
  EventLog events_;
  ProcessFigures figures_;  // those of this server
  SnapshotPointer snapshot_;
  bool told_ = false;                                                   // those who follow know of the snapshot
  std::map<std::string, std::shared_ptr<const std::string>> rendered_;  // of the snapshot
};

}  // namespace bluetti::gateway::http
