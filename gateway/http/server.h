// SPDX-License-Identifier: MIT
// The HTTP server: libmicrohttpd on a thread of its own, which sees snapshots that the loop hands over, and nothing
// else of the gateway. A snapshot is made only if somebody waits for one, or follows the events. Connections, sizes and
// times are bounded. Constructor, destructor and all functions: the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "gateway/base/event.h"
#include "gateway/base/time.h"
#include "gateway/config/config.h"
#include "gateway/http/message.h"
#include "gateway/http/snapshot.h"

namespace bluetti::gateway::http {

class SetupDesk;

class Server {
 public:
  static constexpr unsigned kMostConnections = 256;
  static constexpr std::size_t kMostStreams = 128;
  static constexpr std::size_t kMostHeaderBytes = std::size_t{16} << 10;  // with what handling a request takes
  static constexpr std::size_t kMostChanges = 16;                         // that wait for their result
  static constexpr std::size_t kMostBodyBytes = std::size_t{4} << 10;
  static constexpr std::size_t kMostSetupBytes = std::size_t{64} << 10;  // with a certificate file
  static constexpr std::chrono::seconds kIdle{15};                       // a connection on which nothing happens
  static constexpr std::chrono::seconds kLongest{30};  // a request, from the connection to the last byte of its answer
  static constexpr std::chrono::seconds kStreamPace{1};  // between two snapshots for those who follow

  // `wake`: called by the server's thread when turn() is to be called soon; must not block. Nothing but a message for a
  // person if it cannot listen.
  using Wake = std::function<void()>;
  // The same for a setting that is to be changed; answer_change() brings the result of this number.
  using Change = std::function<void(SettingWanted)>;
  // `desk`: where somebody sets up; nullptr: nobody can.
  [[nodiscard]] static std::variant<std::unique_ptr<Server>, std::string> start(
      const HttpConfig& config, const std::string& language, Wake wake, Change change,
      std::shared_ptr<SetupDesk> desk = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::string url() const;

  // At each turn of the loop; makes and hands over a snapshot when one is wanted. Returns when to be called again.
  using MakeSnapshot = std::function<SnapshotPointer()>;
  TimePoint turn(TimePoint now, const MakeSnapshot& make);
  void answer_change(std::uint64_t number, ChangeResult result);

 private:
  class Core;
  explicit Server(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
  TimePoint tidy_at_ = TimePoint::min();
  TimePoint sample_at_ = TimePoint::min();
  TimePoint handed_over_ = TimePoint::min();
};

}  // namespace bluetti::gateway::http
