// SPDX-License-Identifier: MIT
// Where the program lives: what it tells Docker and systemd, and Home Assistant's Supervisor tells it.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/integration/gateway_fixture.h"

namespace bluetti::test {
namespace {

using testing::HasSubstr;

class HealthOfAGateway : public World {
 protected:
  Finished health(std::vector<std::string> extra = {}) const {
    std::vector<std::string> command{gateway_binary(), "health", "--config", (dir.path() / "gateway.toml").string()};
    command.insert(command.end(), extra.begin(), extra.end());
    return run_to_end(std::move(command));
  }
  [[nodiscard]] bool becomes(int code, const std::vector<std::string>& extra) const {
    return eventually([&] { return health(extra).code == code; });
  }
};

TEST_F(HealthOfAGateway, FailsWhenTheStationFallsSilent) {
  start_simulator();
  start_gateway();
  const std::vector<std::string> strict{"--max-silence", "8"};
  EXPECT_TRUE(becomes(0, strict)) << health(strict).output;
  simulator.reset();
  EXPECT_TRUE(becomes(1, strict)) << health(strict).output;
  EXPECT_THAT(health(strict).output, HasSubstr("account home: connected, but no station has sent anything for "));
  EXPECT_EQ(health({"--max-silence", "0"}).code, 0) << "the process and the local side are well";
}

TEST_F(HealthOfAGateway, EndsWithTheGateway) {
  start_gateway();
  EXPECT_TRUE(becomes(0, {}));
  gateway->signal(SIGTERM);
  EXPECT_EQ(gateway->wait(), 0);
  EXPECT_EQ(health().code, 1);
  EXPECT_THAT(health().output, HasSubstr("the gateway does not run"));
}

TEST_F(HealthOfAGateway, AFolderThatCannotBeWrittenToIsSaid) {
  start_gateway({.extra = "[health]\nfile = \"/proc/nowhere/health.json\"\n"});
  EXPECT_TRUE(gateway->says("health file /proc/nowhere/health.json could not be written")) << gateway->output();
}

TEST_F(World, ABrokerMayListenOnAUnixSocket) {
  const TempDir shared;
  std::filesystem::permissions(shared.path(), std::filesystem::perms::all);  // mosquitto gives up root before it binds
  const std::string socket = (shared.path() / "mqtt.sock").string();
  const std::string listener = "listener 0 " + socket + "\n";
  local.publish("test", "the watcher is there", true);
  ASSERT_TRUE(reads_something("test"));
  local.stop();
  local.start(listener);
  start_simulator();
  const std::map<std::string, std::string> environment{{"BLUETTI_GATEWAY__LOCAL__URL", "unix://" + socket}};
  std::vector<std::string> command{gateway_binary(), "run", "--config", write_config().string()};
  gateway.emplace(std::move(command), dir.path() / "gateway.log", environment);
  EXPECT_TRUE(gateway->says("[local] connected to unix://" + socket)) << gateway->output();
  EXPECT_TRUE(reads_something("bluetti/living_room/soc")) << gateway->output();
  local.stop();
  EXPECT_TRUE(gateway->says("[local] lost the connection to unix://" + socket)) << gateway->output();
  local.start(listener);
  EXPECT_TRUE(reads_something(kDocument)) << gateway->output();
  gateway->signal(SIGTERM);
  EXPECT_EQ(gateway->wait(), 0);
  EXPECT_TRUE(reads("bluetti/bridge/availability", "offline"));
}

// systemd's side of sd_notify(3).
class NotifySocket {
 public:
  explicit NotifySocket(std::string path) : path_(std::move(path)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path_.copy(at.sun_path, sizeof(at.sun_path) - 1);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) != 0) throw std::runtime_error(path_);
  }
  ~NotifySocket() { ::close(socket_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] bool hears(const std::string& wanted) const {
    return eventually([&] {
      std::array<char, 256> buffer{};
      const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      return size > 0 && std::string(buffer.data(), static_cast<std::size_t>(size)).starts_with(wanted);
    });
  }

 private:
  std::string path_;
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
};

TEST_F(World, TheServiceManagerIsToldEachStage) {
  const NotifySocket manager((dir.path() / "notify").string());
  gateway.emplace(std::vector<std::string>{gateway_binary(), "run", "--config", write_config().string()},
                  dir.path() / "gateway.log",
                  std::map<std::string, std::string>{{"NOTIFY_SOCKET", (dir.path() / "notify").string()},
                                                     {"WATCHDOG_USEC", "400000"}});
  EXPECT_TRUE(manager.hears("READY=1"));
  EXPECT_TRUE(manager.hears("WATCHDOG=1"));
  EXPECT_TRUE(manager.hears("WATCHDOG=1")) << "again and again";
  gateway->signal(SIGHUP);
  EXPECT_TRUE(manager.hears("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_TRUE(manager.hears("READY=1"));
  gateway->signal(SIGTERM);
  EXPECT_TRUE(manager.hears("STOPPING=1"));
}

class SupervisedGateway : public World {
 protected:
  static constexpr const char* kToken = "made-up-token";

  void name_broker(const std::string& password) const {
    dir.write("answer.json", R"({"result":"ok","data":{"host":"127.0.0.1","port":)" + std::to_string(local.port()) +
                                 R"(,"ssl":false,"username":"addons","password":")" + password + "\"}}");
  }
  void start_broker(const std::string& password) {
    const std::string passwords = (dir.path() / "passwords").string();
    ASSERT_EQ(run_to_end({"mosquitto_passwd", "-b", "-c", passwords, "addons", password}).code, 0);
    local.stop();
    local.start("allow_anonymous false\npassword_file " + passwords + "\n");
  }
  void start_supervised_gateway() {
    supervisor.emplace(std::vector<std::string>{"/usr/bin/python3", SOURCE_ROOT "/tests/support/supervisor_service.py",
                                                (dir.path() / "answer.json").string(), kToken},
                       dir.path() / "supervisor.log");
    ASSERT_TRUE(supervisor->says("port ")) << supervisor->output();
    const std::string port = std::to_string(std::stoi(supervisor->output().substr(5)));
    std::string options = R"({"local":{"url":"http://127.0.0.1:)" + port +
                          R"("},"account":[{"id":"home","url":"mqtt://127.0.0.1:)" + std::to_string(cloud.port()) +
                          R"("}],"station":[{"id":"living_room","model":"AP300","serial":"2345000000001"}]})";
    gateway.emplace(
        std::vector<std::string>{gateway_binary(), "run", "--config", dir.write("options.json", options).string()},
        dir.path() / "gateway.log", std::map<std::string, std::string>{{"SUPERVISOR_TOKEN", kToken}});
  }
  std::optional<Process> supervisor;
};

