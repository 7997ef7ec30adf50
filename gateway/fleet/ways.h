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
  [[nodiscard]] bool is_lan_connected() const { return lan_.connected(); }
  [[nodiscard]] bool fits(const StationConfig& station) const {
    return station.via == choice_.ways() && station.lan == endpoint_;
  }

  // What the station's time-outs and the account's session mean, and what is due. True: another way is used from now
  // on, by which the station is to go on.
  [[nodiscard]] bool tick(Station& station, Account* account, std::string_view request_topic, TimePoint now);
  [[nodiscard]] TimePoint next_action() const;

  void on_connected(Station& station, TimePoint now);
  // Returns the wait before the next try.
  Duration on_ended(Station& station, TimePoint now);
  void on_answer(bool gave);  // by the way that is used: values, or only that it will not
  // A message by a way that is not used: is it the answer to whether it is there?
  void on_probed(schemas::Way way, const Station& station, std::span<const std::byte> message, TimePoint now);

  [[nodiscard]] bool send(std::string_view request) { return lan_.send(std::as_bytes(std::span(request))); }
  void stop(Station& station, TimePoint now);

 private:
  void end_session(Station& station, TimePoint now);
  void count_misses(Station& station, TimePoint now);
  void probe(schemas::Way way, const Station& station, Account* account, std::string_view request_topic, TimePoint now);

  std::string id_;  // of the station, for the log
  LanLink link_;
  LanEndpoint endpoint_;
  WayChoice choice_;
  LanConnection lan_;
  int misses_ = 0;                  // of the station, as last seen
  std::uint8_t probed_unit_ = 0;
  std::uint16_t transaction_ = 0;   // of the last probe on the local network
  std::size_t refused_probes_ = 0;  // each of another block
};

}  // namespace bluetti::gateway
