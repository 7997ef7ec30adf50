// SPDX-License-Identifier: MIT
// Frame to values, of each block and of all seven; what changed; numbers as text.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>

#include "gateway/station/block_state.h"
#include "protocol/envelope.h"
#include "protocol/modbus.h"
#include "schemas/decoder.h"
#include "tests/benchmark/by_hand.h"
#include "tests/benchmark/frames.h"

namespace bluetti::benchmark {
namespace {

using ::benchmark::DoNotOptimize;
using ::benchmark::State;
using ByHand = void (*)(const unsigned char*, long, double*, char*);

constexpr ByHand kByHand[] = {read_block_100_by_hand,  read_block_1100_by_hand, read_block_1300_by_hand,
                              read_block_1400_by_hand, read_block_1500_by_hand, read_block_6000_by_hand,
                              read_block_6100_by_hand};
constexpr std::size_t kCount = std::size(kBlocks);

// Everything that one block takes, on both ways.
struct Bench {
  schemas::Decoder decoder;
  schemas::Row row;
  std::string payload;
  ByHand by_hand;
  std::vector<double> values;
  std::vector<char> text;

  void gateway() {
    const auto opened = protocol::open(protocol::Envelope::v1_2, std::as_bytes(std::span(payload)));
    const auto parsed = protocol::parse_frame(std::get<protocol::Opened>(opened).frame);
    decoder.decode(std::get<protocol::ReadAnswer>(std::get<protocol::Frame>(parsed)).data, 0, row);
  }
  void c() {
    long size = 0;
    const auto* payload_bytes = reinterpret_cast<const unsigned char*>(payload.data());
    const unsigned char* data = open_frame_by_hand(payload_bytes, payload.size(), &size);
    by_hand(data, size, values.data(), text.data());
  }
  // Both ways must come to the same numbers, or the comparison is of different work.
  [[nodiscard]] bool agrees() {
    gateway();
    c();
    for (std::size_t slot = 0; slot < values.size(); ++slot) {
      const schemas::Value& value = row.values[slot];
      const bool is_number = value.kind >= schemas::ValueKind::integer && value.kind <= schemas::ValueKind::real;
      if (decoder.slots()[slot].field->is_derived() || !is_number) continue;
      if (std::abs(value.number() - values[slot]) > 1e-9 * std::abs(values[slot])) return false;
    }
    return true;
  }
};

std::vector<Bench>& benches() {
  static std::vector<Bench> made = [] {
    const auto catalog = schemas::Catalog::built_in();
    const auto payloads = answers(catalog);
    std::vector<Bench> all;
    for (std::size_t index = 0; index < kCount; ++index) {
      schemas::Decoder decoder(*catalog.block(kBlocks[index]), *catalog.model(kModel));
      schemas::Row row = decoder.make_row();
      const std::size_t slots = decoder.slots().size();
      const std::size_t text = row.text.size();
      all.push_back({std::move(decoder), std::move(row), payloads[index].payload, kByHand[index],
                     std::vector<double>(slots), std::vector<char>(text)});
      if (!all.back().agrees()) std::abort();
    }
    return all;
  }();
  return made;
}

std::size_t present(const schemas::Row& row) {
  return static_cast<std::size_t>(std::ranges::count_if(row.values, &schemas::Value::present));
}

void one_block(State& state, std::size_t index, bool by_hand) {
  Bench& bench = benches()[index];
  for (auto _ : state) {
    by_hand ? bench.c() : bench.gateway();
    ::benchmark::ClobberMemory();
  }
  state.counters["values"] = static_cast<double>(present(bench.row));
}

void all_blocks(State& state, bool by_hand) {
  for (auto _ : state) {
    for (Bench& bench : benches()) by_hand ? bench.c() : bench.gateway();
    ::benchmark::ClobberMemory();
  }
  double values = 0;
  for (const Bench& bench : benches()) values += static_cast<double>(present(bench.row));
  state.counters["values"] = values;
}

void changes_gateway(State& state, bool change) {
  const auto catalog = std::make_shared<schemas::Catalog>(schemas::Catalog::built_in());
  gateway::DecoderCache decoders(*catalog);
  const schemas::Model& model = *catalog->model(kModel);
  gateway::BlockState block(decoders.of(100, model), model);
  std::vector<std::uint32_t> changed(block.current().values.size());
  std::vector<gateway::CounterNotice> notices;
  std::string first = benches()[0].payload;
  std::string second = first;
  // Five registers of block 100 that hold plain numbers: what a station's home data changes from poll to poll.
  for (const std::size_t at : {13U + 2 * 2, 13U + 2 * 40, 13U + 2 * 42, 13U + 2 * 44, 13U + 2 * 46}) {
    second[at + 1] = static_cast<char>(second[at + 1] ^ 1);
  }
  bool odd = false;
  for (auto _ : state) {
    const std::string& payload = change && (odd = !odd) ? second : first;
    changed.clear();
    gateway::take(block, {.data = std::as_bytes(std::span(payload)).subspan(13, 170), .at = {}}, changed, notices);
    DoNotOptimize(changed.data());
  }
  state.counters["changed"] = static_cast<double>(changed.size());
}
void changes_by_hand(State& state) {
  Bench& bench = benches()[0];
  std::vector<double> known(bench.values.size());
  std::vector<unsigned> changed(bench.values.size());
  const auto* data = reinterpret_cast<const unsigned char*>(bench.payload.data()) + 13;
  for (auto _ : state) {
    bench.by_hand(data, 170, bench.values.data(), bench.text.data());
    DoNotOptimize(find_changes_by_hand(bench.values.data(), known.data(), known.size(), changed.data()));
  }
}

void format_gateway(State& state) {
  const schemas::Field field;
  const schemas::Row row;
  schemas::Value value;
  std::array<char, schemas::kMaxFormatted> out;
  std::int64_t number = 0;
  for (auto _ : state) {
    value.set_decimal(number++ & 4095, 1);
    DoNotOptimize(schemas::format(field, row, value, out));
  }
}
void format_by_hand(State& state) {
  std::array<char, 32> out;
  long number = 0;
  for (auto _ : state) DoNotOptimize(format_tenths_by_hand(number++ & 4095, out.data()));
}

const bool registered = [] {
  using ::benchmark::RegisterBenchmark;
  for (std::size_t index = 0; index < kCount; ++index) {
    const std::string name = "frame to values, block " + std::to_string(kBlocks[index]);
    RegisterBenchmark((name + "/gateway").c_str(), one_block, index, false);
    RegisterBenchmark((name + "/c").c_str(), one_block, index, true);
  }
  RegisterBenchmark("frame to values, 7 blocks/gateway", all_blocks, false);
  RegisterBenchmark("frame to values, 7 blocks/c", all_blocks, true);
  RegisterBenchmark("values and changes, block 100, none/gateway", changes_gateway, false);
  RegisterBenchmark("values and changes, block 100, none/c", changes_by_hand);
  RegisterBenchmark("values and changes, block 100, five/gateway", changes_gateway, true);
  RegisterBenchmark("number as text/gateway", format_gateway);
  RegisterBenchmark("number as text/c", format_by_hand);
  return true;
}();

}  // namespace
}  // namespace bluetti::benchmark
