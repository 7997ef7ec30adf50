// SPDX-License-Identifier: MIT
// `scan` and `raw`: one station, read here and now.
#include <fmt/format.h>

#include <iostream>
#include <utility>

#include "gateway/cli/commands.h"
#include "gateway/cli/lan_commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/read_command.h"
#include "gateway/cli/read_output.h"
#include "gateway/cli/table.h"
#include "gateway/local/request_json.h"
#include "gateway/station/hide_secrets.h"

namespace bluetti::gateway::cli {
namespace {

using Ranges = std::vector<RegisterRange>;

void print_scanned(const ReadCommand& command, const RegisterRange& range, const ReadOutcome& outcome,
                   std::vector<std::string>& json) {
  if (const auto* failure = std::get_if<ReadFailure>(&outcome)) {
    std::cerr << failure_text(range, *failure) << '\n';
    json.push_back(failure_json(range, *failure));
    return;
  }
  for (const DecodedBlock& block : decode(std::get<RegisterData>(outcome), command.plan())) {
    if (block.decoder.block().id != range.first) continue;
    json.push_back(block_json(block));
    if (!command.json()) std::cout << block_text(block, colour_wanted()) << '\n' << std::flush;
  }
}

void print_document(const ReadCommand& command, const std::vector<std::string>& blocks) {
  std::cout << fmt::format(R"({{"station":{},"through":"{}","blocks":[{}]}})", station_json(command.plan().station),
                           command.through_gateway() ? "gateway" : "session", fmt::join(blocks, ","))
            << '\n';
}

}  // namespace

int scan(const ScanOptions& options) {
  if (options.lan) return scan_lan(options);
  ReadCommand command(options);
  if (const auto code = command.prepare()) return *code;
  const ReadPlan& plan = command.plan();
  auto chosen = chosen_blocks(plan, options.blocks, polled_blocks(plan.station));
  if (const auto* problem = std::get_if<std::string>(&chosen)) return refuse(*problem);
  if (const auto code = command.open(false, {})) return *code;

  const auto& ranges = std::get<Ranges>(chosen);
  std::vector<std::string> json;
  for (std::size_t index = 0; index < ranges.size(); ++index) {
    const auto outcome = command.read(ranges[index], reading(ranges[index], index, ranges.size()));
    if (!outcome) return command.exit_code();
    print_scanned(command, ranges[index], *outcome, json);
  }
  if (command.json()) print_document(command, json);
  return command.exit_code();
}

namespace {

// Registers of one's own choice, or as many as the block that begins there has.
std::variant<RegisterRange, std::string> raw_range(const RawOptions& options, const ReadPlan& plan) {
  RegisterRange range{.first = options.block, .count = options.count.value_or(0), .block = nullptr};
  const schemas::Block* block = plan.catalog->block(options.block);
  if (!options.count && !block) {
    return fmt::format("{}; or say with --count how many registers to read",
                       unknown_block(options.block, *plan.catalog));
  }
  if (!options.count) range.count = plan.station.model->registers_of(*block);
  if (range.first + range.count > 65536) return std::string("--count reaches beyond register 65535");
  return range;
}

// A station answers with the registers up to the end of its own block, however many were asked for.
void say_what_is_missing(const RegisterRange& range, const RegisterData& data) {
  const std::size_t came = data.data.size() / 2;
  if (came >= static_cast<std::size_t>(range.count)) return;
  std::cerr << fmt::format("register {}: {} registers came of the {} asked for; the station has no more there\n",
                           range.first, came, range.count);
}

void print_raw_document(const RegisterData& data, bool is_decoded, const std::vector<DecodedBlock>& blocks) {
  std::string document = registers_json(data);
  if (is_decoded) {
    std::vector<std::string> texts;
    for (const DecodedBlock& block : blocks) texts.push_back(block_json(block));
    document.pop_back();
    document += fmt::format(R"(,"blocks":[{}]}})", fmt::join(texts, ","));
  }
  std::cout << document << '\n';
}

}  // namespace

int raw(const RawOptions& options) {
  ReadCommand command(options);
  if (const auto code = command.prepare()) return *code;
  const auto chosen = raw_range(options, command.plan());
  if (const auto* problem = std::get_if<std::string>(&chosen)) return refuse(*problem);
  if (const auto code = command.open(false, {})) return *code;

  const auto& range = std::get<RegisterRange>(chosen);
  auto outcome = command.read(range, reading(range, 0, 1));
  if (!outcome) return command.exit_code();
  if (const auto* failure = std::get_if<ReadFailure>(&*outcome)) {
    std::cerr << failure_text(range, *failure) << '\n';
    if (options.json) std::cout << failure_json(range, *failure) << '\n';
    return command.exit_code();
  }
  auto& data = std::get<RegisterData>(*outcome);
  say_what_is_missing(range, data);
  hide_secrets(*command.plan().catalog, *command.plan().station.model, data);
  const auto blocks = options.decode ? decode(data, command.plan()) : std::vector<DecodedBlock>();
  if (options.json) {
    print_raw_document(data, options.decode, blocks);
  } else {
    std::cout << registers_text(data, colour_wanted());
    for (const DecodedBlock& block : blocks) std::cout << block_text(block, colour_wanted()) << '\n';
  }
  if (options.decode && blocks.empty()) std::cerr << "nobody has described these registers\n";
  return command.exit_code();
}

}  // namespace bluetti::gateway::cli
