// SPDX-License-Identifier: MIT
#include "gateway/cli/read_way.h"

#include <fmt/format.h>

#include <iostream>
#include <random>
#include <utility>

#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/client/through_gateway.h"
#include "gateway/local/local_connection.h"
#include "gateway/mqtt/mosquitto_client.h"
#include "gateway/mqtt/paho_client.h"
#include "gateway/sign_in/access_source.h"

namespace bluetti::gateway::cli {
namespace {

constexpr Link kCloud{0};

void say(std::string_view message) {
  std::cerr << message << '\n';
}

// Differs from that of every other client of the local broker.
std::string client_name() {
  std::random_device random;
  return fmt::format("reader-{:08x}", random());
}

std::unique_ptr<read::ThroughGateway> gateway_reader(const ReadPlan& plan, ReadLoop& loop) {
  const std::string name = client_name();
  ConnectionOptions connection = local_connection(*plan.local);
  connection.client_id = plan.local->client_id + "-" + name;
  connection.will.reset();
  return std::make_unique<read::ThroughGateway>(
      *plan.local, plan.station.id, make_mosquitto_client(kLocal, connection, loop.sink()), name, plan.policy);
}

int refuse_closed_gateway(const ReadPlan& plan) {
  say(fmt::format(
      "a gateway runs on {} and does not take requests: set `requests = true` in its [local] and restart it, "
      "or stop it, or take the account's one session from it with --direct",
      plan.local->broker()));
  return kUnreachable;
}

int refuse_record(const ReadPlan& plan) {
  say(fmt::format(
      "a gateway runs on {}, and what it exchanges with the cloud is not heard here: let it record ([record] "
      "in its configuration), or stop it, or take the account's one session from it with --direct",
      plan.local->broker()));
  return kUnreachable;
}

std::unique_ptr<capture::Recorder> make_recorder(const ReadPlan& plan, const std::filesystem::path& file,
                                                 const Clock& clock, std::string& problem) {
  if (file.empty()) return nullptr;
  auto opened = capture::Recorder::open({.file = file}, plan.catalog, clock.now());
  if (auto* message = std::get_if<std::string>(&opened)) {
    problem = std::move(*message);
    return nullptr;
  }
  return std::move(std::get<std::unique_ptr<capture::Recorder>>(opened));
}

std::variant<Way, int> open_session(const ReadPlan& plan, const WayOptions& options, ReadLoop& loop) {
  std::string problem;
  auto recorder = make_recorder(plan, options.record, loop.clock(), problem);
  if (!problem.empty()) return refuse(problem);
  AccessSourceResult access = make_access(plan.account, kCloud, loop.sink());
  if (const auto* message = std::get_if<std::string>(&access)) return refuse(*message);
  auto file = std::make_unique<StateFile>(plan.state_file, [](const std::string& message) { say(message); });
  auto [state, messages] = file->load();
  for (const std::string& message : messages) say(message);
  const AccountState known = known_account(state, plan.account.id);
  read::SessionParts parts{
      .access = std::move(std::get<std::unique_ptr<AccessSource>>(access)),
      .make_client = [&loop](const ConnectionOptions& how) { return make_paho_client(kCloud, how, loop.sink()); },
      .known = known,
      .recorder = std::move(recorder)};
  say(fmt::format("reading through a session of its own, on {}", plan.account.url.text()));
  auto session = std::make_unique<read::OwnSession>(plan.account, plan.station, std::move(parts), plan.policy,
                                                    options.patient, loop.clock(), std::random_device{}());
  return Way(std::move(session), plan.account.id, std::move(file), std::move(state));
}

}  // namespace

Way::Way(std::unique_ptr<read::OwnSession> session, std::string account, std::unique_ptr<StateFile> file, State state)
    : file_(std::move(file)),
      state_(std::move(state)),
      account_(std::move(account)),
      reader_(std::move(session)),
      session_(static_cast<read::OwnSession*>(reader_.get())) {}

Way::~Way() {
  if (!reader_) return;
  reader_->stop();
  if (!session_) return;
  state_.accounts[account_] = session_->known();
  file_->save(state_);
}

std::variant<Way, int> open_way(const ReadPlan& plan, const WayOptions& options, ReadLoop& loop) {
  if (options.direct || !plan.local) return open_session(plan, options, loop);
  auto gateway = gateway_reader(plan, loop);
  (void)loop.run(*gateway, TimePoint::max(), [&] { return gateway->finding() != read::Finding::looking; });
  loop.clear_progress();
  if (loop.signal() != 0) return 128 + loop.signal();
  switch (gateway->finding()) {
    case read::Finding::open:
      if (!options.record.empty()) return refuse_record(plan);
      say(fmt::format("reading through the running gateway on {}", plan.local->broker()));
      return Way(std::move(gateway));
    case read::Finding::closed:
      return refuse_closed_gateway(plan);
    case read::Finding::unreachable:
      say(fmt::format("no gateway to go through: {}: {}", plan.local->broker(), gateway->lost()));
      break;
    default:
      break;
  }
  gateway->stop();
  gateway.reset();
  loop.drain();
  return open_session(plan, options, loop);
}

}  // namespace bluetti::gateway::cli
