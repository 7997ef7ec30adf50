// SPDX-License-Identifier: MIT
// `scan --lan`: one station over Modbus TCP, read here and now.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <utility>

#include "gateway/base/host_port.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/lan_commands.h"
#include "gateway/cli/problems.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/read_plan.h"
#include "gateway/cli/table.h"
#include "gateway/cli/value_table.h"
#include "gateway/config/serial_label.h"
#include "gateway/setup/lan_reads.h"

namespace bluetti::gateway::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kScanWithin{10000};

// The model that was named, or that the station calls itself. Empty `problem`: it is there.
const schemas::Model* scanned_model(const ScanOptions& options, const schemas::Catalog& catalog,
                                    read::LanClient& client, milliseconds answer_timeout, LanIdentity& identity,
                                    std::string& problem) {
  if (!options.model.empty()) {
    const schemas::Model* named = catalog.model(options.model);
    if (!named) problem = "--model: " + unknown_model(options.model, catalog);
    if (named && named->lan.blocks.empty()) {
      problem = fmt::format("--model: nothing is known of the model {} over Modbus TCP", named->title);
    }
    return named;
  }
  {
    const Progress progress(asking_text(*options.lan, kMostIdentifyingReads * answer_timeout),
                            options.json ? Progress::Elsewhere::silent : Progress::Elsewhere::one_line);
    identity = identify(client, catalog, answer_timeout);
  }
  if (!identity.model && client.has_answered()) {
    problem = fmt::format("{}: {}; set --model", *options.lan, why_unread(identity, client));
  }
  return identity.model;
}

std::string state_json(const BlockState& state) {
  const std::string instance = state.instance > 1 ? fmt::format(R"("instance":{},)", state.instance) : std::string();
  return fmt::format(R"({{"block":{},"name":{},{}"values":{}}})", state.block().id, json_text(state.block().name),
                     instance, state.decoder->to_json(state.current()));
}

std::string failed_json(const schemas::Block& block, const read::LanFailure& failure) {
  return fmt::format(R"({{"block":{},"error":{}}})", block.id, json_text(failure.reason));
}

// One of several of a kind that is not there is no failure.
bool is_left_out(const schemas::LanPlace& place, const std::variant<BlockState, read::LanFailure>& result) {
  if (place.instance == 1) return false;
  if (const auto* failure = std::get_if<read::LanFailure>(&result)) {
    return failure->kind != read::LanFailure::Kind::lost;
  }
  return std::get<BlockState>(result).is_empty;
}

std::string title_of(const BlockState& state) {
  const schemas::Block& block = state.block();
  const std::string which = state.instance > 1 ? fmt::format(", {} {}", block.instance, state.instance) : std::string();
  return fmt::format("Block {} ({}{})", block.id, block.name, which);
}

// On a terminal one line that is written over; elsewhere only what takes long.
void show_read(const protocol::ReadRequest& request, int attempt) {
  const std::string what = fmt::format("reading {} registers from {} on{}", request.count, request.first_register,
                                       attempt > 1 ? fmt::format(", attempt {}", attempt) : "");
  if (is_error_terminal()) {
    std::cerr << kClearLine << what << std::flush;
  } else if (attempt > 1) {
    std::cerr << what << '\n';
  }
}

void end_of_reads() {
  if (is_error_terminal()) std::cerr << kClearLine << std::flush;
}

// What has no meaning where no configuration is read and no session opened, or empty.
std::string fault_of_options(const ScanOptions& options) {
  const std::pair<const char*, bool> given[] = {{"--station", !options.station.empty()},
                                                {"--direct", options.direct},
                                                {"--cloud-model", !options.cloud_model.empty()},
                                                {"--broker", !options.broker.empty()},
                                                {"--certificate", !options.certificate.empty()}};
  for (const auto& [name, is_given] : given) {
    if (is_given) return fmt::format("{} has no meaning with --lan: neither configuration nor cloud is used", name);
  }
  return {};
}

// That it is the station with this serial number; else what is wrong.
std::string fault_of_serial_there(const std::string& wanted, const std::string& told) {
  if (told == wanted) return {};
  return told.empty() ? "the station does not tell its serial number: leave --serial out"
                      : fmt::format("the station has the serial number {}, not {}", told, wanted);
}

