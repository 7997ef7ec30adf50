// SPDX-License-Identifier: MIT
#include "gateway/daemon/one_round.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <span>
#include <string>

#include "gateway/daemon/gateway.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Duration kToConnect = 60s;      // both sides, with a sign-in
constexpr std::size_t kUsualBlocks = 20;  // of a station whose model is not known yet
const Duration kLanAnswerTimeout = StationPlan().answer_timeout;
constexpr int kTimeOutsPerRead = 2;  // after the first, a late answer is waited for as long again

std::size_t reads_of(const StationConfig& station) {
  return station.poll.empty() ? kUsualBlocks : station.poll.size();
}

std::string list_of(std::span<const schemas::Block* const> blocks) {
  std::string list;
  for (const schemas::Block* block : blocks) {
    list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", block->id, block->title);
  }
  return list;
}

bool report(const Member& member) {
  const Station& station = member.station;
  const std::string& id = member.config.id;
  if (!member.config.model) {
    spdlog::error("[{}] has sent nothing, so that its model is not known: set `model`, and it is asked at once", id);
  } else if (member.is_another()) {
    return false;  // which has been said
  } else if (!station.missing().empty() && station.counters().exceptions + station.counters().answers > 0) {
    spdlog::error("[{}] did not answer everything in time: missing are {}", id, list_of(station.missing()));
  } else if (!station.online() && station.counters().exceptions > 0) {
    spdlog::error("[{}] gave nothing: it refused every read. See that `model` is right", id);
  } else if (!station.online()) {
    spdlog::error("[{}] did not answer: see that it has power, that {}, and that serial and model are right", id,
                  member.uses_lan() ? "Modbus TCP is switched on" : "the vendor's app shows it online");
  } else {
    return true;
  }
  return false;
}

}  // namespace

Duration longest_round(const Config& config) {
  Duration longest{};
  for (const AccountConfig& account : config.accounts) {
    std::size_t all = 0;
    std::size_t most = 0;
    for (const StationConfig& station : config.stations) {
      if (station.account != account.id) continue;
      all += reads_of(station);
      most = std::max(most, reads_of(station));
    }
    const Duration turns = Duration(1min) * static_cast<long>(all) / std::max(account.requests_per_minute, 1);
    const Duration time_outs = Duration(account.answer_timeout) * kTimeOutsPerRead * static_cast<long>(most);
    longest = std::max(longest, turns + time_outs);
  }
  for (const StationConfig& station : config.stations) {
    if (!station.goes_by(schemas::Way::lan)) continue;
    longest = std::max(longest, kLanAnswerTimeout * kTimeOutsPerRead * static_cast<long>(reads_of(station)));
  }
  return kToConnect + longest;
}

bool report_round(const Gateway& gateway) {
  bool complete = true;
  for (const auto& member : gateway.fleet().members()) {
    if (member->is_ours()) complete = report(*member) && complete;
  }
  if (gateway.bridge().connected() && gateway.bridge().is_settled()) return complete;
  spdlog::error("[local] the broker has not taken everything in time");
  return false;
}

}  // namespace bluetti::gateway
