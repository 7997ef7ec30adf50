// SPDX-License-Identifier: MIT
#include "gateway/capture/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "gateway/base/read_file.h"
#include "protocol/cloud_topics.h"

namespace bluetti::gateway::capture {
namespace {

using Json = nlohmann::json;

constexpr double kLatest = 1e9;     // seconds; some thirty years
constexpr double kBetweenRuns = 1;  // seconds
constexpr std::size_t kMostBytes = 1'000'000'000;

const Json* find(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> text_of(const Json& object, const char* key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

bool is_true(const Json& object, const char* key) {
  const Json* value = find(object, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::optional<std::vector<std::byte>> bytes_of_hex(std::string_view hex) {
  if (hex.size() % 2 != 0 || hex.size() > 2 * kMostPayload) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    unsigned value = 0;
    const char* end = hex.data() + at + 2;
    if (std::from_chars(hex.data() + at, end, value, 16).ptr != end) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

using MessageResult = std::variant<RecordedMessage, std::string>;

MessageResult message_of(const Json& line) {
  RecordedMessage message;
  const Json* time = find(line, "t");
  if (time == nullptr || !time->is_number()) return "no time \"t\"";
  message.time = time->get<double>();
  if (!(message.time >= 0 && message.time <= kLatest)) return "\"t\" is out of range";
  const auto from = text_of(line, "from");
  if (from != "station" && from != "gateway") return "\"from\" is neither \"station\" nor \"gateway\"";
  message.from = from == "station" ? Sender::station : Sender::gateway;
  message.model = text_of(line, "model").value_or("");
  message.station = text_of(line, "station").value_or("");
  if (!protocol::is_topic_part(message.model)) return "no \"model\" that a topic can have";
  if (!protocol::is_topic_part(message.station)) return "no \"station\" that a topic can have";
  auto payload = bytes_of_hex(text_of(line, "payload").value_or("?"));
  if (!payload) return fmt::format("\"payload\" is not up to {} bytes in hexadecimal", kMostPayload);
  message.payload = std::move(*payload);
  message.retained = is_true(line, "retained");
  message.masked = is_true(line, "masked");
  return message;
}

// Why this is no header of a record we can read; empty: it is one.
std::string refusal_of(const Json& line) {
  if (text_of(line, "format") != kFormat) return "not a record of the gateway";
  const Json* version = find(line, "version");
  if (version == nullptr || !version->is_number_integer()) return "a record without a version";
  if (*version != kVersion)
    return fmt::format("a record of version {}; this program reads version {}", version->dump(), kVersion);
  return {};
}

// Takes a record line by line.
class Reader {
 public:
  explicit Reader(const std::string& file_name) : file_name_(file_name) {}

  void take(std::string_view line) {
    ++number_;
    if (line.empty()) return;
    if (line.size() > kLongestLine) return complain(fmt::format("longer than {} bytes", kLongestLine));
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) return complain("not a JSON object");
    if (find(json, "format") != nullptr) return begin_run(json);
    auto message = message_of(json);
    if (const auto* wrong = std::get_if<std::string>(&message)) return complain(*wrong);
    auto& good = record_.messages.emplace_back(std::move(std::get<RecordedMessage>(message)));
    good.time += start_;
    end_ = std::max(end_, good.time);
  }

  Record finish() {
    std::ranges::stable_sort(record_.messages, {}, &RecordedMessage::time);
    if (problems_ > kMostProblems) {
      record_.problems.push_back({{file_name_}, fmt::format("{} more lines are wrong", problems_ - kMostProblems)});
    }
    return std::move(record_);
  }

 private:
  void begin_run(const Json& header) {
    if (const std::string refusal = refusal_of(header); !refusal.empty()) complain(refusal);
    if (!record_.messages.empty()) start_ = end_ + kBetweenRuns;
  }

  void complain(std::string message) {
    if (++problems_ > kMostProblems) return;
    record_.problems.push_back({{file_name_, number_, 1}, std::move(message)});
  }

  const std::string& file_name_;
  Record record_;
  double start_ = 0;
  double end_ = 0;
  std::uint32_t number_ = 0;
  std::size_t problems_ = 0;
};

}  // namespace

RecordResult parse_record(std::string_view text, const std::string& file_name) {
  const std::string_view first = text.substr(0, std::min(text.find('\n'), kLongestLine));
  const Json header = Json::parse(first, nullptr, false);
  if (!header.is_object()) return file_name + ": not a record of the gateway";
  if (const std::string refusal = refusal_of(header); !refusal.empty()) return file_name + ": " + refusal;
  Reader reader(file_name);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    reader.take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.finish();
}

RecordResult load_record(const std::filesystem::path& file) {
  const auto content = read_file(file, kMostBytes);
  if (std::holds_alternative<std::error_code>(content) && std::get<std::error_code>(content) == ReadFault::too_large) {
    return fmt::format("{}: larger than {} bytes", file.string(), kMostBytes);
  }
  if (const auto* reason = std::get_if<std::error_code>(&content)) {
    return fmt::format("{}: {}", file.string(), reason->message());
  }
  return parse_record(std::get<std::string>(content), file.string());
}

}  // namespace bluetti::gateway::capture
