// SPDX-License-Identifier: MIT
// What `scan`, `raw` and `listen` print: tables for people, JSON for programs. A secret is never printed. Standard
// output; errors of single reads go to standard error too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/cli/read_plan.h"
#include "gateway/station/registers.h"
#include "schemas/decoder.h"

namespace bluetti::gateway::cli {

// A block, or part of it, with its values.
struct DecodedBlock {
  schemas::Decoder decoder;
  schemas::Row row;
  std::size_t bytes = 0;
};

// The blocks of the model, else of the catalogue, that these registers touch; none if nobody has described them.
[[nodiscard]] std::vector<DecodedBlock> decode(const RegisterData& data, const ReadPlan& plan);

// {"block":1300,"name":"grid","values":{...}}
[[nodiscard]] std::string block_json(const DecodedBlock& block);
[[nodiscard]] std::string failure_json(const RegisterRange& range, const ReadFailure& failure);
// "block 1300 (grid): no answer in 3 attempts"
[[nodiscard]] std::string failure_text(const RegisterRange& range, const ReadFailure& failure);
[[nodiscard]] std::string block_text(const DecodedBlock& block, bool colour);

// {"block":1300,"count":2,"registers":[500,0],"payloads":["01f8..."],"hidden":[]}
[[nodiscard]] std::string registers_json(const RegisterData& data);
[[nodiscard]] std::string registers_text(const RegisterData& data, bool colour);

// {"serial":"2345000000001","model":"AP300"}, with the station's id if it has one.
[[nodiscard]] std::string station_json(const StationConfig& station);

}  // namespace bluetti::gateway::cli
