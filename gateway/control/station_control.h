// SPDX-License-Identifier: MIT
// What may be changed at one station, and the wishes to do so: checked before anything is sent, carried out one after
// the other in the station's queue, watched for a minute after they were confirmed. The loop's thread only.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/control/outcome.h"
#include "gateway/control/write_transaction.h"
#include "gateway/station/station.h"
#include "schemas/catalog.h"
#include "schemas/setting.h"

namespace bluetti::gateway {

// What the owner allows.
struct ControlRules {
  bool enabled = false;
  int per_minute = 6;                 // wishes of one station
  std::vector<std::string> consents;  // "outputs", "grid"
};

class StationControl {
 public:
  static constexpr std::chrono::seconds kAfterConnect{3};  // nothing is written so soon after a session began
  static constexpr std::chrono::seconds kBeginWithin{60};
  static constexpr std::chrono::seconds kBoost{60};  // after a change, everything is polled more often
  using Report = std::function<void(ControlResult)>;
  using Values = std::map<std::string, std::string, std::less<>>;  // by path

  // The clock must outlive this. `report` gets every result, also at once; the station's id in it is left to the
  // caller.
  StationControl(const Clock& clock, Report report);
  StationControl(const StationControl&) = delete;
  StationControl& operator=(const StationControl&) = delete;

  // What holds from now on. No settings: the model is not known, or has none. The catalogue must be that of the model
  // and outlive this or the next call.
  void configure(const schemas::Catalog& catalog, const schemas::Model* model,
                 std::shared_ptr<const schemas::SettingsOfModel> settings, ControlRules rules);

  // Settings that may be changed as things are: offered to Home Assistant and by `check`.
  [[nodiscard]] std::vector<const schemas::Setting*> offered() const;
  // Why this one is not; empty: it is.
  [[nodiscard]] std::string why_not(const schemas::Setting& setting) const;

  // Comes to a result now or later. `retained`: an old wish that the broker has kept.
  void accept(ControlWish wish, bool retained, bool connected, Station& station, TimePoint now);
  // The values before the last change, of these paths or, where there are none, of all. How many results there will be.
  std::size_t undo(const std::vector<std::string>& paths, const ControlWish& as, bool connected, Station& station,
                   TimePoint now);

  void on_session_up(Station& station, TimePoint now);
  void tick(bool connected, Station& station, TimePoint now);
  [[nodiscard]] TimePoint next_action() const;

  // The value of each setting before it was last changed. Kept over restarts by the caller.
  [[nodiscard]] const Values& values_before() const { return before_; }
  void restore(Values values) { before_ = std::move(values); }

 private:
  // A change that was made, looked at again until it has lasted.
  struct Watch {
    ControlWish wish;
    std::optional<std::string> before;
    unsigned change = 0;  // of its setting, by number: a later one ends it
    std::size_t look = 0;
    TimePoint at;
    bool settles = false;  // whether it was made is not known yet
  };

  [[nodiscard]] std::optional<std::string> fault_of(const ControlWish& wish, bool retained, bool connected,
                                                    const Station& station) const;
  [[nodiscard]] bool is_too_often(TimePoint now);
  [[nodiscard]] bool is_outdated(const Watch& watch) const;
  bool replace_waiting(const std::string& path);
  void submit(ControlWish wish, const schemas::Setting& setting, Station& station, TimePoint now);
  void on_written(const ControlWish& wish, WriteOutcome outcome, TimePoint began, Station& station);
  void look(Watch watch, Station& station);
  void on_looked(Watch watch, const ReadOutcome& outcome);
  void refuse(ControlWish wish, std::string reason);
  [[nodiscard]] const schemas::Setting* setting_of(std::string_view path) const;

  const Clock& clock_;
  Report report_;
  const schemas::Catalog* catalog_ = nullptr;
  const schemas::Model* model_ = nullptr;
  std::shared_ptr<const schemas::SettingsOfModel> settings_;
  ControlRules rules_;
  Values before_;
  std::map<std::string, unsigned, std::less<>> changes_;  // how often each setting was written
  std::list<TimePoint> accepted_;                         // of the last minute
  std::map<std::string, WriteTransaction*> under_way_;    // by path, until they have a result
  std::list<Watch> watches_;
  TimePoint session_since_ = TimePoint::min();
};

}  // namespace bluetti::gateway
