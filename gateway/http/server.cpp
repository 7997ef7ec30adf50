// SPDX-License-Identifier: MIT
#include "gateway/http/server.h"

#include <algorithm>
#include <utility>

#include "gateway/http/core.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::chrono::seconds kTidyEvery{5};

}  // namespace

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Server::~Server() = default;

std::variant<std::unique_ptr<Server>, std::string> Server::start(const HttpConfig& config, const std::string& language,
                                                                 Wake wake, Change change,
                                                                 std::shared_ptr<SetupDesk> desk) {
  auto core = std::make_unique<Core>(config, language, std::move(wake), std::move(change), std::move(desk));
  std::string problem = core->listen(config);
  if (!problem.empty()) return problem;
  return std::unique_ptr<Server>(new Server(std::move(core)));
}

std::string Server::url() const {
  return core_->url();
}

void Server::answer_change(std::uint64_t number, ChangeResult result) {
  core_->answer_change(number, std::move(result));
}

TimePoint Server::turn(TimePoint now, const MakeSnapshot& make) {
  core_->seen(now);
  if (now >= tidy_at_) {
    core_->close_overdue(now);
    tidy_at_ = now + kTidyEvery;
  }
  const bool is_sample_due = now >= sample_at_;
  const bool follows = core_->has_streams();
  if (core_->is_awaited() || is_sample_due || (follows && now >= handed_over_ + kStreamPace)) {
    SnapshotPointer snapshot = make();
    if (is_sample_due) {
      core_->history().add(snapshot->stations, snapshot->wall);
      sample_at_ = now + History::kInterval;
    }
    core_->hand_over(std::move(snapshot));
    handed_over_ = now;
  }
  return std::min({tidy_at_, sample_at_, follows ? handed_over_ + kStreamPace : TimePoint::max()});
}

}  // namespace bluetti::gateway::http
