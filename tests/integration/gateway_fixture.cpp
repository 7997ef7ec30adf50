// SPDX-License-Identifier: MIT
#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {

std::filesystem::path World::write_config(const GatewaySetup& setup) {
  const std::string certificates = test::certificates().string();
  const std::string url = setup.url.empty() ? "\"" + local.url() + "\"" : setup.url;
  return dir.write("gateway.toml", "[local]\nurl = " + url + "\n" + setup.local +
                                       "[[account]]\nid = \"home\"\nurl = \"" + cloud.url() + "\"\ncertificate = \"" +
                                       certificates + "/" + setup.certificate + "\"\ncertificate_password = \"" +
                                       setup.password + "\"\nca = \"" + certificates +
                                       "/ca.pem\"\nreconnect_delay = 1\nanswer_timeout = 1\n[[station]]\nid = \"" +
                                       setup.id + "\"\nname = \"" + setup.name + "\"\nmodel = \"" + setup.model +
                                       "\"\nserial = \"" + setup.serial + "\"\npoll = { core = 1 }\n" + setup.extra);
}

Process& World::start_simulator(std::vector<std::string> extra) {
  const std::string certificates = test::certificates().string();
  std::vector<std::string> command{gateway_binary(), "simulate",
                                   "--broker",       cloud.url(),
                                   "--ca",           certificates + "/ca.pem",
                                   "--certificate",  certificates + "/client.pfx",
                                   "--password",     std::string(kPassword),
                                   "--first-serial", kSerial};
  command.insert(command.end(), extra.begin(), extra.end());
  return simulator.emplace(std::move(command), dir.path() / "simulator.log");
}

Process& World::start_gateway(const GatewaySetup& setup, std::vector<std::string> extra) {
  std::vector<std::string> command = setup.launcher;
  for (const std::string& part :
       {gateway_binary(), std::string("run"), std::string("--config"), write_config(setup).string()}) {
    command.push_back(part);
  }
  command.insert(command.end(), extra.begin(), extra.end());
  return gateway.emplace(std::move(command), dir.path() / "gateway.log");
}

Finished World::run_gateway(const GatewaySetup& setup, std::vector<std::string> extra) {
  std::vector<std::string> command{gateway_binary(), "run", "--config", write_config(setup).string()};
  command.insert(command.end(), extra.begin(), extra.end());
  return run_to_end(std::move(command));
}

}  // namespace bluetti::test
