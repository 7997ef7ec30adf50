// SPDX-License-Identifier: MIT
// `decode`: registers in hex to values. Thousands of lines a second, for buffers are kept and blocks compiled once.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/cli/commands.h"
#include "gateway/cli/decode_input.h"
#include "gateway/cli/find_block.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/table.h"
#include "gateway/cli/value_table.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::cli {
namespace {

using schemas::Block;

std::ptrdiff_t count_known(const schemas::Row& row) {
  const auto known = [](const schemas::Value& value) { return value.kind != schemas::ValueKind::missing; };
  return std::ranges::count_if(row.values, known);
}

// The version of the station's software, which an earlier block may tell a later one.
double firmware_in(const schemas::Decoder& decoder, const schemas::Row& row) {
  for (std::size_t slot = 0; slot < row.values.size(); ++slot) {
    const schemas::Value& value = row.values[slot];
    if (decoder.slots()[slot].field->kind != "firmware" || value.kind != schemas::ValueKind::numeral) continue;
    return static_cast<double>(value.integer) / schemas::kPowersOfTen[value.decimals];
  }
  return 0;
}

class DecodeCommand {
 public:
  // `model`: nullptr: any that has the registers.
  DecodeCommand(const DecodeOptions& options, const schemas::Catalog& catalog, const schemas::Model* model)
      : options_(options), catalog_(catalog), model_(model), colour_(colour_wanted()) {}

  void decode(std::string_view input);
  void decode_lines(std::istream& lines);
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  struct Compiled {
    schemas::Decoder decoder;
    schemas::Row row;
    std::ptrdiff_t known_without_data;  // that a field does not exist for this model is known without data
  };

  using Decoded = std::vector<const Compiled*>;  // of one input, in the order of the registers

  [[nodiscard]] std::variant<Registers, Refused> read(std::string_view input);
  Compiled& compiled(const Block& block, const schemas::Model& model);
  void decode(const Registers& registers, std::uint16_t first, const schemas::Model& model);
  [[nodiscard]] static std::string values_of(const Decoded& decoded);
  void print_json(const Decoded& decoded, const Registers& registers, std::uint16_t first);
  void print_table(const Compiled& compiled, const Registers& registers, std::uint16_t first);
  void print_refusal(std::optional<std::uint16_t> block, std::string_view reason);

  const DecodeOptions& options_;
  const schemas::Catalog& catalog_;
  const schemas::Model* model_;
  bool colour_;
  bool failed_ = false;
  std::map<std::pair<std::uint16_t, const schemas::Model*>, Compiled> compiled_;
  std::vector<std::byte> bytes_;
  std::vector<std::byte> storage_;
};

std::variant<Registers, Refused> DecodeCommand::read(std::string_view input) {
  if (auto refused = parse_hex(input, bytes_)) return *std::move(refused);
  if (options_.frame) return open_payload(bytes_, storage_);
  return Registers{std::nullopt, bytes_, std::nullopt};
}

DecodeCommand::Compiled& DecodeCommand::compiled(const Block& block, const schemas::Model& model) {
  const auto found = compiled_.find({block.id, &model});
  if (found != compiled_.end()) return found->second;
  schemas::Decoder decoder(block, model);
  schemas::Row row = decoder.make_row();
  decoder.decode({}, 0, row);
  const auto known = count_known(row);
  return compiled_.emplace(std::pair(block.id, &model), Compiled{std::move(decoder), std::move(row), known})
      .first->second;
}

void DecodeCommand::decode(std::string_view input) {
  const auto content = read(input);
  if (const auto* refused = std::get_if<Refused>(&content)) return print_refusal(options_.block, refused->reason);

  const auto& registers = std::get<Registers>(content);
  const auto first = registers.first ? registers.first : options_.block;
  if (!first) return print_refusal(std::nullopt, "an answer does not say which registers it holds; give --block");
  const schemas::Model* model = model_ ? model_ : model_for(catalog_, *first);
  if (!model) return print_refusal(*first, unknown_block(*first, catalog_));
  decode(registers, *first, *model);
}

void DecodeCommand::decode(const Registers& registers, std::uint16_t first, const schemas::Model& model) {
  const auto blocks = find_blocks(catalog_, model, first, static_cast<int>(registers.data.size() / 2));
  if (blocks.empty()) return print_refusal(first, unknown_block(first, catalog_));
  Decoded decoded;
  double firmware = 0;
  for (const Block* block : blocks) {
    Compiled& target = compiled(*block, model);
    target.row.firmware = firmware;
    target.decoder.decode(registers.data, (first - block->id) * 2, target.row);
    if (count_known(target.row) <= target.known_without_data) continue;
    decoded.push_back(&target);
    if (firmware == 0) firmware = firmware_in(target.decoder, target.row);
  }
  if (decoded.empty()) {
    return print_refusal(blocks.front()->id,
                         fmt::format("{} bytes hold no field of this block", registers.data.size()));
  }
  if (options_.json) return print_json(decoded, registers, first);
  for (const Compiled* target : decoded) print_table(*target, registers, first);
}

// One object for several blocks; of a name that two have, the later stands behind the name of its block.
std::string DecodeCommand::values_of(const Decoded& decoded) {
  if (decoded.size() == 1) return decoded.front()->decoder.to_json(decoded.front()->row);
  auto merged = nlohmann::ordered_json::object();
  for (const Compiled* block : decoded) {
    const auto values = nlohmann::ordered_json::parse(block->decoder.to_json(block->row));
    for (const auto& [name, value] : values.items()) {
      const bool is_taken = merged.contains(name);
      merged[is_taken ? fmt::format("{}_{}", block->decoder.block().name, name) : name] = value;
    }
  }
  return merged.dump();
}

void DecodeCommand::print_json(const Decoded& decoded, const Registers& registers, std::uint16_t first) {
  const Block& block = decoded.front()->decoder.block();
  std::cout << R"({"block":)" << block.id << R"(,"name":")" << block.name << '"';
  if (decoded.size() > 1) {
    std::cout << R"(,"blocks":[)" << block.id;
    for (std::size_t other = 1; other < decoded.size(); ++other) std::cout << ',' << decoded[other]->decoder.block().id;
    std::cout << ']';
  }
  if (first != block.id) std::cout << R"(,"register":)" << first;
  if (const auto& frame = registers.frame) {
    std::cout << R"(,"envelope":{"kind":")" << protocol::name_of(frame->opened.envelope) << '"';
    if (frame->opened.address != 0) std::cout << R"(,"register":)" << frame->opened.address;
    if (frame->opened.rssi_dbm) std::cout << R"(,"rssi_dbm":)" << int{*frame->opened.rssi_dbm};
    std::cout << R"(},"unit":)" << int{frame->unit};
  }
  std::cout << R"(,"values":)" << values_of(decoded) << "}\n";
}

