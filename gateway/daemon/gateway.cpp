// SPDX-License-Identifier: MIT
#include "gateway/daemon/gateway.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "gateway/local/local_connection.h"

namespace bluetti::gateway {
namespace {

constexpr std::chrono::minutes kKeepEnergies{5};  // what a crash may lose of the sums

}  // namespace

Gateway::Gateway(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog, Outside outside,
                 State state, const Clock& clock, std::uint64_t seed)
    : config_(std::move(config)),
      outside_(std::move(outside)),
      state_(std::move(state)),
      clock_(clock),
      accounts_(*config_, outside_, state_, clock_, seed),
      bridge_(config_, outside_.make_client(kLocal, local_connection(config_->local, state_.installation)),
              {state_.installation, &state_.stations, &state_.clears, &state_.departed}, seed),
      fleet_(config_, std::move(catalog), accounts_, bridge_, outside_, state_, clock_),
      turns_(fleet_, accounts_, bridge_, outside_),
      inbox_(fleet_, turns_, bridge_, outside_, clock_),
      ownership_(fleet_, turns_, bridge_),
      requests_(fleet_, turns_, bridge_),
      controls_(fleet_, turns_, bridge_, clock_),
      links_(accounts_, fleet_, turns_, ownership_, bridge_),
      commands_(fleet_, turns_, requests_, controls_) {
  outside_.remember(state_);
  turns_.reset(clock_.now());
}

void Gateway::reload(std::shared_ptr<const Config> config, std::shared_ptr<const schemas::Catalog> catalog,
                     TimePoint now) {
  const ConfigChanges changes = changes_between(*config_, *config);
  config_ = std::move(config);
  if (outside_.recorder) outside_.recorder->use(catalog);
  accounts_.reconfigure(*config_, changes, now);
  fleet_.reconfigure(config_, std::move(catalog), now);
  if (changes.local) {
    bridge_.reconnect(config_,
                      outside_.make_client(links_.next_local(), local_connection(config_->local, state_.installation)));
  }
  bridge_.reconfigure(config_, now);
  if (!config_->shard.is_one_of_several()) fleet_.begin_asking(fleet_.all(), now);
  ownership_.reconfigure(changes.local, now);
  controls_.reconfigure();
  turns_.reset(now);
  links_.report(now);
  outside_.remember(state_);
}

void Gateway::handle(const Event& event, TimePoint now) {
  std::visit([&](const auto& kind) { on(kind, now); }, event);
}

void Gateway::on(const MessageArrived& message, TimePoint now) {
  if (message.link.is_local()) {
    if (ownership_.on_local_message(message.topic, message.payload, message.retained, now)) return;
    const auto wish = bridge_.on_message(message, now);
    if (wish && commands_.obey(*wish, now)) links_.report(now);
    return;
  }
  if (outside_.recorder) {
    outside_.recorder->record(capture::Sender::station, message.topic, message.payload, message.retained, now);
  }
  if (const AccountPointer account = accounts_.at(message.link)) inbox_.on_message(*account, message, now);
}

void Gateway::on(const StateNotSaved& failed, TimePoint) {
  spdlog::error("{}", failed.reason);
}

void Gateway::on(const SetUpDone& done, TimePoint) {
  if (done.known) {
    known_account(state_, done.account).sign_in = done.known->sign_in;
    outside_.remember(state_);
  }
  commands_.reload();
}

void Gateway::on(const LanNews& news, TimePoint now) {
  if (news.what != LanNews::What::arrived) return links_.on_lan(news, now);
  if (Member* member = fleet_.find(news.link)) inbox_.on_lan_message(*member, news.message, now);
}

TimePoint Gateway::tick(TimePoint now) {
  ownership_.tick(now);
  links_.tick(now);
  if (energies_kept_ == TimePoint::min()) energies_kept_ = now;
  if (now >= energies_kept_ + kKeepEnergies) {
    energies_kept_ = now;
    fleet_.keep_energies();
  }
  turns_.serve_due(now);
  controls_.report();
  bridge_.tick(now);
  for (const TimePoint arrived : inbox_.published_arrivals()) latency_.add(clock_.now() - arrived);
  inbox_.published_arrivals().clear();
  accounts_.tick(now);
  turns_.ask(now);
  bridge_.flush();  // who is asked may turn out to be offline
  if (bridge_.take_memory_changed()) outside_.remember(state_);
  const TimePoint recorded = outside_.recorder ? outside_.recorder->tick(now) : TimePoint::max();
  return std::min({recorded, bridge_.next_action(), links_.next_action(), energies_kept_ + kKeepEnergies,
                   turns_.next_action(), ownership_.next_action(), accounts_.next_action(now)});
}

void Gateway::stop() {
  fleet_.keep_energies();
  bridge_.stop();
  accounts_.disconnect();
}

bool Gateway::round_complete() const {
  return bridge_.connected() && bridge_.is_settled() && fleet_.went_round() && !ownership_.has_none();
}

void Gateway::log_summary() const {
  fleet_.log_summary();
  spdlog::info("[local] {} messages published", bridge_.published());
  if (latency_.count() == 0) return;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  spdlog::info("frame to publish, after the first round: {:.3f} ms (p50), {:.3f} ms (p99) over {} frames",
               Milliseconds(latency_.percentile(0.5)).count(), Milliseconds(latency_.percentile(0.99)).count(),
               latency_.count());
}

}  // namespace bluetti::gateway
