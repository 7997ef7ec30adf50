// SPDX-License-Identifier: MIT
#include "tests/benchmark/frames.h"

#include <stdexcept>

#include "gateway/simulator/simulated_station.h"

namespace bluetti::benchmark {

std::vector<Answer> answers(const schemas::Catalog& catalog, double seconds) {
  using namespace gateway::simulator;
  const schemas::Model& model = *catalog.model(kModel);
  const SimulatedModel simulated = make_simulated_model(model, catalog);
  SimulatedStation station(simulated, {.model = model.title, .serial = "2345000000001", .seed = 7});
  std::vector<Answer> answers;
  PayloadBuffer out;
  PayloadBuffer request_buffer;
  for (const std::uint16_t block : kBlocks) {
    const auto registers = static_cast<std::uint16_t>(model.registers_of(*catalog.block(block)));
    const auto frame = protocol::encode(protocol::ReadRequest{model.unit, block, registers});
    const auto request = protocol::wrap(protocol::Envelope::v1_2, block, 0, frame, request_buffer);
    const auto answer = station.on_request(request, seconds, out);
    if (answer.empty()) throw std::runtime_error("the simulated station does not answer");
    answers.push_back({block, std::string(reinterpret_cast<const char*>(answer.data()), answer.size())});
  }
  return answers;
}

}  // namespace bluetti::benchmark
