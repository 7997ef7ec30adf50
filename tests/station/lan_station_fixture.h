// SPDX-License-Identifier: MIT
// A station that is read over Modbus TCP, and what a test answers it.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/station/station.h"
#include "protocol/big_endian.h"
#include "protocol/mbap.h"
#include "tests/support/fakes.h"
#include "tests/support/station_fixture.h"

namespace bluetti::test {

using schemas::Way;

class LanStation : public testing::Test {
 protected:
  struct Ask {
    protocol::ReadRequest read;
    std::uint16_t transaction = 0;
  };

  void make(std::string_view model, std::vector<Way> ways = {Way::lan}) {
    plan.model = built_in_catalog().model(model);
    plan.ways = std::move(ways);
    plan.poll.clear();
    for (const Way way : plan.ways) {
      for (const std::uint16_t id : plan.model->blocks_by(way)) plan.poll[id] = 30;
    }
    station.emplace(plan, decoders);
    station->session_up(now);
  }

  std::optional<Ask> ask() {
    const auto request = station->next_request(now);
    if (!request) return std::nullopt;
    const auto parsed = protocol::parse_adu_request(std::as_bytes(std::span(*request)));
    const auto& received = std::get<protocol::ReceivedRequest>(parsed);
    return Ask{std::get<protocol::ReadRequest>(received.request), received.transaction};
  }

  gateway::Reaction answer(const Ask& asked, std::vector<std::uint16_t> words = {}) {
    std::vector<std::byte> data(2 * std::size_t{asked.read.count});
    for (std::size_t index = 0; index < words.size() && index < asked.read.count; ++index) {
      protocol::put_word(data, 2 * index, words[index]);
    }
    return hear(protocol::encode_adu_answer(asked.transaction, asked.read.unit, data, buffer));
  }
  gateway::Reaction refuse(const Ask& asked, std::uint8_t code) {
    return hear(protocol::encode_adu(asked.transaction,
                                     protocol::ExceptionAnswer{.unit = asked.read.unit, .function = 3, .code = code}, buffer));
  }
  gateway::Reaction hear(std::span<const std::byte> adu) {
    return station->on_message({reinterpret_cast<const char*>(adu.data()), adu.size()}, false, now);
  }
  void miss() {
    now += station->answer_timeout();
    went_offline |= station->tick(now);
  }
  // Asks until it has no more to ask; all is answered with zeros.
  std::vector<Ask> round() {
    std::vector<Ask> all;
    while (const auto asked = ask()) {
      all.push_back(*asked);
      answer(*asked);
    }
    return all;
  }

  [[nodiscard]] std::string value(std::string_view path, Way way) const {
    for (const auto& block : station->blocks()) {
      if (block.block().way != way) continue;
      for (std::size_t slot = 0; slot < block.decoder->slots().size(); ++slot) {
        if (block.decoder->slots()[slot].path != path) continue;
        const auto& known = block.current().values[slot];
        if (known.kind == schemas::ValueKind::missing) return "missing";
        std::array<char, schemas::kMaxFormatted> text{};
        return std::string(schemas::format(*block.decoder->slots()[slot].field, block.current(), known, text));
      }
    }
    return "no such path";
  }

  gateway::TimePoint now{1h};
  gateway::StationPlan plan;
  gateway::DecoderCache decoders{built_in_catalog()};
  std::optional<gateway::Station> station;
  std::array<std::byte, protocol::kMaxAdu> buffer{};
  bool went_offline = false;
};

}  // namespace bluetti::test
