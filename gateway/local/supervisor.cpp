// SPDX-License-Identifier: MIT
#include "gateway/local/supervisor.h"

#include <fmt/format.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "gateway/base/without_broken_pipe.h"

namespace bluetti::gateway {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kConnectTimeout{5};
constexpr std::chrono::seconds kAnswerTimeout{10};

NamedBroker broker_of(const json& data) {
  NamedBroker broker;
  broker.url.host = data.at("host").get<std::string>();
  broker.url.port = data.at("port").get<std::uint16_t>();
  broker.url.tls = data.value("ssl", false);
  broker.username = data.value("username", "");
  broker.password = Secret(data.value("password", ""));
  return broker;
}

}  // namespace

SupervisorAnswer broker_named_by(int status, std::string_view body) {
  if (status == 401 || status == 403) return "the Supervisor does not accept this App's SUPERVISOR_TOKEN";
  const json answer = json::parse(body, nullptr, false);
  if (status == 200 && answer.is_object() && answer.contains("data")) {
    try {
      return broker_of(answer.at("data"));
    } catch (const json::exception&) {
      return "the Supervisor names a broker in a form that nobody knows";
    }
  }
  if (status == 400) {
    return "the Supervisor knows no MQTT broker: install the App \"Mosquitto broker\", or give the `url` of yours";
  }
  return fmt::format("the Supervisor answers with status {}", status);
}

SupervisorAnswer ask_supervisor(const SupervisorConfig& supervisor) {
  const WithoutBrokenPipe quiet;
  httplib::Client client(supervisor.host, supervisor.port);
  client.set_connection_timeout(kConnectTimeout);
  client.set_read_timeout(kAnswerTimeout);
  client.set_write_timeout(kAnswerTimeout);
  const auto answer = client.Get("/services/mqtt", {{"Authorization", "Bearer " + supervisor.token.reveal()}});
  if (answer) return broker_named_by(answer->status, answer->body);
  return fmt::format("the Supervisor at {}:{} does not answer", supervisor.host, supervisor.port);
}

}  // namespace bluetti::gateway
