// SPDX-License-Identifier: MIT
#include "gateway/daemon/commands.h"

#include <spdlog/spdlog.h>

#include "gateway/base/parse_number.h"
#include "gateway/observe/log.h"

namespace bluetti::gateway {
namespace {

// How long a station may be asked quickly, and how quickly.
constexpr int kLongestBoost = 600;

}  // namespace

bool Commands::obey(const Wish& wish, TimePoint now) {
  return std::visit([&](const auto& kind) { return obey(kind, now); }, wish);
}

bool Commands::obey(const RestartWish&, TimePoint) {
  spdlog::info("[local] restart requested");
  restart_requested_ = true;
  return false;
}

bool Commands::obey(const LogLevelWish& wish, TimePoint) {
  if (!set_log_level(std::string(wish.level))) {
    spdlog::warn("[local] '{}' is not a log level: use trace, debug, info, warning or error", wish.level);
    return false;
  }
  spdlog::info("[local] log level {} requested", wish.level);
  return true;
}

bool Commands::obey(const ReadWish& wish, TimePoint now) {
  const auto control = read::parse_control_request(wish.request);
  if (!control) {
    requests_.accept(wish.request, now);
  } else if (const auto* wrong = std::get_if<read::WrongRequest>(&*control)) {
    controls_.refuse(*wrong);
  } else {
    controls_.accept(std::get<read::ControlRequest>(*control), now);
  }
  return false;
}

bool Commands::obey(const SetWish& wish, TimePoint now) {
  controls_.accept(wish, now);
  return false;
}

bool Commands::obey(const UndoWish& wish, TimePoint now) {
  controls_.undo(wish, now);
  return false;
}

bool Commands::obey(const BoostWish& wish, TimePoint now) {
  Member* member = fleet_.find_id(wish.station);
  if (!member || !member->is_ours()) return false;
  const auto seconds = parse_number<int>(wish.seconds);
  if (!seconds || *seconds < 1 || *seconds > kLongestBoost) {
    spdlog::warn("[{}] boost ignored: send a number of seconds from 1 to {}", member->config.id, kLongestBoost);
    return false;
  }
  member->station.boost(now + std::chrono::seconds(*seconds));
  turns_.serve(*member, now);
  return false;
}

}  // namespace bluetti::gateway
