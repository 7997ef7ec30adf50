// SPDX-License-Identifier: MIT
// What the gateway tells about itself, below <base>/bridge: its version, its log level, and of each account whether it
// is connected, how much it asks, when it was last answered and until when its certificate is good.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/state/state.h"

namespace bluetti::gateway {

struct AccountStatus {
  std::string id;
  bool connected = false;
  int requests_per_minute = 0;
  std::optional<WallTime> last_answer;
  std::optional<WallTime> certificate_expires;
  std::string problem;  // why it is not connected
};

// A value of all stations together; empty: a station is missing, or has none.
struct TotalStatus {
  std::string path;
  std::string value;
};

struct StationStatus {
  std::string id;
  std::string counters;  // JSON
};

struct BridgeStatus {
  std::string log_level;
  bool requests = false;  // reads on demand are taken
  std::vector<AccountStatus> accounts;
  std::vector<TotalStatus> totals;           // if configured
  std::vector<StationStatus> stations = {};  // where their counters are wanted
};

class BridgeTopics {
 public:
  // All of them are below <base>/<bridge>.
  BridgeTopics(const std::string& base, const std::string& bridge) : root_(base + "/" + bridge + "/") {}

  // True: it is on its way.
  using Send = std::function<bool(const std::string& topic, std::string_view payload)>;

  // Sends what differs from what was sent before. Topics of accounts that are gone are not among paths() any more.
  void tell(const BridgeStatus& status, const Send& send);
  // What may be retained below the root: all of the last status, and the availability.
  [[nodiscard]] std::vector<std::string> paths() const;
  void forget() { told_.clear(); }  // the broker may have lost it: the next tell() sends everything

  // Payload of a command to the bridge; nothing for another topic.
  [[nodiscard]] std::string restart_topic() const { return root_ + "restart/set"; }
  [[nodiscard]] std::string log_level_topic() const { return root_ + "log_level/set"; }
  // Reads on demand, see gateway/local/request_json.h.
  [[nodiscard]] std::string request_topic() const { return root_ + "request"; }
  [[nodiscard]] std::string response_topic(std::string_view id) const {
    return root_ + "response" + (id.empty() ? "" : "/" + std::string(id));
  }
  // ON or OFF: whether they are taken.
  [[nodiscard]] std::string requests_topic() const { return root_ + "requests"; }

 private:
  void tell(const std::string& path, const std::string& payload, const Send& send);

  std::string root_;
  std::vector<std::string> paths_;  // of the last status
  std::map<std::string, std::string> told_;
};

}  // namespace bluetti::gateway
