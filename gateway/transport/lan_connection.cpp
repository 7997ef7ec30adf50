// SPDX-License-Identifier: MIT
#include "gateway/transport/lan_connection.h"

#include <utility>

namespace bluetti::gateway {

LanConnection::LanConnection(std::unique_ptr<LanSocket> socket, bool is_only_way, std::uint64_t seed)
    : socket_(std::move(socket)),
      backoff_(reconnect_policy(kFirstWait, is_only_way ? kLongestWait : kLongestWaitBesideOthers), seed) {}

bool LanConnection::tick(TimePoint now) {
  if (now < act_at_) return false;
  if (stage_ == Stage::connecting) {
    socket_->close();
    return true;
  }
  stage_ = Stage::connecting;
  act_at_ = now + kConnectWithin;
  socket_->connect();
  return false;
}

void LanConnection::on_connected(TimePoint now) {
  if (stage_ != Stage::connecting) return;
  stage_ = Stage::connected;
  act_at_ = TimePoint::max();
  since_ = now;
  misses_ = 0;
}

Duration LanConnection::on_ended(TimePoint now) {
  if (stage_ == Stage::stopped) return Duration::zero();
  if (stage_ == Stage::connected && now - since_ >= kProven) backoff_.reset();
  stage_ = Stage::waiting;
  const Duration wait = backoff_.next();
  act_at_ = now + wait;
  return wait;
}

bool LanConnection::on_missed(TimePoint now) {
  if (!connected()) return false;
  socket_->drop_partial();
  if (++misses_ < kMissesUntilNew) return false;
  turn_away(now);
  return true;
}

void LanConnection::turn_away(TimePoint now) {
  socket_->close();
  (void)on_ended(now);
}

void LanConnection::stop() {
  socket_->close();
  stage_ = Stage::stopped;
  act_at_ = TimePoint::max();
}

}  // namespace bluetti::gateway
