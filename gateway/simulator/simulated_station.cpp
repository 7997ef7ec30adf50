// SPDX-License-Identifier: MIT
#include "gateway/simulator/simulated_station.h"

#include <algorithm>
#include <utility>

#include "gateway/station/envelope_of.h"
#include "gateway/station/runs.h"

namespace bluetti::gateway::simulator {
namespace {

constexpr std::uint16_t kHomeData = 100;
constexpr std::uint8_t kIllegalFunction = 1;

// Home data comes first, as from the stations; else the first there is.
std::size_t first_block(const StationImage& image) {
  const auto home = std::ranges::find(image.stretches(), kHomeData, &StationImage::Stretch::first_register);
  return home == image.stretches().end() ? 0 : static_cast<std::size_t>(home - image.stretches().begin());
}

StationImage image_of(const SimulatedModel& model) {
  StationImage image;
  for (const BlockWriter& block : model.blocks) {
    image.add(block.unit(), block.first_register(), block.registers());
  }
  return image;
}

// As on a Balco 260 of which an owner told: the first of its three packs shows its serial number only.
Slotted what_is_in(int instance) {
  if (instance == 2) return Slotted::serial_number_only;
  return instance > 4 ? Slotted::nothing : Slotted::everything;
}

// One value each, where the model takes one at a time.
void add_served(const BlockWriter& writer, const schemas::Model& model, std::vector<ServedRegisters>& served) {
  const schemas::Block& block = writer.decoder().block();
  schemas::LanPlan plan = model.lan;
  if (plan.longest_read > 1) plan.longest_read = protocol::kMaxReadRegisters;
  const Runs runs(block, plan);
  for (std::size_t index = 0; index < runs.size(); ++index) {
    served.push_back({.unit = writer.unit(),
                      .first_register = static_cast<std::uint16_t>(block.id + runs.at(index).first),
                      .count = static_cast<std::uint16_t>(runs.at(index).count)});
  }
}

// What a setting is called where the app knows it: the answer to a write names that.
std::uint16_t app_register(std::uint16_t address, const schemas::Model& model) {
  using Pair = std::pair<std::uint16_t, std::uint16_t>;
  constexpr auto kFirst = std::to_array<Pair>({{57001, 3007}, {57005, 3008}, {57009, 3011}});
  constexpr auto kSecond =
      std::to_array<Pair>({{57001, 2011}, {57005, 2012}, {57009, 2207}, {57010, 2208}, {57016, 2022}, {57017, 2023}});
  const auto in = [address](std::span<const Pair> pairs) {
    const auto found = std::ranges::find(pairs, address, &Pair::first);
    return found == pairs.end() ? address : found->second;
  };
  return model.protocol_version < 2000 ? in(kFirst) : in(kSecond);
}

// A Transfer Hub was asked for 63089, 4584, 7550, 4585, 499 and answered 63089, 4584, 2, 7550, 4585.
std::vector<std::byte> shifted(std::span<const std::byte> data) {
  constexpr std::array<std::byte, 2> kPutIn{std::byte{0}, std::byte{2}};
  const std::size_t before = std::min<std::size_t>(4, data.size() - kPutIn.size());
  std::vector<std::byte> result(data.begin(), data.end());
  result.insert(result.begin() + static_cast<std::ptrdiff_t>(before), kPutIn.begin(), kPutIn.end());
  result.resize(data.size());
  return result;
}

// Whole and meant for one of these units, so that a station would answer it.
bool is_addressed(std::span<const std::byte> frame, const StationImage& image) {
  return frame.size() >= protocol::kRequestSize && protocol::has_right_crc(frame) &&
         image.has_unit(std::to_integer<std::uint8_t>(frame[0]));
}

}  // namespace

SimulatedModel make_simulated_model(const schemas::Model& model, const schemas::Catalog& catalog, schemas::Way way) {
  SimulatedModel simulated{
      .model = &model, .blocks = {}, .writable = writable_registers(model, catalog, way), .served = {}, .packs = 1};
  for (const std::uint16_t id : model.blocks_by(way)) {
    const schemas::Block* block = catalog.block(id);
    if (!block) continue;
    if (way == schemas::Way::cloud) {
      simulated.blocks.emplace_back(*block, model);
      continue;
    }
    for (const schemas::LanPlace& place : model.lan.places_of(id)) {
      simulated.blocks.emplace_back(*block, model, place, what_is_in(place.instance));
      add_served(simulated.blocks.back(), model, simulated.served);
      if (place.instance > 1 && what_is_in(place.instance) == Slotted::everything) ++simulated.packs;
    }
  }
  return simulated;
}

SimulatedStation::SimulatedStation(const SimulatedModel& model, Identity identity)
    : SimulatedStation(*model.model, std::move(identity), image_of(model), model.writable) {
  life_ = Life{.model = &model, .day = Day{identity_.seed, model.packs}, .written_at = {}};
  life_->written_at.resize(model.blocks.size());
}

SimulatedStation::SimulatedStation(const schemas::Model& model, Identity identity, StationImage image,
                                   std::span<const WritableRegisters> writable)
    : model_(&model),
      identity_(std::move(identity)),
      image_(std::move(image)),
      writes_(writable),
      next_block_(first_block(image_)),
      wifi_(seed_of(identity_.seed, "wifi")) {}

std::span<const std::byte> SimulatedStation::on_request(std::span<const std::byte> payload, double time,
                                                        PayloadBuffer& out) {
  const auto result = protocol::open(envelope_of(model_->envelope), payload);
  const auto* opened = std::get_if<protocol::Opened>(&result);
  if (opened == nullptr || !is_addressed(opened->frame, image_)) return {};

  std::array<std::byte, protocol::kMaxFrame> frame;
  const auto request = protocol::parse_request(opened->frame);
  if (const auto* read = std::get_if<protocol::ReadRequest>(&request)) return wrap(answer(*read, time, frame), out);
  if (std::get<protocol::FrameError>(request) != protocol::FrameError::unknown_function) return {};
  if (writes_.takes_any()) {
    const auto write = protocol::parse_write_request(opened->frame);
    if (const auto* received = std::get_if<protocol::ReceivedWrite>(&write)) {
      return wrap(answer(*received, time, frame), out);
    }
  }
  const auto unit = std::to_integer<std::uint8_t>(opened->frame[0]);
  const auto function = std::to_integer<std::uint8_t>(opened->frame[1]);
  return wrap(protocol::encode_exception(unit, function, kIllegalFunction, frame), out);
}

std::span<const std::byte> SimulatedStation::on_adu(std::span<const std::byte> adu, double time,
                                                    std::span<std::byte> out) {
  const auto parsed = protocol::parse_adu_request(adu);
  const auto* received = std::get_if<protocol::ReceivedRequest>(&parsed);
  if (!received || is_frozen_) return {};
  if (!image_.has_unit(received->unit)) {
    ++asked_of_other_units_;
    is_frozen_ = model_->lan.has(schemas::Quirk::frozen_by_other_units);
    return {};
  }
  if (const auto* read = std::get_if<protocol::ReadRequest>(&received->request)) {
    return answer_adu(*received, *read, time, out);
  }
  const auto refuse = [&](std::uint8_t code) {
    const protocol::ExceptionAnswer refusal{.unit = received->unit, .function = received->function, .code = code};
    return protocol::encode_adu(received->transaction, refusal, out);
  };
  const auto* write = std::get_if<protocol::ReceivedWrite>(&received->request);
  if (!write || !writes_.takes_any()) return refuse(kIllegalFunction);
  std::array<std::byte, protocol::kMaxFrame> frame;
  auto echo = protocol::parse_write_answer(answer(*write, time, frame));
  auto* answered = std::get_if<protocol::WriteAnswer>(&echo);
  if (!answered) return {};
  if (auto* single = std::get_if<protocol::WriteEcho>(answered))
    single->address = app_register(single->address, *model_);
  return std::visit([&](const auto& kind) { return protocol::encode_adu(received->transaction, kind, out); },
                    *answered);
}

std::span<const std::byte> SimulatedStation::answer_adu(const protocol::ReceivedRequest& received,
                                                        const protocol::ReadRequest& read, double time,
                                                        std::span<std::byte> out) {
  const schemas::LanPlan& lan = model_->lan;
  const auto block = image_.find(read.unit, read.first_register);
  const bool is_served = block && serves(read);
  const bool is_shifted = !is_served && block && lan.has(schemas::Quirk::shifted_runs) && knows_all_of(read);
  if (!is_served && !is_shifted) {
    if (read.count > 1 || lan.has(schemas::Quirk::silent_refusals)) return {};
    const protocol::ExceptionAnswer refusal{
        .unit = read.unit, .function = received.function, .code = protocol::kIllegalDataAddress};
    return protocol::encode_adu(received.transaction, refusal, out);
  }
  bring_up_to_date(*block, time);
  const auto data = image_.read(*block, read.first_register, read.count);
  if (!is_shifted) return protocol::encode_adu_answer(received.transaction, read.unit, data, out);
  return protocol::encode_adu_answer(received.transaction, read.unit, shifted(data), out);
}

bool SimulatedStation::serves(const protocol::ReadRequest& read) const {
  const int longest = model_->lan.longest_read;
  return life_ && std::ranges::any_of(life_->model->served, [&](const ServedRegisters& served) {
           const int last = read.first_register + read.count - 1;
           const bool fits = served.holds(read.unit, read.first_register) && served.holds(read.unit, last);
           return fits && (longest == 1 ? read.count == served.count : read.count <= longest);
         });
}

bool SimulatedStation::knows_all_of(const protocol::ReadRequest& read) const {
  if (!life_) return false;
  for (int offset = 0; offset < read.count; ++offset) {
    const bool is_served = std::ranges::any_of(life_->model->served, [&](const ServedRegisters& served) {
      return served.holds(read.unit, read.first_register + offset);
    });
    if (!is_served) return false;
  }
  return true;
}

std::span<const std::byte> SimulatedStation::answer(const protocol::ReadRequest& request, double time,
                                                    std::span<std::byte> out) {
  const auto block = image_.find(request.unit, request.first_register);
  if (!block) return protocol::encode_exception(request.unit, 3, protocol::kIllegalDataAddress, out);
  bring_up_to_date(*block, time);
  return protocol::encode_answer(request.unit, image_.read(*block, request.first_register, request.count), out);
}

std::span<const std::byte> SimulatedStation::answer(const protocol::ReceivedWrite& write, double time,
                                                    std::span<std::byte> out) {
  // Registers are filled when somebody first looks, which must not come after the write.
  for (std::size_t block = 0; block < image_.stretches().size(); ++block) bring_up_to_date(block, time);
  return writes_.answer(write, time, image_, out);
}

std::span<const std::byte> SimulatedStation::next_push(double time, PayloadBuffer& out) {
  if (image_.stretches().empty()) return {};
  const std::size_t block = std::exchange(next_block_, (next_block_ + 1) % image_.stretches().size());
  bring_up_to_date(block, time);
  const auto& stretch = image_.stretches()[block];
  std::array<std::byte, protocol::kMaxFrame> frame;
  const auto data = image_.read(block, stretch.first_register, protocol::kMaxPushRegisters);
  return wrap(protocol::encode_push(stretch.unit, stretch.first_register, data, frame), out);
}

void SimulatedStation::bring_up_to_date(std::size_t block, double time) {
  fill(block, time);
  writes_.advance_to(time, image_);
}

void SimulatedStation::fill(std::size_t block, double time) {
  if (!life_) return;
  life_->day.advance_to(time);
  const std::uint64_t written_at = std::exchange(life_->written_at[block], life_->day.steps());
  if (written_at == life_->day.steps()) return;
  const BlockWriter& writer = life_->model->blocks[block];
  if (written_at == 0) {
    writer.write_all(identity_, life_->day, image_.bytes(block));
  } else {
    writer.write_changing(life_->day, image_.bytes(block));
  }
}

std::span<const std::byte> SimulatedStation::wrap(std::span<const std::byte> frame, PayloadBuffer& out) {
  if (frame.empty()) return {};
  const auto rssi_dbm = static_cast<std::int8_t>(-60 - static_cast<int>(wifi_.next() % 21));
  return protocol::wrap(envelope_of(model_->envelope), 0, rssi_dbm, frame, out);
}

}  // namespace bluetti::gateway::simulator
