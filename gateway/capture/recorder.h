// SPDX-License-Identifier: MIT
// Writes what passes between gateway and cloud into a file that only its owner may read, anonymised, one JSON object a
// line. A file that is a record already is continued. Lines are collected and written once a second, without waiting
// for the disk; what goes wrong is logged once and ends the recording, never the gateway. The loop's thread only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/base/event.h"
#include "gateway/capture/anonymizer.h"
#include "gateway/capture/record.h"
#include "gateway/config/config.h"

namespace bluetti::gateway::capture {

class Recorder {
 public:
  static constexpr std::chrono::seconds kFlushInterval{1};
  static constexpr std::size_t kFlushSize = 65536;

  // Writes the header. The error names file and reason.
  using Opened = std::variant<std::unique_ptr<Recorder>, std::string>;
  [[nodiscard]] static Opened open(const RecordConfig& config, std::shared_ptr<const schemas::Catalog> catalog,
                                   TimePoint start);
  ~Recorder();  // writes what waits
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Schemas that were reloaded.
  void use(std::shared_ptr<const schemas::Catalog> catalog) { anonymizer_.use(std::move(catalog)); }
  // The serial number of a station, to be looked for from the start.
  void know(std::string_view serial) { anonymizer_.know(serial); }

  // One message of the cloud broker. Topics that belong to no station are left out.
  void record(Sender from, std::string_view topic, std::string_view payload, bool retained, TimePoint now);

  // Writes what waits, if it is time; returns when it wants to be called again.
  TimePoint tick(TimePoint now);
  [[nodiscard]] TimePoint next_action() const { return flush_at_; }
  [[nodiscard]] bool active() const { return descriptor_ >= 0; }

 private:
  Recorder(const RecordConfig& config, int descriptor, std::uint64_t size,
           std::shared_ptr<const schemas::Catalog> catalog, TimePoint start);
  void flush();
  void close();

  std::filesystem::path file_;
  int descriptor_;
  std::uint64_t size_;  // of the file, with what waits
  std::uint64_t most_bytes_;
  TimePoint start_;
  TimePoint flush_at_ = TimePoint::max();
  Anonymizer anonymizer_;
  std::string waiting_;
  std::string line_;
};

}  // namespace bluetti::gateway::capture
