// SPDX-License-Identifier: MIT
// How a station is reached that answers on the local network: its connection there, whether that or the cloud is used,
// and the looking whether a better way answers again. The loop's thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/fleet/account.h"
#include "gateway/station/station.h"
#include "gateway/transport/lan_connection.h"
#include "gateway/transport/way_choice.h"

namespace bluetti::gateway {

class Ways {
 public:
  // `account`: of the cloud's way; nullptr: it has none.
  Ways(const StationConfig& station, LanLink link, std::unique_ptr<LanSocket> socket, std::uint64_t seed);

  [[nodiscard]] LanLink link() const { return link_; }
  [[nodiscard]] bool uses_lan() const { return choice_.current() == schemas::Way::lan; }
  [[nodiscard]] bool has_given() const { return choice_.has_answered(); }  // values, since this way is used
  [[nodiscard]] schemas::Way current() const { return choice_.current(); }
  // To the right one: who it is has been asked.
  [[nodiscard]] bool is_lan_connected() const { return lan_.connected() && !asks_serial(); }
  [[nodiscard]] bool asks_serial() const { return serial_by_ != TimePoint::max(); }
  [[nodiscard]] bool is_another() const { return is_another_; }  // what answered last on the local network
  [[nodiscard]] bool fits(const StationConfig& station) const {
    return station.via == choice_.ways() && station.lan == endpoint_;
  }

  // What the station's time-outs and the account's session mean, and what is due. True: another way is used from now
  // on, by which the station is to go on.
  [[nodiscard]] bool tick(Station& station, Account* account, std::string_view request_topic, TimePoint now);
  [[nodiscard]] TimePoint next_action() const;

  void on_connected(Station& station, TimePoint now);
  // An answer while asks_serial().
  void on_serial(Station& station, std::span<const std::byte> message, TimePoint now);
  // It has this serial number, which is not the configured one.
  void turn_away(Station& station, const std::string& serial, TimePoint now);
  // Whether a session on the local network has begun since the last call, and is the one that is used.
  [[nodiscard]] bool take_welcome() { return std::exchange(is_welcome_, false) && uses_lan(); }
  // Returns the wait before the next try.
  Duration on_ended(Station& station, TimePoint now);
  void on_answer(bool gave);  // by the way that is used: values, or only that it will not
  // A message by a way that is not used: is it the answer to whether it is there?
  void on_probed(schemas::Way way, const Station& station, std::span<const std::byte> message, TimePoint now);

  [[nodiscard]] bool send(std::string_view request) { return lan_.send(std::as_bytes(std::span(request))); }
  void stop(Station& station, TimePoint now);

 private:
  // What was asked by probe() or ask_serial() last.
  [[nodiscard]] std::optional<protocol::Arrived> answer_in(schemas::Way way, const Station& station,
                                                           std::span<const std::byte> message) const;
  void ask_serial(Station& station, TimePoint now);
  void welcome(Station& station, TimePoint now);
  void end_session(Station& station, TimePoint now);
  void count_misses(Station& station, TimePoint now);
  void probe(schemas::Way way, const Station& station, Account* account, std::string_view request_topic, TimePoint now);

  static constexpr int kMostBusy = 3;  // answers to the question for its serial number; then it is not said

  std::string id_;  // of the station, for the log
  std::string serial_;
  LanLink link_;
  LanEndpoint endpoint_;
  WayChoice choice_;
  LanConnection lan_;
  int misses_ = 0;                          // of the station, as last seen
  TimePoint serial_by_ = TimePoint::max();  // when the question for its serial number is over, or asked again
  bool is_busy_ = false;                    // was the answer to it
  int times_busy_ = 0;
  bool is_another_ = false;
  bool is_welcome_ = false;
  std::uint8_t probed_unit_ = 0;
  std::uint16_t transaction_ = 0x8000;  // of the last question of ours on the local network; the station's begin at 0
  std::size_t refused_probes_ = 0;      // each of another block
};

}  // namespace bluetti::gateway
