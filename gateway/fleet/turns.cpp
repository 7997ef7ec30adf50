// SPDX-License-Identifier: MIT
#include "gateway/fleet/turns.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr int kMostTries = 4;

}  // namespace

void Turns::reset(TimePoint now) {
  due_ = {};
  for (const auto& member : fleet_.members()) {
    member->served_at = TimePoint::max();
    if (member->is_ours()) serve(*member, now);
  }
}

namespace {

// Once until it gives something.
void log_fruitless(Member& member) {
  if (!member.station.gives_nothing() || std::exchange(member.logged.gives_nothing, true)) return;
  const std::uint8_t code = member.station.last_exception();
  spdlog::warn("[{}] offline: it answers, but gives no values (Modbus exception {}: {})", member.config.id, code,
               protocol::exception_name(code));
}

// Without a session nobody can tell how the stations are: logged once, of the broker.
void log_offline(const Member& member) {
  if (member.uses_lan() && !member.station.is_silent()) {
    return spdlog::warn(
        "[{}] offline: no connection to {}:{}; connecting again. See that it has power, that Modbus TCP is "
        "switched on, and that the address is right",
        member.config.id, member.config.lan.host, member.config.lan.port);
  }
  if (member.uses_lan() || member.is_connected()) {
    return spdlog::warn("[{}] offline: {} reads in a row were not answered; {}. See that it has power, and that {}",
                        member.config.id, Station::kMissesUntilOffline,
                        member.uses_lan() ? "connecting again" : "asking once a minute",
                        member.uses_lan() ? "Modbus TCP is switched on" : "the vendor's app shows it online");
  }
  Account& account = *member.account;
  if (std::exchange(account.told_of_loss, true)) return;
  spdlog::warn(
      "[cloud {}] no connection to the cloud broker for {} s: its stations are shown as offline until it is back",
      account.id(), account.session.account().offline_after.count());
}

}  // namespace

void Turns::serve(Member& member, TimePoint now) {
  Station& station = member.station;
  member.control.tick(member.is_connected(), station, now);
  const bool was_online = station.online();
  bool went_offline = station.tick(now);
  const bool has_given = member.ways && member.ways->has_given();
  if (member.ways && member.ways->tick(station, member.account.get(), member.request_topic, now)) {
    fleet_.change_way(member, station.online() || (has_given && std::exchange(went_offline, false)), now);
    went_offline = went_offline && was_online;  // of one that was not, the other way will tell
  }
  if (member.ways && member.ways->take_welcome()) member.control.on_session_up(station, now);
  const bool is_another = member.is_another();
  if (is_another) went_offline |= station.turn_away();
  log_fruitless(member);
  if (went_offline) {
    if (!station.gives_nothing() && !is_another) log_offline(member);
    bridge_.publish_availability(member.publication);
  }
  if (member.uses_lan()) ask_over_lan(member, now);
  if (!member.uses_lan() && station.wants_to_ask(now)) {
    member.served_at = TimePoint::max();  // its turn comes by the session's line, not by the clock
    member.account->session.line_up(member.handle, station.transactions() > 0);
    return;
  }
  TimePoint next = std::min(station.next_action(), member.control.next_action());
  if (member.ways) next = std::min(next, member.ways->next_action());
  if (next == member.served_at && next > now) return;
  member.served_at = next;
  if (next != TimePoint::max()) due_.push({next, member.handle});
}

// It has its connection to itself. A request that comes to nothing is followed by the next one.
void Turns::ask_over_lan(Member& member, TimePoint now) {
  for (int tries = 0; tries < kMostTries && member.station.wants_to_ask(now); ++tries) {
    const auto request = member.station.next_request(now);
    if (request && !member.ways->send(*request)) spdlog::debug("[{}] request not sent", member.config.id);
  }
}

void Turns::serve_due(TimePoint now) {
  serving_.clear();
  for (; !due_.empty() && due_.top().at <= now; due_.pop()) serving_.push_back(due_.top());
  for (const Due& due : serving_) {
    if (Member* member = due_member(due)) serve(*member, now);
  }
}

Member* Turns::due_member(const Due& due) const {
  Member* member = fleet_.find(due.station);
  return member && member->served_at == due.at ? member : nullptr;
}

void Turns::ask(TimePoint now) {
  for (const AccountPointer& account : accounts_.all()) ask(*account, now);
}

void Turns::ask(Account& account, TimePoint now) {
  while (const auto turn = account.session.next_turn(now)) {
    Member* member = fleet_.find(*turn);
    if (!member || member->uses_lan()) continue;
    const auto request = member->station.next_request(now);
    if (request && outside_.recorder) {
      outside_.recorder->record(capture::Sender::gateway, member->request_topic, *request, false, now);
    }
    if (request && !account.session.send(member->request_topic, *request, now)) {
      spdlog::debug("[{}] request not sent: the connection is down", member->config.id);
    }
    serve(*member, now);
  }
}

TimePoint Turns::next_action() {
  while (!due_.empty() && !due_member(due_.top())) due_.pop();
  return due_.empty() ? TimePoint::max() : due_.top().at;
}

}  // namespace bluetti::gateway
