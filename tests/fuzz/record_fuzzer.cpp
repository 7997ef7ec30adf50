// SPDX-License-Identifier: MIT
// Any text as a record, and whatever is accepted as stations that play it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/capture/record_reader.h"
#include "gateway/simulator/replayed_station.h"

namespace {

using namespace bluetti::gateway;

// A round of pushes, and every request of the record asked again.
void play(const capture::Record& record) {
  constexpr int kPushes = 16;
  auto stations = simulator::replayed_stations(record.messages);
  simulator::PayloadBuffer buffer{};
  for (auto& station : stations) {
    for (int push = 0; push < kPushes; ++push) (void)station.next_push();
    station.skip_pushes_before(1.0);
    for (const auto& message : record.messages) (void)station.on_request(message.payload, message.time, buffer);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = capture::parse_record({reinterpret_cast<const char*>(data), size}, "fuzz.jsonl");
  if (const auto* record = std::get_if<capture::Record>(&result)) play(*record);
  return 0;
}
