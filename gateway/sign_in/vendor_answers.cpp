// SPDX-License-Identifier: MIT
#include "gateway/sign_in/vendor_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "gateway/base/ascii.h"
#include "gateway/base/parse_number.h"

namespace bluetti::gateway {
namespace {

using nlohmann::json;

constexpr int kOk = 200;
constexpr std::int64_t kTokenExpired = 805;
constexpr std::int64_t kWrongCredentials[] = {20003006, 20003015};

const json& member(const json& object, const char* key) {
  static const json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

// Serial numbers and codes come as texts or as numbers. Empty: neither.
std::string text_of(const json& value) {
  if (value.is_number_integer()) return value.dump();
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<std::int64_t> number_of(const json& value) {
  return parse_number<std::int64_t>(text_of(value));
}

// For people and their terminals.
std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return text;
}

struct Answer {
  int status = 0;
  json body;  // discarded: no JSON
  std::int64_t code = 0;
  std::string message;
};

Answer open_answer(int status, std::string_view body) {
  Answer answer{.status = status, .body = json::parse(body, nullptr, false)};
  for (const char* key : {"code", "msgCode"}) {
    if (const auto code = number_of(member(answer.body, key)); code && *code != 0) answer.code = *code;
  }
  for (const char* key : {"msg", "message"}) {
    if (const std::string text = text_of(member(answer.body, key)); !text.empty()) answer.message = printable(text);
  }
  return answer;
}

// Why there is nothing to be read in an answer.
VendorProblem problem_of(const Answer& answer, std::string_view what) {
  const std::string said = answer.message.empty() ? std::string() : fmt::format(": '{}'", answer.message);
  if (answer.code == kTokenExpired) return {VendorTrouble::token_expired, "the session has expired (code 805)"};
  if (answer.status >= 300 && answer.status < 400) {
    return {VendorTrouble::unusable,
            fmt::format("{}: a redirect to another address (status {}), which is not followed", what, answer.status)};
  }
  if (answer.status != kOk) return {VendorTrouble::unusable, fmt::format("{}: status {}{}", what, answer.status, said)};
  if (answer.body.is_discarded()) return {VendorTrouble::unusable, fmt::format("{}: not JSON", what)};
  if (answer.code != 0) return {VendorTrouble::refused, fmt::format("{}: refused, code {}{}", what, answer.code, said)};
  return {VendorTrouble::unusable, fmt::format("{}: nothing usable in it{}", what, said)};
}

bool means_wrong_credentials(const Answer& answer) {
  if (std::ranges::find(kWrongCredentials, answer.code) != std::end(kWrongCredentials)) return true;
  const std::string message = lower_case(answer.message);
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  return answer.status == kOk && (says("incorrect") || says("password") || says("account does not exist"));
}

bool says_online(const json& device) {
  for (const char* key : {"sessionState", "iotSession"}) {
    const std::string state = lower_case(text_of(member(device, key)));
    if (state == "online" || state == "1") return true;
  }
  return false;
}

// The numeric tail of the full serial, which has the model in front.
std::string short_form(const std::string& full_serial, const std::string& model) {
  return !model.empty() && full_serial.starts_with(model) ? full_serial.substr(model.size()) : full_serial;
}

VendorDevice read_device(const json& device) {
  VendorDevice result{.full_serial = printable(text_of(member(device, "sn"))),
                      .broker = text_of(member(device, "iotSrvIp")),
                      .secret = Secret(text_of(member(device, "iotConnSecret")))};
  VendorStation& station = result.station;
  station.model = printable(text_of(member(device, "model")));
  station.serial = printable(text_of(member(device, "subSn")));
  if (station.serial.empty()) station.serial = short_form(result.full_serial, station.model);
  station.name = printable(text_of(member(device, "name")));
  station.online = says_online(device);
  return result;
}

// Devices may be listed by groups, and a group may hold groups.
void collect_devices(const json& node, int depth, std::vector<VendorDevice>& devices) {
  constexpr int kDeepest = 4;
  if (depth > kDeepest) return;
  if (node.is_array()) {
    for (const json& each : node) collect_devices(each, depth + 1, devices);
  } else if (const json& list = member(node, "deviceList"); list.is_array()) {
    collect_devices(list, depth + 1, devices);
  } else if (!text_of(member(node, "sn")).empty()) {
    devices.push_back(read_device(node));
  }
}

bool is_device_list(const json& data) {
  return data.is_array() || member(data, "deviceList").is_array() || !text_of(member(data, "sn")).empty();
}

}  // namespace

VendorResult<Token> read_token(int status, std::string_view body) {
  constexpr std::int64_t kUsual = 2678400;              // s: 31 days, what it is where nothing is said
  constexpr std::int64_t kLongest = 366LL * 24 * 3600;  // s: more is a mistake
  const Answer answer = open_answer(status, body);
  const json& data = member(answer.body, "data");
  std::string token = text_of(member(data, "token"));
  if (status == kOk && !token.empty()) {
    const std::int64_t lifetime = number_of(member(data, "ttl")).value_or(kUsual);
    return Token{Secret(std::move(token)),
                 std::chrono::seconds(lifetime > 0 && lifetime <= kLongest ? lifetime : kUsual)};
  }
  constexpr std::string_view kWhat = "log-in";
  if (!means_wrong_credentials(answer)) return problem_of(answer, kWhat);
  return VendorProblem{VendorTrouble::wrong_credentials, fmt::format("code {}, '{}'", answer.code, answer.message)};
}

VendorResult<std::string> read_user(int status, std::string_view body) {
  const Answer answer = open_answer(status, body);
  std::string user = text_of(member(member(answer.body, "data"), "uid"));
  if (status == kOk && !user.empty()) return user;
  return problem_of(answer, "user id");
}

VendorResult<std::vector<VendorDevice>> read_devices(int status, std::string_view body) {
  const Answer answer = open_answer(status, body);
  const json& data = member(answer.body, "data");
  if (status != kOk || !is_device_list(data)) return problem_of(answer, "list of stations");
  std::vector<VendorDevice> devices;
  collect_devices(data, 0, devices);
  return devices;
}

VendorResult<std::uint64_t> read_time(int status, std::string_view body) {
  const Answer answer = open_answer(status, body);
  const auto milliseconds = number_of(member(answer.body, "data"));
  if (status == kOk && milliseconds && *milliseconds > 0) return static_cast<std::uint64_t>(*milliseconds);
  return problem_of(answer, "time of the service");
}

VendorResult<std::string> read_certificate(int status, std::string body) {
  if (status == kOk && !body.empty() && body.front() != '{') return body;
  return problem_of(open_answer(status, body), "certificate");
}

}  // namespace bluetti::gateway
