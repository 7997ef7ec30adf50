// SPDX-License-Identifier: MIT
// Which way the commands read: through the gateway that runs for the account, since the cloud allows one session, or
// else through a session of their own. Says on standard error which, and why not.
#pragma once

#include <memory>
#include <variant>

#include "gateway/cli/read_loop.h"
#include "gateway/cli/read_plan.h"
#include "gateway/client/own_session.h"
#include "gateway/state/state_file.h"

namespace bluetti::gateway::cli {

class Way {
 public:
  explicit Way(std::unique_ptr<read::Reader> gateway) : reader_(std::move(gateway)) {}
  Way(std::unique_ptr<read::OwnSession> session, std::string account, std::unique_ptr<StateFile> file, State state);
  Way(Way&&) = default;
  ~Way();  // disconnects, and remembers what was learned

  [[nodiscard]] read::Reader& reader() { return *reader_; }
  [[nodiscard]] bool through_gateway() const { return session_ == nullptr; }

 private:
  std::unique_ptr<StateFile> file_;
  State state_;
  std::string account_;
  std::unique_ptr<read::Reader> reader_;
  read::OwnSession* session_ = nullptr;  // the reader, if it is one
};

struct WayOptions {
  bool direct = false;
  bool patient = false;          // waits for a session that was lost
  std::filesystem::path record;  // what passes is written down there
};

// Or the exit code, after saying why.
[[nodiscard]] std::variant<Way, int> open_way(const ReadPlan& plan, const WayOptions& options, ReadLoop& loop);

}  // namespace bluetti::gateway::cli
