// SPDX-License-Identifier: MIT
// The outside world for tests of the loop: a clock moved by hand, an MQTT client that writes down what it is given, and
// a small made-up model whose frames can be read at a glance.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/config/config.h"
#include "gateway/mqtt/mqtt_client.h"
#include "schemas/catalog.h"

namespace bluetti::test {

class HandClock final : public gateway::Clock {
 public:
  [[nodiscard]] gateway::TimePoint now() const override { return now_; }
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return kMidday + (now_ - kStart); }
  gateway::TimePoint advance(gateway::Duration by) { return now_ += by; }

 private:
  static constexpr gateway::TimePoint kStart{std::chrono::hours(1)};
  static constexpr std::chrono::system_clock::time_point kMidday{std::chrono::seconds(1'790'000'000)};
  gateway::TimePoint now_ = kStart;
};

struct Published {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retained = false;
  std::chrono::seconds expiry{0};
  friend bool operator==(const Published&, const Published&) = default;
};

// What a client did, kept by the test while the gateway owns the client.
struct ClientRecord {
  int connects = 0;
  int disconnects = 0;
  bool accepts = true;  // false: publish() says no
  bool is_behind = false;
  std::vector<std::string> subscriptions;
  std::vector<Published> published;
  std::vector<std::string> to_confirm;  // topics, until the test does

  // The last payload on this topic; "(none)" if there was no message.
  [[nodiscard]] std::string last(std::string_view topic) const;
  [[nodiscard]] std::size_t count(std::string_view topic) const;
};

class RecordingClient final : public gateway::MqttClient {
 public:
  explicit RecordingClient(std::shared_ptr<ClientRecord> record) : record_(std::move(record)) {}
  void connect() override { ++record_->connects; }
  void disconnect() override { ++record_->disconnects; }
  using MqttClient::subscribe;
  bool subscribe(const std::string& topic, int, gateway::RetainFlag) override {
    record_->subscriptions.push_back(topic);
    return true;
  }
  bool is_behind() override { return record_->is_behind; }
  bool unsubscribe(const std::string& topic) override { return std::erase(record_->subscriptions, topic) > 0; }
  bool publish(const std::string& topic, std::string_view payload, const gateway::Delivery& delivery) override {
    const auto& [qos, retained, expiry, correlation, tell_confirmed] = delivery;
    if (record_->accepts && tell_confirmed) record_->to_confirm.push_back(topic);
    if (record_->accepts) record_->published.push_back({topic, std::string(payload), qos, retained, expiry});
    return record_->accepts;
  }

 private:
  std::shared_ptr<ClientRecord> record_;
};

// Model TEST: envelope v1.2, unit 0. Block 100 "home": soc at 102, temperature at 103 (minus 40, 0 absent), secret text
// at 104-105. Block 1300 "grid": frequency at 1300 (0.1 Hz), phase count at 1301, phases from 1302, two registers each.
[[nodiscard]] const schemas::Catalog& test_catalog();
[[nodiscard]] const schemas::Catalog& built_in_catalog();

// A configuration of `stations` stations of model TEST (ids one, two, ...; serials 1001, 1002, ...) on one account.
[[nodiscard]] gateway::Config test_config(int stations = 1);

// What a station of model TEST sends: v1.2 envelope, unit 0. Data in hex, blanks allowed.
[[nodiscard]] std::string answer(std::string_view data_hex, std::uint8_t unit = 0, std::uint16_t envelope_register = 0);
[[nodiscard]] std::string push(std::uint16_t first_register, std::string_view data_hex);
[[nodiscard]] std::string exception(std::uint8_t code);

// The register a request payload asks for; -1 if it is not one.
[[nodiscard]] int asked_register(std::string_view payload);
// The Modbus function of a request payload; -1 if it is none.
[[nodiscard]] int asked_function(std::string_view payload);

}  // namespace bluetti::test