// The blocks to read, or none: then what is wrong is in `problem`.
std::vector<std::uint16_t> lan_blocks(const ScanOptions& options, const schemas::Model& model,
                                      const schemas::Catalog& catalog, std::string& problem) {
  if (options.blocks.empty()) return model.lan.blocks;
  auto named = block_ids(options.blocks, catalog, model, model.lan.blocks);
  if (auto* fault = std::get_if<std::string>(&named)) {
    problem = std::move(*fault);
    return {};
  }
  for (const std::uint16_t id : std::get<std::vector<std::uint16_t>>(named)) {
    const schemas::Block* block = catalog.block(id);
    if (block && block->way == schemas::Way::lan) continue;
    problem = block ? fmt::format("--blocks: block {} is read through the cloud; over Modbus TCP {} has {}", id,
                                  model.title, fmt::join(model.lan.blocks, ", "))
                    : "--blocks: " + unknown_block(id, catalog);
    return {};
  }
  return std::get<std::vector<std::uint16_t>>(std::move(named));
}

std::vector<schemas::LanPlace> places_in(const schemas::Model& model, const std::vector<std::uint16_t>& blocks) {
  std::vector<schemas::LanPlace> places;
  for (const std::uint16_t id : blocks) {
    const auto own = model.lan.places_of(id);
    places.insert(places.end(), own.begin(), own.end());
  }
  return places;
}

}  // namespace

int scan_lan(const ScanOptions& options) {
  const auto place = parse_host_port(*options.lan, protocol::kModbusTcpPort);
  if (!place)
    return refuse(fmt::format("--lan: '{}' is not HOST or HOST:PORT (an IPv6 address in brackets)", *options.lan));
  if (const std::string fault = fault_of_options(options); !fault.empty()) return refuse(fault);
  const schemas::Catalog catalog = schemas::Catalog::load(options.schemas);
  print_problems(catalog.problems());
  std::string wanted;
  if (options.serial) {
    auto label = parse_serial_label(*options.serial, catalog.model(options.model), catalog);
    if (const auto* fault = std::get_if<std::string>(&label)) return refuse("--serial: " + *fault);
    wanted = std::get<SerialLabel>(label).serial;
  }
  std::optional<Progress> progress(std::in_place, "connecting to " + *options.lan);
  auto connected = read::LanClient::connect(place->host, place->port, kScanWithin);
  progress.reset();
  if (const auto* problem = std::get_if<std::string>(&connected)) {
    std::cerr << fmt::format("{}: {}; see docs/lan.md for how Modbus TCP is switched on\n", *options.lan, *problem);
    return kUnreachable;
  }
  auto& client = std::get<read::LanClient>(connected);
  const LanPatience patience{
      .attempts = options.attempts,
      .answer_timeout = milliseconds(static_cast<long>(1000 * options.answer_timeout.value_or(5)))};
  std::string problem;
  LanIdentity identity;
  const schemas::Model* model = scanned_model(options, catalog, client, patience.answer_timeout, identity, problem);
  if (!problem.empty()) return refuse(problem);
  if (!model) {
    print_error(fmt::format("{}: connected, but it answers nothing; see docs/lan.md", *options.lan));
    return kFailed;
  }
  if (!wanted.empty()) {
    if (identity.serial.empty()) identity.serial = serial_of(client, patience.answer_timeout);
    if (const std::string fault = fault_of_serial_there(wanted, identity.serial); !fault.empty()) {
      print_error(fmt::format("{}: {}", *options.lan, fault));
      return kFailed;
    }
  }
  const auto blocks = lan_blocks(options, *model, catalog, problem);
  if (!problem.empty()) return refuse(problem);

  DecoderCache decoders(catalog);
  std::vector<std::string> json;
  int code = kDone;
  for (const schemas::LanPlace& part : places_in(*model, blocks)) {
    const auto result =
        read_block(client, *model, decoders.of(part.block, *model, part.instance), part, patience, show_read);
    end_of_reads();
    const schemas::Block& block = *catalog.block(part.block);
    if (is_left_out(part, result)) continue;
    if (const auto* failure = std::get_if<read::LanFailure>(&result)) {
      std::cerr << fmt::format("block {} ({}): {}\n", block.id, block.name, failure->reason);
      json.push_back(failed_json(block, *failure));
      const bool is_lost = failure->kind == read::LanFailure::Kind::lost;
      code = is_lost ? kUnreachable : kFailed;
      if (is_lost) break;
      if (!client.has_answered()) {
        print_error(fmt::format("{}: connected, but it answers nothing; see docs/lan.md", *options.lan));
        break;
      }
      continue;
    }
    const auto& state = std::get<BlockState>(result);
    json.push_back(state_json(state));
    if (options.json) continue;
    std::cout << title_of(state) << '\n'
              << value_table(*state.decoder, state.current()).text(colour_wanted()) << '\n'
              << std::flush;
  }
  if (options.json) {
    std::cout << fmt::format(R"({{"station":{{"serial":{},"model":{}}},"through":"lan","blocks":[{}]}})",
                             json_text(identity.serial), json_text(model->name), fmt::join(json, ","))
              << '\n';
  }
  return code;
}

}  // namespace bluetti::gateway::cli
