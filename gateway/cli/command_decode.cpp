// SPDX-License-Identifier: MIT
// `decode`: registers in hex to values. Thousands of lines a second, for buffers are kept and blocks compiled once.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>

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

class DecodeCommand {
 public:
  DecodeCommand(const DecodeOptions& options, const schemas::Catalog& catalog, const schemas::Model& model)
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

  [[nodiscard]] std::variant<Registers, Refused> read(std::string_view input);
  Compiled& compiled(const Block& block);
  void decode(const Registers& registers, std::uint16_t first, const Block& block);
  void print_json(const Compiled& compiled, const Registers& registers, std::uint16_t first);
  void print_table(const Compiled& compiled, const Registers& registers, std::uint16_t first);
  void print_refusal(std::optional<std::uint16_t> block, std::string_view reason);

  const DecodeOptions& options_;
  const schemas::Catalog& catalog_;
  const schemas::Model& model_;
  bool colour_;
  bool failed_ = false;
  std::map<std::uint16_t, Compiled> compiled_;
  std::vector<std::byte> bytes_;
  std::vector<std::byte> storage_;
};

std::variant<Registers, Refused> DecodeCommand::read(std::string_view input) {
  if (auto refused = parse_hex(input, bytes_)) return *std::move(refused);
  if (options_.frame) return open_payload(bytes_, storage_);
  return Registers{std::nullopt, bytes_, std::nullopt};
}

DecodeCommand::Compiled& DecodeCommand::compiled(const Block& block) {
  const auto found = compiled_.find(block.id);
  if (found != compiled_.end()) return found->second;
  schemas::Decoder decoder(block, model_);
  schemas::Row row = decoder.make_row();
  decoder.decode({}, 0, row);
  const auto known = count_known(row);
  return compiled_.emplace(block.id, Compiled{std::move(decoder), std::move(row), known}).first->second;
}

void DecodeCommand::decode(std::string_view input) {
  const auto content = read(input);
  if (const auto* refused = std::get_if<Refused>(&content)) return print_refusal(options_.block, refused->reason);

  const auto& registers = std::get<Registers>(content);
  const auto first = registers.first ? registers.first : options_.block;
  if (!first) return print_refusal(std::nullopt, "an answer does not say which registers it holds; give --block");
  const Block* block = find_block(catalog_, model_, *first);
  if (!block) return print_refusal(*first, unknown_block(*first, catalog_));
  decode(registers, *first, *block);
}

void DecodeCommand::decode(const Registers& registers, std::uint16_t first, const Block& block) {
  Compiled& target = compiled(block);
  target.decoder.decode(registers.data, (first - block.id) * 2, target.row);
  if (count_known(target.row) <= target.known_without_data) {
    return print_refusal(block.id, fmt::format("{} bytes hold no field of this block", registers.data.size()));
  }
  options_.json ? print_json(target, registers, first) : print_table(target, registers, first);
}

void DecodeCommand::print_json(const Compiled& compiled, const Registers& registers, std::uint16_t first) {
  const Block& block = compiled.decoder.block();
  std::cout << R"({"block":)" << block.id << R"(,"name":")" << block.name << '"';
  if (first != block.id) std::cout << R"(,"register":)" << first;
  if (const auto& frame = registers.frame) {
    std::cout << R"(,"envelope":{"kind":")" << protocol::name_of(frame->opened.envelope) << '"';
    if (frame->opened.address != 0) std::cout << R"(,"register":)" << frame->opened.address;
    if (frame->opened.rssi_dbm) std::cout << R"(,"rssi_dbm":)" << int{*frame->opened.rssi_dbm};
    std::cout << R"(},"unit":)" << int{frame->unit};
  }
  std::cout << R"(,"values":)" << compiled.decoder.to_json(compiled.row) << "}\n";
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
  const schemas::Model* found = catalog.model(options.model);
  if (!found) return refuse(unknown_model(options.model, catalog));
  schemas::Model model = *found;
  if (options.protocol_version) model.protocol_version = *options.protocol_version;
  if (options.block && !find_block(catalog, model, *options.block))
    return refuse(unknown_block(*options.block, catalog));

  DecodeCommand command(options, catalog, model);
  for (const std::string& input : options.inputs) {
    input == "-" ? command.decode_lines(std::cin) : command.decode(input);
  }
  return command.failed() ? kFailed : kDone;
}

}  // namespace bluetti::gateway::cli