void DecodeCommand::print_table(const Compiled& compiled, const Registers& registers, std::uint16_t first) {
  const Block& block = compiled.decoder.block();
  std::cout << fmt::format("Block {} ({}), {} bytes from register {}", block.id, block.name, registers.data.size(),
                           first);
  if (const auto& frame = registers.frame) {
    std::cout << fmt::format(", unit {}, envelope {}", frame->unit, protocol::name_of(frame->opened.envelope));
    if (frame->opened.rssi_dbm) std::cout << fmt::format(", Wi-Fi {} dBm", *frame->opened.rssi_dbm);
  }
  std::cout << '\n' << value_table(compiled.decoder, compiled.row).text(colour_) << '\n';
}

void DecodeCommand::print_refusal(std::optional<std::uint16_t> block, std::string_view reason) {
  failed_ = true;
  const std::string id = block ? std::to_string(*block) : "null";
  if (options_.json) {
    std::cout << R"({"block":)" << id << R"(,"error":)" << json_text(reason) << "}\n";
  } else {
    std::cerr << (block ? "block " + id + ": " : "") << reason << '\n';
  }
}

void DecodeCommand::decode_lines(std::istream& lines) {
  for (std::string line; std::getline(lines, line);) {
    decode(line);
    // Whoever writes the lines one by one wants each answer at once.
    if (lines.rdbuf()->in_avail() <= 0) std::cout.flush();
  }
}

}  // namespace

int decode(const DecodeOptions& options) {
  const schemas::Catalog catalog = schemas::Catalog::load(options.schemas);
  print_problems(catalog.problems());
  const schemas::Model* found = options.model.empty() ? nullptr : catalog.model(options.model);
  if (!found && !options.model.empty()) return refuse(unknown_model(options.model, catalog));
  if (!found && options.block) found = model_for(catalog, *options.block);
  if (options.block && (!found || !find_block(catalog, *found, *options.block)))
    return refuse(unknown_block(*options.block, catalog));
  if (!found && options.protocol_version) found = catalog.model("v2");

  std::optional<schemas::Model> model;
  if (found) model = *found;
  if (options.protocol_version) model->protocol_version = *options.protocol_version;
  DecodeCommand command(options, catalog, model ? &*model : nullptr);
  for (const std::string& input : options.inputs) {
    input == "-" ? command.decode_lines(std::cin) : command.decode(input);
  }
  return command.failed() ? kFailed : kDone;
}

}  // namespace bluetti::gateway::cli
