// SPDX-License-Identifier: MIT
// [[sink]]
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/config/parts.h"

namespace bluetti::gateway {
namespace {

constexpr std::int64_t kBytesOfMegabyte = 1'000'000;

void read_number(Section& section, std::string_view key, std::int64_t least, std::int64_t most, auto& to,
                 std::int64_t unit = 1) {
  using Number = std::remove_reference_t<decltype(to)>;
  if (const auto value = section.integer(key, least, most)) to = static_cast<Number>(*value * unit);
  section.tell_default(key, fmt::format("{}", static_cast<std::int64_t>(to) / unit));
}

SinkConfig read_sink(Section& section) {
  static constexpr std::array<std::string_view, 1> kTypes{"jsonl"};
  static constexpr std::array<std::string_view, 2> kPolicies{"oldest", "newest"};
  SinkConfig sink;
  if (section.entries("type").empty()) section.require("type", "\"jsonl\" writes one JSON object a change");
  (void)section.choice("type", kTypes);
  section.read("file", sink.file);
  section.require("file", "where the changes are written");
  read_number(section, "max_megabytes", 1, 100'000, sink.most_bytes, kBytesOfMegabyte);
  read_number(section, "files", 1, 1000, sink.files);
  read_number(section, "queue", 1, 10'000'000, sink.queue);
  if (const auto policy = section.choice("drop", kPolicies)) sink.drops_newest = *policy == 1;
  section.tell_default("drop", std::string(kPolicies[sink.drops_newest ? 1 : 0]));
  return sink;
}

}  // namespace

void read_sinks(Section& root, Reading& reading, std::vector<SinkConfig>& sinks) {
  for (const Table* table : root.tables("sink")) {
    Section section(reading, "sink", table);
    section.call(fmt::format("sink.{}", sinks.size() + 1));
    SinkConfig sink = read_sink(section);
    const bool is_taken = std::ranges::find(sinks, sink.file, &SinkConfig::file) != sinks.end();
    if (is_taken && !sink.file.empty()) {
      section.refuse(section.place_of("file"), "file", "another [[sink]] writes this file");
    }
    section.finish();
    sinks.push_back(std::move(sink));
  }
}

}  // namespace bluetti::gateway
