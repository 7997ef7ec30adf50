// SPDX-License-Identifier: MIT
#include "gateway/fleet/member.h"

#include <utility>

namespace bluetti::gateway {
namespace {

StationPlan plan_of(const StationConfig& config, const Account* account) {
  StationPlan plan{.model = config.model, .poll = config.poll};
  if (account) {
    plan.answer_timeout = account->session.account().answer_timeout;
    plan.offline_after = account->session.account().offline_after;
  }
  plan.ways = config.via;
  plan.lan_unit = config.lan.unit;
  return plan;
}

}  // namespace

Member::Member(StationHandle named, const StationConfig& configured, AccountPointer through, DecoderCache& decoders,
               Bridge& bridge, bool ours, const Clock& clock, StationControl::Report report)
    : handle(named),
      config(configured),
      account(std::move(through)),
      station(plan_of(config, account.get()), decoders),
      control(clock, std::move(report)),
      publication(bridge, name(), station, ours) {
  publication.freshness.use(config.when_old);
}

StationPlan Member::plan() const {
  return plan_of(config, account.get());
}

}  // namespace bluetti::gateway
