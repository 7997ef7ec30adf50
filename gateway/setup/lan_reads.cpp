// SPDX-License-Identifier: MIT
#include "gateway/setup/lan_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <thread>

#include "gateway/station/own_serial.h"
#include "protocol/big_endian.h"

namespace bluetti::gateway {
namespace {

constexpr std::uint8_t kUnit = 1;
constexpr std::chrono::seconds kBusyWait{1};
constexpr int kMostSilent = 2;  // the run that a block begins with, and its first value alone
constexpr const char* kMeter = "SMeter";
constexpr protocol::ReadRequest kName{.unit = kUnit, .first_register = 50200, .count = 6};
constexpr protocol::ReadRequest kMeterFrequency{.unit = kUnit, .first_register = 55166, .count = 2};
constexpr protocol::ReadRequest kPackName{.unit = kUnit, .first_register = 51200, .count = 6};

// Families write their texts in two ways. Empty: no text.
std::string text_in(std::span<const std::byte> data, bool swapped) {
  std::string text;
  for (std::size_t index = 0; index < data.size(); ++index) {
    const auto letter = static_cast<char>(data[swapped ? index ^ 1 : index]);
    if (letter == '\0') break;
    if (letter < ' ' || letter > '~') return {};
    text += letter;
  }
  return text;
}

const schemas::Model* known(const schemas::Catalog& catalog, const std::string& name) {
  const schemas::Model* model = name.empty() ? nullptr : catalog.model(name);
  return model && !model->lan.blocks.empty() && !model->is_abstract ? model : nullptr;
}

void take_name(const std::vector<std::byte>& data, const schemas::Catalog& catalog, LanIdentity& identity) {
  for (const bool swapped : {true, false}) {
    const std::string name = text_in(data, swapped);
    const schemas::Model* model = known(catalog, name);
    if (!model && (name.empty() || !identity.name.empty())) continue;
    identity.name = name;
    identity.model = model;
    if (model) return;
  }
}

// An S Meter has no text: the frequency of a grid where it has it, as a float, tells it from all else.
bool is_grid_frequency(const std::vector<std::byte>& data) {
  const auto frequency =
      std::bit_cast<float>(std::uint32_t{protocol::word_at(data, 2)} << 16 | protocol::word_at(data, 0));
  return frequency > 40 && frequency < 70;
}

read::LanData read_patiently(read::LanClient& client, const protocol::ReadRequest& request, const LanPatience& patience,
                             const std::function<void(const protocol::ReadRequest&, int attempt)>& progress) {
  for (int attempt = 1;; ++attempt) {
    progress(request, attempt);
    read::LanData data = client.read(request, patience.answer_timeout);
    const auto* failed = std::get_if<read::LanFailure>(&data);
    const bool is_busy = failed && failed->kind == read::LanFailure::Kind::busy;
    const bool is_silent = failed && failed->kind == read::LanFailure::Kind::silent;
    if (attempt >= patience.attempts || !(is_busy || is_silent)) return data;
    if (is_busy) std::this_thread::sleep_for(kBusyWait);
  }
}

}  // namespace

std::string serial_of(read::LanClient& client, std::chrono::milliseconds answer_timeout) {
  const read::LanData data = client.read(kOwnSerial, answer_timeout);
  const auto* bytes = std::get_if<std::vector<std::byte>>(&data);
  return bytes ? own_serial_in(*bytes) : std::string();
}

LanIdentity identify(read::LanClient& client, const schemas::Catalog& catalog,
                     std::chrono::milliseconds answer_timeout) {
  LanIdentity identity;
  for (const protocol::ReadRequest& request : {kName, kPackName}) {
    const read::LanData data = client.read(request, answer_timeout);
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&data)) take_name(*bytes, catalog, identity);
    if (identity.model) break;
  }
  identity.serial = serial_of(client, answer_timeout);
  if (!identity.name.empty() || !identity.serial.empty()) return identity;
  const read::LanData frequency = client.read(kMeterFrequency, answer_timeout);
  const auto* bytes = std::get_if<std::vector<std::byte>>(&frequency);
  if (bytes && is_grid_frequency(*bytes)) identity.model = known(catalog, kMeter);
  return identity;
}

std::string why_unread(const LanIdentity& told, const read::LanClient& client) {
  if (told.model) return {};
  if (!told.name.empty()) return fmt::format("it calls itself {}, of which nothing is known over Modbus TCP", told.name);
  if (!told.serial.empty()) return "it has no name that can be read, so that its model is not known";
  if (client.has_given()) return "it answers Modbus TCP, but with nothing that tells what it is";
  if (!client.has_answered()) return "it does not answer Modbus TCP; see docs/lan.md for how that is switched on";
  return fmt::format("it answers Modbus TCP, but only with {}", client.last_refusal());
}

std::variant<BlockState, read::LanFailure> read_block(
    read::LanClient& client, const schemas::Model& model, SharedDecoder decoder, const schemas::LanPlace& place,
    const LanPatience& patience, const std::function<void(const protocol::ReadRequest&, int attempt)>& progress) {
  BlockState state(std::move(decoder), model, place);
  Runs& runs = *state.runs;
  std::vector<std::byte> segment;  // registers in a row, which values may need together
  int first = 0;
  std::vector<std::uint32_t> changed;
  std::vector<CounterNotice> notices;
  int silent = 0;  // reads
  read::LanFailure failure{.kind = read::LanFailure::Kind::refused, .reason = "it has none of these registers"};
  for (std::size_t index = runs.next(0); index < runs.size(); index = runs.next(index)) {
    const Runs::Run run = runs.at(index);
    const protocol::ReadRequest request{.unit = place.unit,
                                        .first_register = static_cast<std::uint16_t>(state.block().id + run.first),
                                        .count = static_cast<std::uint16_t>(run.count)};
    read::LanData data = read_patiently(client, request, patience, progress);
    if (const auto* failed = std::get_if<read::LanFailure>(&data)) {
      failure = *failed;
      using Kind = read::LanFailure::Kind;
      silent += failed->kind == Kind::silent ? 1 : 0;
      const bool is_hopeless = !state.answered && silent == kMostSilent;
      const bool is_over = failed->kind == Kind::lost || failed->kind == Kind::busy;
      if (is_over || is_hopeless || place.instance > 1) return failure;
      index = runs.refused(index);
      continue;
    }
    const auto& bytes = std::get<std::vector<std::byte>>(data);
    if (run.first != first + static_cast<int>(segment.size() / 2)) segment.clear();
    if (segment.empty()) first = run.first;
    segment.insert(segment.end(), bytes.begin(), bytes.end());
    state.answered = true;
    const Sample sample{.data = segment, .first_byte = 2 * first, .at = std::chrono::steady_clock::now()};
    (void)take(state, sample, changed, notices);
    if (state.is_empty) break;
    ++index;
  }
  if (!state.answered) return failure;
  return state;
}

}  // namespace bluetti::gateway
