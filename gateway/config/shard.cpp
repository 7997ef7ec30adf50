// SPDX-License-Identifier: MIT
// [gateway]: which part of the stations is this gateway's.
#include <fmt/format.h>

#include <array>

#include "gateway/base/parse_number.h"
#include "gateway/config/parts.h"

namespace bluetti::gateway {
namespace {

constexpr int kMostShards = 10'000;
constexpr std::string_view kDigits = "0123456789";

// "k/n". Of k the digits at its end count, so that the name of a pod does; it is taken modulo n, so that counting may
// begin with 0 or with 1.
std::optional<ShardConfig> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(0, slash);
  const auto index = parse_number<int>(name.substr(name.find_last_not_of(kDigits) + 1));
  const auto count = parse_number<int>(text.substr(slash + 1));
  if (!index || !count || *count < 1 || *count > kMostShards || *index > *count) return std::nullopt;
  return ShardConfig{.index = *index % *count, .count = *count, .key = ShardKey::serial};
}

// "health.json" becomes "health.2.json".
void number_file(std::filesystem::path& file, const std::string& number) {
  if (!file.empty()) file.replace_extension(number + file.extension().string());
}

}  // namespace

void read_gateway(Section& root, Reading& reading, Config& config) {
  static constexpr std::array<std::string_view, 2> kKeys{"serial", "account"};  // in the order of ShardKey
  Section section(reading, "gateway", root.table("gateway"));
  const auto shard = section.text("shard");
  if (shard && !shard->value.empty()) {
    if (const auto parsed = parse_shard(shard->value)) {
      config.shard = *parsed;
    } else {
      section.refuse(*shard, fmt::format("'{}' is not k/n: gateway k of n, as in \"0/3\"", shard->value));
    }
  }
  if (const auto key = section.choice("shard_by", kKeys)) config.shard.key = static_cast<ShardKey>(*key);
  section.tell_default("shard", "0/1");
  section.tell_default("shard_by", std::string(kKeys[static_cast<std::size_t>(config.shard.key)]));
  section.finish();
  if (!config.shard.is_one_of_several()) return;
  // What there is one of per gateway.
  const std::string number = std::to_string(config.shard.index);
  config.local.bridge += "/" + number;
  config.local.client_id += "-" + number;
  if (!config.state_file.empty()) config.state_file.replace_extension(number + ".json");
  number_file(config.health_file, number);
  number_file(config.record.file, number);
}

}  // namespace bluetti::gateway
