// SPDX-License-Identifier: MIT
// Any text as a topic of the cloud broker. What is accepted is written back as it was, and nothing in it can become
// another topic, or many.
#include "protocol/cloud_topics.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace bluetti::protocol;
using bluetti::fuzz::require;

void check(const std::optional<CloudAddress>& address, std::string_view topic, std::string (*write)(CloudAddress)) {
  if (!address) return;
  require(write(*address) == topic);
  require(address->model.find_first_of(std::string_view("+#/\0", 4)) == std::string_view::npos);
  require(address->serial.find_first_of(std::string_view("+#/\0", 4)) == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view topic(reinterpret_cast<const char*>(data), size);
  check(parse_from_station_topic(topic), topic, from_station_topic);
  check(parse_to_station_topic(topic), topic, to_station_topic);
  return 0;
}
