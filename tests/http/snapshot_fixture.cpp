// SPDX-License-Identifier: MIT
#include "tests/http/snapshot_fixture.h"

#include "gateway/base/digests.h"
#include "tests/support/fakes.h"

namespace bluetti::test {
namespace {

gateway::http::BlockView block_view(std::uint16_t id, std::string_view registers) {
  static const schemas::Model& model = *test_catalog().model("TEST");
  auto decoder = std::make_shared<const schemas::Decoder>(*test_catalog().block(id), model);
  std::string digits(registers);
  std::erase(digits, ' ');
  const std::string bytes = *gateway::from_hex(digits);
  schemas::Row row = decoder->make_row();
  decoder->decode(std::as_bytes(std::span(bytes)), 0, row);
  return {std::move(decoder), std::move(row), gateway::TimePoint(std::chrono::seconds(90))};
}

}  // namespace

std::shared_ptr<gateway::http::StationView> station_view(std::string_view home, std::string_view grid) {
  auto view = std::make_shared<gateway::http::StationView>();
  view->id = "one";
  view->name = "The \"first\" <station>";
  view->model = "Test station";
  view->account = "home";
  view->online = true;
  static const gateway::http::BlockView shape_of_home = block_view(100, kHomeRegisters);
  static const gateway::http::BlockView shape_of_grid = block_view(1300, kGridRegisters);
  for (gateway::http::BlockView block : {block_view(100, home), block_view(1300, grid)}) {
    block.decoder = block.decoder->block().id == 100 ? shape_of_home.decoder : shape_of_grid.decoder;
    view->blocks.push_back(std::move(block));
  }
  view->counters.answers = 7;
  view->counters.dropped[2] = 3;
  return view;
}

std::shared_ptr<gateway::http::Snapshot> snapshot_of(gateway::http::StationPointer station, gateway::TimePoint at) {
  auto snapshot = std::make_shared<gateway::http::Snapshot>();
  snapshot->at = at;
  snapshot->wall = gateway::WallTime(std::chrono::seconds(1'790'000'000));
  if (station) snapshot->stations.push_back(std::move(station));
  snapshot->accounts.push_back(
      {.id = "home", .connected = true, .stations = 1, .requests_per_minute = 12, .request_budget = 300});
  snapshot->local = {.broker = "mqtt://127.0.0.1:1883", .connected = true, .published = 42};
  return snapshot;
}

gateway::http::Request get(std::string path) {
  gateway::http::Request request{.method = "GET", .path = std::move(path)};
  request.headers.host = "127.0.0.1:8089";
  request.peer = {"127.0.0.1", true};
  return request;
}

}  // namespace bluetti::test
