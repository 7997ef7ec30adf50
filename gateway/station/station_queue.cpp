// SPDX-License-Identifier: MIT
// What is asked next, and who waits for it: polls and transactions take turns.
#include <algorithm>
#include <utility>

#include "gateway/station/station.h"

namespace bluetti::gateway {

// One that has begun goes on until it is over. A poll that is due has its turn before the next one begins.
bool Station::is_transactions_turn(TimePoint now) const {
  if (current_) return current_->wants_to_ask(now) && (exchange().is_idle() || exchange().is_overdue());
  if (waiting_.empty() || !exchange().is_idle() || poll_ || !waiting_.front()->wants_to_ask(now)) return false;
  return !polls_are_next_ || now < gentle_until_ || !block_to_ask(now);
}

bool Station::is_polls_turn(TimePoint now) const {
  return !current_ && exchange().is_idle() && now >= gentle_until_ && (poll_ || block_to_ask(now));
}

bool Station::wants_to_ask(TimePoint now) const {
  return session_ && (is_transactions_turn(now) || is_polls_turn(now));
}

std::optional<std::string_view> Station::next_request(TimePoint now) {
  if (!session_) return std::nullopt;
  if (is_transactions_turn(now)) {
    if (const auto request = ask_for_transaction(now)) return request;
  }
  return is_polls_turn(now) ? ask_for_poll(now) : std::nullopt;
}

std::optional<std::string_view> Station::ask_for_transaction(TimePoint now) {
  if (!current_) {
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
  }
  auto request = current_->next_request(exchange().late_answers(), now);
  if (!request) {
    end_transaction();
    return std::nullopt;
  }
  if (way() == schemas::Way::lan && lan_unit_) {
    std::visit([this](auto& kind) { kind.unit = kind.unit == model_->lan.unit ? *lan_unit_ : kind.unit; }, *request);
  }
  asker_ = Asker::transaction;
  ++counters_.requests;
  const auto* read = std::get_if<protocol::ReadRequest>(&*request);
  return exchange().send(*request, read ? 2 * std::size_t{read->count} : 0, now);
}

std::optional<std::string_view> Station::ask_for_poll(TimePoint now) {
  polls_are_next_ = false;
  if (!poll_) begin_poll(*block_to_ask(now), now);
  if (!avoid_late_answers(now)) {
    schedule_.done(poll_->block, now);
    poll_.reset();
    gentle_until_ = now + answer_timeout();
    return std::nullopt;
  }
  asker_ = Asker::poll;
  ++counters_.requests;
  return exchange().send(request_of(poll_->read.part()), expected_size(), now);
}

void Station::end_transaction() {
  if (!current_ || !current_->is_over()) return;
  if (asker_ == Asker::transaction) asker_ = Asker::nobody;
  polls_are_next_ = true;
  const std::unique_ptr<Transaction> over = std::move(current_);
  over->conclude();
}

void Station::cancel_transactions(std::string_view reason) {
  if (current_) current_->cancel(reason);
  end_transaction();
  for (const auto& transaction : std::exchange(waiting_, {})) {
    transaction->cancel(reason);
    transaction->conclude();
  }
}

// Those that waited too long, and those that were withdrawn meanwhile.
void Station::expire_transactions(TimePoint now) {
  if (exchange().is_idle()) end_transaction();
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    if (now < (*each)->deadline() && !(*each)->is_over()) {
      ++each;
      continue;
    }
    const std::unique_ptr<Transaction> gone = std::move(*each);
    each = waiting_.erase(each);
    if (!gone->is_over()) gone->cancel("the station was busy with other requests for too long");
    gone->conclude();
  }
}

TimePoint Station::next_action() const {
  TimePoint next = exchange().next_action();
  for (const auto& transaction : waiting_) next = std::min(next, transaction->deadline());
  if (current_) {
    next = std::min(next, current_->next_action());
  } else if (session_ && exchange().is_idle()) {
    next = std::min(next, poll_ || probe() ? gentle_until_ : std::max(schedule_.next(), gentle_until_));
    if (!waiting_.empty() && !poll_) next = std::min(next, waiting_.front()->next_action());
  }
  return std::min({next, stale_at(), gives_nothing_ ? forgiven_at() : fruitless_at()});
}

// When one that has refused everything is asked again: it may only have been starting up.
TimePoint Station::forgiven_at() const {
  const bool has_refused_all = gives_nothing_ && session_ && schedule_.next() == TimePoint::max();
  return has_refused_all ? fruitless_at() + kForgivenAfter : TimePoint::max();
}

// Each of its blocks was polled in vain the last time, and has been since so long ago.
TimePoint Station::fruitless_at() const {
  TimePoint last = TimePoint::min();
  for (std::size_t index = 0; session_ && index < blocks_.size(); ++index) {
    const BlockState& block = blocks_[index];
    if (!block.in_use || !schedule_.is_polled(index)) continue;
    if (!block.vain_since && is_read(block)) return TimePoint::max();
    last = std::max(last, block.vain_since.value_or(last));
  }
  return last == TimePoint::min() ? TimePoint::max() : last + kFruitless;
}

// TimePoint::max(): its polls tell whether it is there.
TimePoint Station::stale_at() const {
  if (!online_) return is_offline_known_ || counters_.exceptions > 0 ? TimePoint::max() : speak_by_;
  if (!session_) return session_lost_at_ + offline_after_;
  return schedule_.next() == TimePoint::max() && !blocks_.empty() ? last_heard_ + kPushedStaleAfter : TimePoint::max();
}

bool Station::go_offline() {
  const bool was_known = std::exchange(is_offline_known_, true);
  return std::exchange(online_, false) || !was_known;
}

bool Station::tick(TimePoint now) {
  // Without a session nobody else would ever tell; of the cloud, its session does.
  if (way() == schemas::Way::lan && speak_by_ == TimePoint::max() && schedule_.shortest_interval() != Duration::max()) {
    speak_by_ = now + longest_gap(schedule_.shortest_interval());
  }
  expire_transactions(now);
  bool went_offline = false;
  for (auto lapse = exchange().tick(now); lapse != Exchange::Lapse::none; lapse = exchange().tick(now)) {
    const bool has_missed = lapse == Exchange::Lapse::missed;
    if (has_missed) ++counters_.timeouts;
    if (asker_ == Asker::transaction && has_missed) {
      current_->on_silence(now);
      end_transaction();
    } else if (asker_ == Asker::poll) {
      has_missed ? miss_poll(now) : give_up_poll(now);
      if (misses_ >= kMissesUntilOffline) went_offline |= go_offline();
    }
  }
  if (now >= fruitless_at()) gives_nothing_ = true;
  if (now >= forgiven_at()) {
    session_up(now);
    gives_nothing_ = true;
  }
  if (now >= stale_at()) went_offline |= go_offline();
  if (gives_nothing_) went_offline |= std::exchange(online_, false);
  if (went_offline) interrupt_sums();
  return went_offline;
}

}  // namespace bluetti::gateway
