// SPDX-License-Identifier: MIT
// Bytes: CRC, envelope and frame. Each `<what>/gateway` has its `<what>/c` beside it; scripts/benchmark prints the
// ratio.
#include <benchmark/benchmark.h>

#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "tests/benchmark/by_hand.h"
#include "tests/benchmark/frames.h"

namespace bluetti::benchmark {
namespace {

using ::benchmark::DoNotOptimize;
using ::benchmark::State;

// A block 100 as a payload of v1.2: 185 bytes.
const std::string& payload() {
  static const std::string kept = answers(schemas::Catalog::built_in()).front().payload;
  return kept;
}
const unsigned char* octets(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void crc_gateway(State& state) {
  const auto bytes = std::as_bytes(std::span(payload())).first(137);
  for (auto _ : state) DoNotOptimize(protocol::crc16(bytes));
}
void crc_by_hand(State& state) {
  for (auto _ : state) DoNotOptimize(crc16_by_hand(octets(payload()), 137));
}
void crc_one_table(State& state) {
  for (auto _ : state) DoNotOptimize(crc16_by_hand_one_table(octets(payload()), 137));
}
BENCHMARK(crc_gateway)->Name("CRC of 137 bytes/gateway");
BENCHMARK(crc_by_hand)->Name("CRC of 137 bytes/c");
BENCHMARK(crc_one_table)->Name("CRC of 137 bytes/c, one table");

void frame_gateway(State& state) {
  const auto bytes = std::as_bytes(std::span(payload()));
  for (auto _ : state) {
    const auto opened = protocol::open(protocol::Envelope::v1_2, bytes);
    DoNotOptimize(protocol::parse_frame(std::get<protocol::Opened>(opened).frame));
  }
}
void frame_by_hand(State& state) {
  long size = 0;
  for (auto _ : state) DoNotOptimize(open_frame_by_hand(octets(payload()), payload().size(), &size));
}
BENCHMARK(frame_gateway)->Name("envelope and frame/gateway");
BENCHMARK(frame_by_hand)->Name("envelope and frame/c");

}  // namespace
}  // namespace bluetti::benchmark