TEST_F(SupervisedGateway, FetchesTheBrokersPasswordAnewAtEachConnection) {
  start_broker("first");
  name_broker("first");
  start_supervised_gateway();
  ASSERT_TRUE(gateway->says("[local] connected to the broker that the Supervisor names")) << gateway->output();

  local.stop();
  ASSERT_TRUE(gateway->says("trying again in "));
  name_broker("second");
  start_broker("second");
  const auto connected_again = [&] {
    const std::string said = gateway->output();
    return said.find("[local] connected") != said.rfind("[local] connected");
  };
  EXPECT_TRUE(eventually(connected_again, 2 * kPatience)) << gateway->output();
  EXPECT_THAT(gateway->output(), testing::Not(HasSubstr(kToken)));
}

TEST_F(SupervisedGateway, SaysWhenTheSupervisorIsAway) {
  name_broker("first");
  start_supervised_gateway();
  ASSERT_TRUE(gateway->says("[local] the Supervisor names")) << gateway->output();
  supervisor.reset();
  local.stop();
  EXPECT_TRUE(gateway->says("does not answer; trying again in ")) << gateway->output();
}

// As in a container that runs as another user than the files' owner.
class AsSomebodyElse : public World {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  }
  [[nodiscard]] Finished run(std::vector<std::string> command) const {
    command.insert(command.begin(),
                   {"setpriv", "--reuid", "4321", "--regid", "4321", "--clear-groups", gateway_binary()});
    return run_to_end(std::move(command));
  }
};

TEST_F(AsSomebodyElse, AConfigurationThatCannotBeReadNamesTheUser) {
  const auto config = write_config();
  std::filesystem::permissions(config, std::filesystem::perms(0600));
  const Finished result = run({"run", "--config", config});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.output, HasSubstr("gateway.toml: cannot be read: Permission denied; let the user that the gateway "
                                       "runs as, uid 4321, read it and its folder"));
}

TEST_F(AsSomebodyElse, AStateFolderThatCannotBeWrittenToNamesTheUser) {
  const auto config = dir.write("gateway.toml", "[local]\nurl = \"" + local.url() +
                                                    "\"\n[[account]]\nid = \"home\"\nurl = \"mqtt://127.0.0.1:1\"\n"
                                                    "[[station]]\nid = \"one\"\nserial = \"2345000000001\"\n");
  std::filesystem::permissions(config, std::filesystem::perms(0644));
  const Finished result = run({"run", "--once", "--config", config});
  EXPECT_THAT(result.output, HasSubstr("gateway.state.json could not be written: Permission denied; let the user that "
                                       "the gateway runs as, uid 4321, write to the folder " +
                                       dir.path().string()));
}

}  // namespace
}  // namespace bluetti::test
