// SPDX-License-Identifier: MIT
// A snapshot as Prometheus reads it: https://prometheus.io/docs/practices/naming, base units (watts, volts, joules,
// ratios). What is absent has no sample. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/http/snapshot.h"

namespace bluetti::gateway::http {

enum class MetricsFormat : std::uint8_t {
  prometheus,   // text/plain; version=0.0.4
  open_metrics  // application/openmetrics-text; version=1.0.0
};
[[nodiscard]] std::string_view content_type_of(MetricsFormat format);
// What the client prefers, by its Accept header.
[[nodiscard]] MetricsFormat metrics_format(std::string_view accept);

// Of the process and the server itself, at the moment of the request.
struct ProcessFigures {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;
  std::uint64_t open_files = 0;
  double start_time = 0;  // seconds since 1970
  std::uint64_t events_dropped = 0;
  std::size_t event_streams = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused_tokens = 0;
};
[[nodiscard]] ProcessFigures figures_of_process();

[[nodiscard]] std::string metrics_text(const Snapshot& snapshot, const ProcessFigures& process, MetricsFormat format);

}  // namespace bluetti::gateway::http
