// SPDX-License-Identifier: MIT
// The inside of the server: what libmicrohttpd calls, and what passes between its thread and the loop's. For .cpp files
// of this folder only.
#pragma once

#include <microhttpd.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/base/background.h"
#include "gateway/http/server.h"
#include "gateway/http/site.h"

namespace bluetti::gateway::http {

MHD_Result send(MHD_Connection* connection, const Answer& answer);

class Server::Core {
 public:
  Core(const HttpConfig& config, const std::string& language, Wake wake, Change change,
       std::shared_ptr<SetupDesk> desk);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // A message for a person if it cannot listen.
  [[nodiscard]] std::string listen(const HttpConfig& config);

  // The loop's thread.
  void seen(TimePoint now) { loop_seen_ = now; }
  void hand_over(SnapshotPointer snapshot);
  void close_overdue(TimePoint now);  // connections whose request takes too long
  void answer_change(std::uint64_t number, ChangeResult result);
  [[nodiscard]] bool is_awaited() const { return awaited_; }
  [[nodiscard]] bool has_streams() const { return streams_ > 0; }
  [[nodiscard]] History& history() { return history_; }
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  // A request under way.
  struct Pending {
    explicit Pending(Request of) : request(std::move(of)) {}
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    ~Pending();  // wipes what was posted

    Request request;
    bool too_large = false;
    std::uint64_t change = 0;  // its number, of one that waits for what becomes of it
    bool is_work = false;      // it is no change of a setting, and has its answer from elsewhere
    Site::OpenChange wanted = {};
  };
  // A client that follows the events.
  struct Stream {
    Core& core;
    MHD_Connection* connection;
    std::uint64_t after;
    std::string text;      // what is being sent
    std::size_t sent = 0;  // of it
    TimePoint beat_at;     // when to say that we are there
  };
  struct Watched {
    int socket = -1;
    TimePoint since;        // its request, or the wait for one, began
    bool may_last = false;  // it follows the events, or waits for us
  };

  // What libmicrohttpd calls, on its thread.
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char* version, const char* data, std::size_t* size, void** pending);
  static void on_completed(void* self, MHD_Connection* connection, void** pending, MHD_RequestTerminationCode how);
  static void on_connection(void* self, MHD_Connection* connection, void** context,
                            MHD_ConnectionNotificationCode what);
  static ssize_t on_read(void* stream, std::uint64_t position, char* to, std::size_t most);
  static void on_stream_end(void* stream);

  MHD_Result handle(MHD_Connection* connection, Pending& pending);
  MHD_Result open_stream(MHD_Connection* connection, Site::OpenStream open);
  MHD_Result wait_for_snapshot(MHD_Connection* connection, Pending& pending);
  MHD_Result open_change(MHD_Connection* connection, Pending& pending, Site::OpenChange change);
  MHD_Result open_work(MHD_Connection* connection, Pending& pending, Site::OpenWork work);
  MHD_Result finish_change(MHD_Connection* connection, Pending& pending);
  void finish_work(std::uint64_t number, Answer answer);
  void give_up_work();  // if its client has gone
  ssize_t read(Stream& stream, char* to, std::size_t most);
  bool suspend(Stream& stream);
  void take_over();  // the newest snapshot
  void watch(MHD_Connection* connection, bool may_last);

  History history_;
  const std::shared_ptr<SetupDesk> desk_;
  Site site_;
  Wake wake_;
  Change change_;
  std::string url_;
  MHD_Daemon* daemon_ = nullptr;
  std::atomic<TimePoint> loop_seen_{};
  std::atomic<bool> awaited_ = false;  // somebody waits for a snapshot
  std::atomic<std::size_t> streams_ = 0;

  std::mutex mutex_;  // of what follows
  SnapshotPointer news_;
  std::vector<MHD_Connection*> suspended_;
  std::map<MHD_Connection*, Watched> watched_;
  std::uint64_t last_change_ = 0;
  std::map<std::uint64_t, MHD_Connection*> changing_;
  std::map<std::uint64_t, ChangeResult> changed_;
  std::map<std::uint64_t, Answer> worked_;
  std::uint64_t works_ = 0;    // the one that somebody waits for; 0: nobody does
  std::size_t running_ = 0;    // with those that were given up
  std::atomic<bool> stopping_ = false;
  Background background_;  // last: nothing is handed over once the rest goes
};

}  // namespace bluetti::gateway::http
