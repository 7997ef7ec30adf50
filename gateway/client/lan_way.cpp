// SPDX-License-Identifier: MIT
// A station on the local network as the session of a client: the seam at the MQTT library, with a socket behind it.
#include <bluetti/way.h>

#include <utility>

#include "gateway/client/access.h"
#include "gateway/transport/certificate_access.h"
#include "gateway/transport/lan_connection.h"
#include "gateway/transport/lan_sockets.h"

namespace bluetti {
namespace {

using gateway::LanConnection;
using gateway::LanNews;
using gateway::TimePoint;

constexpr int kNoLimit = 1'000'000;  // the connection carries nothing else

// Of one connect() of a client. The engine's thread only.
class LanLine {
 public:
  LanLine(std::string host, std::uint16_t port) : socket_(sockets_.make({}, std::move(host), port)) {}

  [[nodiscard]] int descriptor() const { return sockets_.descriptor(); }
  void hear_on(std::string topic) { topic_ = std::move(topic); }

  void connect() {
    is_connecting_ = true;
    give_up_at_ = std::chrono::steady_clock::now() + LanConnection::kConnectWithin;
    unanswered_ = 0;
    socket_->connect();
  }
  void close() {
    give_up_at_ = TimePoint::max();
    socket_->close();
  }
  // One that answers nothing any more is reconnected.
  bool send(std::string_view payload) {
    if (unanswered_++ >= LanConnection::kMissesUntilNew) {
      end("it does not answer any more");
      return false;
    }
    socket_->drop_partial();
    return socket_->send(std::as_bytes(std::span(payload)));
  }

  TimePoint tick(TimePoint now) {
    if (now >= give_up_at_) end("no answer");
    return ended_.empty() ? give_up_at_ : TimePoint::min();
  }
  void collect(std::vector<gateway::Event>& out) {
    std::vector<gateway::Event> happened;
    sockets_.collect(happened);
    for (const gateway::Event& event : happened) tell(std::get<LanNews>(event), out);
    if (ended_.empty()) return;
    tell({.link = {}, .what = LanNews::What::ended, .message = {}, .reason = std::exchange(ended_, {})}, out);
  }

 private:
  void end(std::string reason) {
    close();
    ended_ = std::move(reason);
  }
  void tell(const LanNews& news, std::vector<gateway::Event>& out) {
    if (news.what == LanNews::What::arrived) {
      unanswered_ = 0;
      const std::string_view payload{reinterpret_cast<const char*>(news.message.data()), news.message.size()};
      out.push_back(gateway::MessageArrived{.link = kStations,
                                            .owner = nullptr,
                                            .topic = topic_,
                                            .payload = payload,
                                            .retained = false,
                                            .arrived = {},
                                            .reply_to = nullptr});
      return;
    }
    give_up_at_ = TimePoint::max();
    const bool was_connecting = std::exchange(is_connecting_, false);
    if (news.what == LanNews::What::connected) {
      out.push_back(gateway::Connected{kStations});
    } else if (was_connecting) {
      out.push_back(gateway::ConnectFailed{.link = kStations, .reason = news.reason});
    } else {
      out.push_back(gateway::ConnectionLost{.link = kStations, .reason = news.reason});
    }
  }

  gateway::LanSockets sockets_;
  std::unique_ptr<gateway::LanSocket> socket_;
  std::string topic_;
  std::string ended_;  // why, where the socket does not say so
  bool is_connecting_ = false;
  TimePoint give_up_at_ = TimePoint::max();
  int unanswered_ = 0;  // requests in a row
};

class LanSession final : public gateway::MqttClient {
 public:
  explicit LanSession(std::shared_ptr<LanLine> line) : line_(std::move(line)) {}
  ~LanSession() override { line_->close(); }

  void connect() override { line_->connect(); }
  void disconnect() override { line_->close(); }
  bool subscribe(const std::string& topic, int, gateway::RetainFlag) override {
    line_->hear_on(topic);
    return true;
  }
  bool unsubscribe(const std::string&) override { return true; }
  bool publish(const std::string&, std::string_view payload, const gateway::Delivery&) override {
    return line_->send(payload);
  }

 private:
  std::shared_ptr<LanLine> line_;
};

class LanAccess final : public Way::Access {
 public:
  explicit LanAccess(LanOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::variant<Opened, Error> open(const gateway::EventSink& sink) const override {
    if (options_.host.empty()) return Error{.kind = ErrorClass::configuration, .message = "host: must not be empty"};
    gateway::AccountConfig account;
    account.id = "lan";
    account.url = {.host = options_.host, .port = options_.port, .tls = false};
    account.client_id = "client";
    account.requests_per_minute = kNoLimit;
    account.reconnect_delay = LanConnection::kFirstWait;
    account.reconnect_delay_max = LanConnection::kLongestWait;
    auto line = std::make_shared<LanLine>(options_.host, options_.port);
    gateway::read::SessionParts parts{
        .access = gateway::make_certificate_access(account, kStations, sink, nullptr),
        .make_client = [line](const gateway::ConnectionOptions&) { return std::make_unique<LanSession>(line); },
        .known = {},
        .recorder = nullptr,
        .way = schemas::Way::lan,
        .lan_unit = options_.unit};
    return Opened{.account = std::move(account),
                  .parts = std::move(parts),
                  .stations = {},
                  .tick = [line](TimePoint now) { return line->tick(now); },
                  .descriptor = line->descriptor(),
                  .collect = [line](std::vector<gateway::Event>& out) { line->collect(out); }};
  }

 private:
  LanOptions options_;
};

}  // namespace

Way lan(LanOptions options) {
  return Way(std::make_shared<const LanAccess>(std::move(options)));
}

}  // namespace bluetti
