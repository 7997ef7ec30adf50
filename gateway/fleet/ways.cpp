// SPDX-License-Identifier: MIT
#include "gateway/fleet/ways.h"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "gateway/station/own_serial.h"
#include "protocol/framing.h"

namespace bluetti::gateway {

using schemas::Way;

namespace {

constexpr std::chrono::seconds kBusyWait{1};

}  // namespace

Ways::Ways(const StationConfig& station, LanLink link, std::unique_ptr<LanSocket> socket, std::uint64_t seed)
    : id_(station.id),
      serial_(station.serial),
      link_(link),
      endpoint_(station.lan),
      choice_(station.via),
      lan_(std::move(socket), station.via.size() == 1, seed) {}

bool Ways::tick(Station& station, Account* account, std::string_view request_topic, TimePoint now) {
  if (lan_.tick(now)) (void)on_ended(station, now);
  if (now >= serial_by_) {
    const bool is_worth_asking = std::exchange(is_busy_, false) && ++times_busy_ < kMostBusy;
    is_worth_asking ? ask_serial(station, now) : welcome(station, now);
  }
  const bool is_session_up = account && account->session.connected();
  if (account && is_session_up != choice_.is_up(Way::cloud)) {
    is_session_up ? choice_.up(Way::cloud, now) : choice_.down(Way::cloud);
  }
  count_misses(station, now);
  if (station.gives_nothing()) choice_.give_up();
  if (const auto way = choice_.next_probe(now)) probe(*way, station, account, request_topic, now);
  if (!choice_.tick(now)) return false;
  misses_ = 0;
  return true;
}

void Ways::count_misses(Station& station, TimePoint now) {
  const int before = std::exchange(misses_, station.misses());
  for (int miss = before; miss < misses_; ++miss) {
    choice_.on_miss();
    if (!uses_lan() || !lan_.on_missed(now)) continue;
    spdlog::warn("[{}] {} reads in a row were not answered: connecting to {}:{} again", id_,
                 LanConnection::kMissesUntilNew, endpoint_.host, endpoint_.port);
    return end_session(station, now);
  }
}

TimePoint Ways::next_action() const {
  return std::min({lan_.next_action(), choice_.next_action(), serial_by_});
}

// An address is given to others: nothing is read of a station before it has said that it is the right one. One that
// does not say it is believed.
void Ways::on_connected(Station& station, TimePoint now) {
  lan_.on_connected(now);
  is_busy_ = false;
  times_busy_ = 0;
  ask_serial(station, now);
}

void Ways::ask_serial(Station& station, TimePoint now) {
  const auto request = station.serial_read();
  if (!request) return welcome(station, now);
  std::array<std::byte, protocol::kMaxRequest> buffer;
  probed_unit_ = request->unit;
  serial_by_ = now + station.line_by(Way::lan).answer_timeout;
  (void)lan_.send(station.line_by(Way::lan).framing->wrap(*request, ++transaction_, buffer));
}

void Ways::welcome(Station& station, TimePoint now) {
  serial_by_ = TimePoint::max();
  is_another_ = false;
  is_welcome_ = true;
  choice_.up(Way::lan, now);
  if (uses_lan()) station.session_up(now);
  misses_ = 0;
}

void Ways::on_serial(Station& station, std::span<const std::byte> message, TimePoint now) {
  const auto arrived = answer_in(Way::lan, station, message);
  if (!arrived) return;
  const auto* exception = std::get_if<protocol::ExceptionAnswer>(&arrived->frame);
  if (exception && protocol::puts_off(exception->code)) {
    is_busy_ = true;
    serial_by_ = now + kBusyWait;
    return;
  }
  const auto* answer = std::get_if<protocol::ReadAnswer>(&arrived->frame);
  const bool is_whole = answer && answer->data.size() == 2U * kOwnSerial.count;
  const std::string told = is_whole ? own_serial_in(answer->data) : std::string();
  if (told.empty() || is_same_serial(told, serial_)) return welcome(station, now);
  turn_away(station, told, now);
}

// It is looked at again with the next connection: the right one may be there then.
void Ways::turn_away(Station& station, const std::string& serial, TimePoint now) {
  if (!std::exchange(is_another_, true)) {
    spdlog::warn(
        "[{}] what answers at {} has another serial number than the configured one ({}): nothing is read there. "
        "Correct lan.host, if the address was given to another station, or serial",
        id_, endpoint_.host, serial);
  }
  lan_.turn_away(now);
  end_session(station, now);
  if (uses_lan()) choice_.give_up();
}

Duration Ways::on_ended(Station& station, TimePoint now) {
  const Duration wait = lan_.on_ended(now);
  end_session(station, now);
  return wait;
}

void Ways::end_session(Station& station, TimePoint now) {
  serial_by_ = TimePoint::max();
  is_welcome_ = false;
  choice_.down(Way::lan);
  if (uses_lan()) station.session_down(now, "lost the connection to the station");
}

void Ways::on_answer(bool gave) {
  if (gave) choice_.on_answer();
  lan_.on_answered();
}

void Ways::stop(Station& station, TimePoint now) {
  lan_.stop();
  end_session(station, now);
}

// The read of a poll, whose values are not taken: only that there are some counts.
void Ways::probe(Way way, const Station& station, Account* account, std::string_view request_topic, TimePoint now) {
  const auto request = station.probe_by(way, refused_probes_);
  if (!request) return;
  std::array<std::byte, protocol::kMaxRequest> buffer;
  const auto payload = station.line_by(way).framing->wrap(*request, ++transaction_, buffer);
  if (way == Way::lan) {
    probed_unit_ = request->unit;
    (void)lan_.send(payload);
  } else if (account) {
    (void)account->session.send(std::string(request_topic),
                                {reinterpret_cast<const char*>(payload.data()), payload.size()}, now);
  }
}

std::optional<protocol::Arrived> Ways::answer_in(Way way, const Station& station,
                                                 std::span<const std::byte> message) const {
  const std::string_view payload{reinterpret_cast<const char*>(message.data()), message.size()};
  const HearResult heard = hear(station.line_by(way), payload);
  const auto* arrived = std::get_if<protocol::Arrived>(&heard);
  if (!arrived || (arrived->transaction && *arrived->transaction != transaction_)) return std::nullopt;
  const std::uint8_t unit = std::visit([](const auto& frame) { return frame.unit; }, arrived->frame);
  if (way == Way::lan && unit != probed_unit_) return std::nullopt;
  return *arrived;
}

void Ways::on_probed(Way way, const Station& station, std::span<const std::byte> message, TimePoint now) {
  const auto arrived = answer_in(way, station, message);
  if (!arrived) return;
  if (way == Way::lan) lan_.on_answered();
  if (std::holds_alternative<protocol::ExceptionAnswer>(arrived->frame)) {
    ++refused_probes_;
    return;
  }
  choice_.on_probe_answer(way, now);
}

}  // namespace bluetti::gateway
