// SPDX-License-Identifier: MIT
#include "gateway/http/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "gateway/http/facts.h"
#include "gateway/http/metrics_writer.h"
#include "gateway/station/exchange.h"

namespace bluetti::gateway::http {
namespace {

// How a unit of the schemas is told in base units.
struct Unit {
  std::string_view unit;
  std::string_view family;
  std::string_view base;
  double factor;
};
constexpr std::array kUnits{
    Unit{"W", "bluetti_power_watts", "watts", 1},
    Unit{"VA", "bluetti_apparent_power_voltamperes", "voltamperes", 1},
    Unit{"V", "bluetti_voltage_volts", "volts", 1},
    Unit{"mV", "bluetti_voltage_volts", "volts", 0.001},
    Unit{"A", "bluetti_current_amperes", "amperes", 1},
    Unit{"Hz", "bluetti_frequency_hertz", "hertz", 1},
    Unit{"%", "bluetti_level_ratio", "ratio", 0.01},
    Unit{"°C", "bluetti_temperature_celsius", "celsius", 1},
    Unit{"kWh", "bluetti_energy_joules", "joules", 3.6e6},
    Unit{"s", "bluetti_time_seconds", "seconds", 1},
    Unit{"min", "bluetti_time_seconds", "seconds", 60},
    Unit{"h", "bluetti_time_seconds", "seconds", 3600},
    Unit{"dBm", "bluetti_signal_dbm", "dbm", 1},
};
constexpr std::string_view kPlainFamily = "bluetti_number";

double seconds_of(WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

using ForValue = std::function<void(const StationView&, const schemas::Slot&, const BlockView&, const schemas::Value&)>;

void for_each_value(const Snapshot& snapshot, const ForValue& use) {
  for (const StationPointer& station : snapshot.stations) {
    for (const BlockView& block : station->blocks) {
      const auto slots = block.decoder->slots();
      for (std::size_t index = 0; index < slots.size(); ++index) {
        const schemas::Value& value = block.row.values[index];
        if (value.present() && !slots[index].field->secret) use(*station, slots[index], block, value);
      }
    }
  }
}

const Unit* unit_of(const schemas::Field& field) {
  const auto found = std::ranges::find(kUnits, field.unit, &Unit::unit);
  return found == kUnits.end() ? nullptr : &*found;
}

// "pack/2/voltage" is the field voltage of the item 2 of the group pack.
struct Place {
  std::string_view field;
  std::string_view group;
  std::string_view item;
};
Place place_of(std::string_view path) {
  const std::size_t last = path.rfind('/');
  if (last == std::string_view::npos) return {path, {}, {}};
  const std::string_view front = path.substr(0, last);
  const std::size_t before = front.rfind('/');
  if (before == std::string_view::npos) return {path.substr(last + 1), front, {}};
  return {path.substr(last + 1), front.substr(0, before), front.substr(before + 1)};
}

void write_numbers(MetricsWriter& writer, const Snapshot& snapshot, std::string_view family) {
  for_each_value(snapshot, [&](const StationView& station, const schemas::Slot& slot, const BlockView&,
                               const schemas::Value& value) {
    if (!slot.field->is_numeric()) return;
    const Unit* unit = unit_of(*slot.field);
    if (unit != nullptr ? unit->family != family : family != kPlainFamily) return;
    const auto [field, group, item] = place_of(slot.path);
    writer.sample({{"station", station.id}, {"field", field}, {"group", group}, {"item", item}},
                  value.number() * (unit != nullptr ? unit->factor : 1));
  });
}

void write_values(MetricsWriter& writer, const Snapshot& snapshot) {
  std::string_view before;
  for (const Unit& unit : kUnits) {
    if (unit.family == before) continue;
    before = unit.family;
    writer.gauge(unit.family, fmt::format("Values of stations in {}.", unit.base), unit.base);
    write_numbers(writer, snapshot, unit.family);
  }
  writer.gauge(kPlainFamily, "Values of stations without a unit.");
  write_numbers(writer, snapshot, kPlainFamily);
  writer.gauge("bluetti_switch", "What is on (1) or off (0) at a station.");
  for_each_value(snapshot, [&](const StationView& station, const schemas::Slot& slot, const BlockView&,
                               const schemas::Value& value) {
    if (value.kind != schemas::ValueKind::boolean) return;
    const auto [field, group, item] = place_of(slot.path);
    writer.sample({{"station", station.id}, {"field", field}, {"group", group}, {"item", item}},
                  value.integer != 0 ? 1 : 0);
  });
  writer.gauge("bluetti_state", "The present state of an enumeration, always 1.");
  for_each_value(snapshot, [&](const StationView& station, const schemas::Slot& slot, const BlockView& block,
                               const schemas::Value& value) {
    if (value.kind != schemas::ValueKind::option) return;
    const auto [field, group, item] = place_of(slot.path);
    const std::string state = text_of({&block, &slot, &value});
    writer.sample({{"station", station.id}, {"field", field}, {"group", group}, {"item", item}, {"state", state}}, 1);
  });
}

// OpenMetrics wants a float.
std::string limit_text(std::chrono::milliseconds limit) {
  const std::string text = fmt::format("{}", std::chrono::duration<double>(limit).count());
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

struct StationCounter {
  std::string_view name;
  std::string_view help;
  std::uint64_t Counters::*count;
};
constexpr std::array kStationCounters{
    StationCounter{"bluetti_station_requests", "Requests sent to the station.", &Counters::requests},
    StationCounter{"bluetti_station_answers", "Answers that were taken.", &Counters::answers},
    StationCounter{"bluetti_station_pushes", "Messages that came without being asked for.", &Counters::pushes},
    StationCounter{"bluetti_station_exceptions", "Modbus exceptions.", &Counters::exceptions},
    StationCounter{"bluetti_station_timeouts", "Requests that were not answered in time.", &Counters::timeouts},
    StationCounter{"bluetti_station_implausible_values", "Values dropped for being out of bounds.",
                   &Counters::implausible},
};
// In the order of Drop.
constexpr std::array<std::string_view, kDropKinds> kReasons{"retained", "wrong_envelope", "broken_frame", "other_unit",
                                                            "unasked",  "too_long",       "cut",          "other_block",
                                                            "repeated", "no_schema"};
static_assert(!kReasons.back().empty(), "every kind has a name");

void write_answer_times(MetricsWriter& writer, const Snapshot& snapshot) {
  writer.histogram("bluetti_station_answer_seconds", "From a request to its answer.", "seconds");
  for (const StationPointer& station : snapshot.stations) {
    const AnswerTimes& times = station->counters.answer_times;
    const MetricsWriter::Label of{"station", station->id};
    std::uint64_t count = 0;
    for (std::size_t limit = 0; limit < AnswerTimes::kLimits.size(); ++limit) {
      count += times.counts[limit];
      writer.bucket(limit_text(AnswerTimes::kLimits[limit]), count, of);
    }
    writer.end_of_histogram(std::chrono::duration<double>(times.sum).count(), count + times.counts.back(), of);
  }
}

void write_stations(MetricsWriter& writer, const Snapshot& snapshot) {
  writer.gauge("bluetti_station_info", "Which stations there are, always 1.");
  for (const StationPointer& station : snapshot.stations) {
    writer.sample({{"station", station->id},
                   {"name", station->name},
                   {"model", station->model},
                   {"account", station->account},
                   {"way", station->way}},
                  1);
  }
  writer.gauge("bluetti_station_online", "Whether the station answers.");
  for (const StationPointer& station : snapshot.stations) {
    writer.sample({{"station", station->id}}, station->online ? 1 : 0);
  }
  writer.gauge("bluetti_station_queued_transactions", "Reads on demand and changes that wait or are under way.");
  for (const StationPointer& station : snapshot.stations) {
    writer.sample({{"station", station->id}}, static_cast<double>(station->queued));
  }
  writer.gauge("bluetti_station_block_updated_timestamp_seconds", "When a block of values was last read or pushed.",
               "seconds");
  for (const StationPointer& station : snapshot.stations) {
    for (const BlockView& block : station->blocks) {
      if (block.updated == TimePoint{}) continue;
      writer.sample({{"station", station->id}, {"block", fmt::format("{}", block.decoder->block().id)}},
                    seconds_of(snapshot.wall_of(block.updated)));
    }
  }
  for (const StationCounter& counter : kStationCounters) {
    writer.counter(counter.name, counter.help);
    for (const StationPointer& station : snapshot.stations) {
      writer.sample({{"station", station->id}}, static_cast<double>(station->counters.*counter.count));
    }
  }
  write_answer_times(writer, snapshot);
  writer.counter("bluetti_station_dropped_messages", "Messages of the station that were put aside, by reason.");
  for (const StationPointer& station : snapshot.stations) {
    for (std::size_t kind = 0; kind < kDropKinds; ++kind) {
      writer.sample({{"station", station->id}, {"reason", kReasons[kind]}},
                    static_cast<double>(station->counters.dropped[kind]));
    }
  }
}

void write_accounts(MetricsWriter& writer, const Snapshot& snapshot) {
  const auto each = [&](const auto& value_of) {
    for (const AccountView& account : snapshot.accounts) {
      if (const std::optional<double> value = value_of(account)) writer.sample({{"account", account.id}}, *value);
    }
  };
  using Value = std::optional<double>;
  const auto time = [](const std::optional<WallTime>& at) { return at ? Value(seconds_of(*at)) : Value(); };
  writer.gauge("bluetti_account_connected", "Whether the session with the cloud is up.");
  each([](const AccountView& account) { return Value(account.connected ? 1 : 0); });
  writer.gauge("bluetti_account_stations", "Stations that are read through the account.");
  each([](const AccountView& account) { return Value(static_cast<double>(account.stations)); });
  writer.gauge("bluetti_account_requests_last_minute", "Requests of the last 60 seconds.");
  each([](const AccountView& account) { return Value(account.requests_per_minute); });
  writer.gauge("bluetti_account_request_budget_per_minute", "Requests that a minute may have at most.");
  each([](const AccountView& account) { return Value(account.request_budget); });
  writer.gauge("bluetti_account_last_answer_timestamp_seconds", "When a station last answered.", "seconds");
  each([&](const AccountView& account) { return time(account.last_answer); });
  writer.gauge("bluetti_account_certificate_expiry_timestamp_seconds", "Until when the client certificate is valid.",
               "seconds");
  each([&](const AccountView& account) { return time(account.certificate_expires); });
}

void write_gateway(MetricsWriter& writer, const Snapshot& snapshot, const ProcessFigures& process) {
  const auto gauge = [&](std::string_view name, std::string_view help, double value, std::string_view unit = {}) {
    writer.gauge(name, help, unit);
    writer.sample({}, value);
  };
  const auto counter = [&](std::string_view name, std::string_view help, auto value, std::string_view unit = {}) {
    writer.counter(name, help, unit);
    writer.sample({}, static_cast<double>(value));
  };
  writer.gauge("bluetti_gateway_build_info", "The version, always 1.");
  writer.sample({{"version", GATEWAY_VERSION}}, 1);
  gauge("bluetti_gateway_ready", "Whether values flow, as `bluetti-gateway health` sees it.",
        snapshot.problems.empty() ? 1 : 0);
  gauge("bluetti_local_connected", "Whether the local broker is connected.", snapshot.local.connected ? 1 : 0);
  counter("bluetti_local_published_messages", "Messages given to the local broker.", snapshot.local.published);
  gauge("bluetti_local_undelivered_topics", "Topics whose last message the local broker did not take.",
        static_cast<double>(snapshot.local.undelivered));
  counter("bluetti_gateway_refused_topics", "Subscriptions that a broker refused.", snapshot.troubles.refused_topics);
  counter("bluetti_gateway_undelivered_messages", "Messages that a broker did not take.",
          snapshot.troubles.not_delivered);
  counter("bluetti_gateway_too_large_messages", "Messages that were too large to be taken in.",
          snapshot.troubles.too_large);
  counter("bluetti_gateway_dropped_messages", "Messages that came faster than they could be handled.",
          snapshot.troubles.dropped);
  gauge("bluetti_http_event_streams", "Clients that follow the events.", static_cast<double>(process.event_streams));
  counter("bluetti_http_requests", "Requests to this server.", process.requests);
  counter("bluetti_http_refused_tokens", "Requests with a wrong token.", process.refused_tokens);
  gauge("process_resident_memory_bytes", "Resident memory.", static_cast<double>(process.resident_bytes), "bytes");
  counter("process_cpu_seconds", "User and system CPU time.", process.cpu_seconds, "seconds");
  gauge("process_open_fds", "Open file descriptors.", static_cast<double>(process.open_files));
  gauge("process_start_time_seconds", "When the process started.", process.start_time, "seconds");
}

void write_sinks(MetricsWriter& writer, const std::vector<SinkHealth>& sinks) {
  if (sinks.empty()) return;
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t SinkHealth::*count) {
    writer.counter(name, help);
    for (const SinkHealth& sink : sinks) writer.sample({{"sink", sink.name}}, static_cast<double>(sink.*count));
  };
  counter("bluetti_sink_written_changes", "Changes that a sink has taken.", &SinkHealth::written);
  counter("bluetti_sink_dropped_changes", "Changes for which a sink had no room.", &SinkHealth::dropped);
  counter("bluetti_sink_failed_changes", "Changes that a sink could not write.", &SinkHealth::failed);
}

void write_latency(MetricsWriter& writer, const LatencyHistogram& latency) {
  using std::chrono::microseconds;
  static constexpr std::array<std::pair<microseconds, std::string_view>, 9> kLimits{{{microseconds(100), "0.0001"},
                                                                                     {microseconds(250), "0.00025"},
                                                                                     {microseconds(500), "0.0005"},
                                                                                     {microseconds(1000), "0.001"},
                                                                                     {microseconds(2500), "0.0025"},
                                                                                     {microseconds(5000), "0.005"},
                                                                                     {microseconds(10000), "0.01"},
                                                                                     {microseconds(100000), "0.1"},
                                                                                     {microseconds(1000000), "1.0"}}};
  writer.histogram("bluetti_gateway_frame_to_publish_seconds",
                   "From the arrival of a message to the publication of its values.", "seconds");
  for (const auto& [limit, text] : kLimits) writer.bucket(text, latency.count_within(limit));
  writer.end_of_histogram(std::chrono::duration<double>(latency.sum()).count(), latency.count());
}

}  // namespace

std::string_view content_type_of(MetricsFormat format) {
  return format == MetricsFormat::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                               : "text/plain; version=0.0.4; charset=utf-8";
}

MetricsFormat metrics_format(std::string_view accept) {
  return accept.find("application/openmetrics-text") != std::string_view::npos ? MetricsFormat::open_metrics
                                                                               : MetricsFormat::prometheus;
}

std::string metrics_text(const Snapshot& snapshot, const ProcessFigures& process, MetricsFormat format) {
  MetricsWriter writer(format);
  write_gateway(writer, snapshot, process);
  write_sinks(writer, snapshot.sinks);
  write_latency(writer, snapshot.frame_to_publish);
  write_accounts(writer, snapshot);
  write_stations(writer, snapshot);
  write_values(writer, snapshot);
  return writer.take();
}

}  // namespace bluetti::gateway::http
