// SPDX-License-Identifier: MIT
#include "gateway/cli/read_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gateway/base/digests.h"
#include "gateway/cli/table.h"
#include "gateway/cli/value_table.h"
#include "gateway/observe/log_lines.h"
#include "schemas/override.h"

namespace bluetti::gateway::cli {
namespace {

std::string hex(std::span<const std::byte> bytes) {
  return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

unsigned register_at(std::span<const std::byte> data, std::size_t index) {
  return std::to_integer<unsigned>(data[2 * index]) << 8 | std::to_integer<unsigned>(data[2 * index + 1]);
}

bool touches(const schemas::Block& block, const schemas::Model& model, const RegisterData& data) {
  const int end = data.first + static_cast<int>(data.data.size() / 2);
  return data.first < block.id + model.registers_of(block) && end > block.id;
}

// "01 f4", as a person reads a payload.
std::string spaced_hex(std::span<const std::byte> bytes) {
  const std::string digits = hex(bytes);
  std::string text;
  for (std::size_t at = 0; at < digits.size(); at += 2) text += (at == 0 ? "" : " ") + digits.substr(at, 2);
  return text;
}

bool is_hidden(const RegisterData& data, int address) {
  return std::ranges::any_of(data.hidden, [address](const Hidden& hidden) {
    return address >= hidden.first && address < hidden.first + hidden.count;
  });
}

std::string printable(unsigned value) {
  std::string text;
  for (const unsigned byte : {value >> 8, value & 0xFF})
    text += byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : '.';
  return text;
}

Table register_table(const RegisterData& data) {
  Table table({{"register", "Register"}, {"hex", "Hex"}, {"number", "Number"}, {"text", "Text"}});
  for (std::size_t index = 0; index < data.data.size() / 2; ++index) {
    const int address = data.first + static_cast<int>(index);
    if (is_hidden(data, address)) {
      table.add({std::int64_t{address}, std::string("(secret)"), Cell(), Cell()});
      continue;
    }
    const unsigned value = register_at(data.data, index);
    table.add({std::int64_t{address}, fmt::format("{:04x}", value), std::int64_t{value}, printable(value)});
  }
  return table;
}

}  // namespace

std::vector<DecodedBlock> decode(const RegisterData& data, const ReadPlan& plan) {
  const schemas::Model& model = *plan.station.model;
  std::vector<DecodedBlock> blocks;
  for (const auto& [id, block] : plan.catalog->blocks()) {
    const bool is_meant = id == data.first || model.has_block(id);
    if (!is_meant || !touches(block, model, data) || !schemas::missing_parameter(block, model).empty()) continue;
    schemas::Decoder decoder(block, model);
    schemas::Row row = decoder.make_row();
    decoder.decode(data.data, 2 * (data.first - id), row);
    blocks.push_back({std::move(decoder), std::move(row), data.data.size()});
  }
  return blocks;
}

std::string block_json(const DecodedBlock& decoded) {
  const schemas::Block& block = decoded.decoder.block();
  return fmt::format(R"({{"block":{},"name":{},"values":{}}})", block.id, json_text(block.name),
                     decoded.decoder.to_json(decoded.row));
}

std::string failure_json(const RegisterRange& range, const ReadFailure& failure) {
  return fmt::format(R"({{"block":{},"error":{},"reason":"{}"}})", range.first, json_text(failure.reason),
                     name_of(failure.kind));
}

std::string failure_text(const RegisterRange& range, const ReadFailure& failure) {
  if (range.block)
    return fmt::format("block {} ({}): {}", range.first, range.block->name, printable_of(failure.reason));
  return fmt::format("register {}: {}", range.first, printable_of(failure.reason));
}

std::string block_text(const DecodedBlock& decoded, bool colour) {
  const schemas::Block& block = decoded.decoder.block();
  return fmt::format("Block {} ({}), {} bytes\n{}", block.id, block.name, decoded.bytes,
                     value_table(decoded.decoder, decoded.row).text(colour));
}

std::string registers_json(const RegisterData& data) {
  std::string registers;
  for (std::size_t index = 0; index < data.data.size() / 2; ++index) {
    registers += fmt::format("{}{}", index == 0 ? "" : ",", register_at(data.data, index));
  }
  std::vector<std::string> payloads;
  for (const auto& payload : data.payloads) payloads.push_back(hex(payload));
  std::string hidden;
  for (const Hidden& part : data.hidden) {
    hidden += fmt::format("{}[{},{}]", hidden.empty() ? "" : ",", part.first, part.count);
  }
  return fmt::format(R"({{"block":{},"count":{},"registers":[{}],"payloads":{},"hidden":[{}]}})", data.first,
                     data.data.size() / 2, registers, json_texts(payloads), hidden);
}

std::string registers_text(const RegisterData& data, bool colour) {
  std::string text;
  for (const auto& payload : data.payloads)
    text += fmt::format("Payload, {} bytes: {}\n", payload.size(), spaced_hex(payload));
  if (!data.hidden.empty()) text += "Secrets are made zero in it, so that its checksum is wrong.\n";
  return text + register_table(data).text(colour);
}

std::string station_json(const StationConfig& station) {
  const std::string id = station.id.empty() ? "" : fmt::format(R"("id":{},)", json_text(station.id));
  return fmt::format(R"({{{}"serial":{},"model":{}}})", id, json_text(station.serial), json_text(station.model->name));
}

}  // namespace bluetti::gateway::cli
