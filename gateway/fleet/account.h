// SPDX-License-Identifier: MIT
// One account of the cloud: its session, the link by which the session's events find it, and what is told of it.
// Members share it, so that it lives as long as one of them names it. The loop's thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/base/event.h"
#include "gateway/transport/cloud_session.h"

namespace bluetti::gateway {

struct Account {
  Account(CloudSession made, Link of) : session(std::move(made)), link(of) {}

  CloudSession session;
  Link link;
  std::optional<WallTime> last_answer;
  std::string problem;        // why it is not connected
  bool told_of_loss = false;  // that its stations count as offline for that, in the log

  [[nodiscard]] const std::string& id() const { return session.account().id; }
};

using AccountPointer = std::shared_ptr<Account>;

}  // namespace bluetti::gateway
