// SPDX-License-Identifier: MIT
#include "protocol/cloud_topics.h"

#include <algorithm>

namespace bluetti::protocol {
namespace {

constexpr std::string_view kFromStation = "PUB/";
constexpr std::string_view kToStation = "SUB/";
constexpr std::size_t kMaxPart = 64;

// Not std::isalnum: the alphabet of a topic must not depend on the locale.
constexpr bool is_part_character(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == '.' ||
         c == '_' || c == '-';
}

std::string compose(std::string_view prefix, CloudAddress address) {
  std::string topic;
  topic.reserve(prefix.size() + address.model.size() + 1 + address.serial.size());
  return topic.append(prefix).append(address.model).append("/").append(address.serial);
}

std::optional<CloudAddress> parse(std::string_view prefix, std::string_view topic) noexcept {
  if (!topic.starts_with(prefix)) return std::nullopt;
  topic.remove_prefix(prefix.size());
  const std::size_t slash = topic.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const CloudAddress address{.model = topic.substr(0, slash), .serial = topic.substr(slash + 1)};
  if (!is_topic_part(address.model) || !is_topic_part(address.serial)) return std::nullopt;
  return address;
}

}  // namespace

std::string from_station_topic(CloudAddress address) {
  return compose(kFromStation, address);
}
std::string to_station_topic(CloudAddress address) {
  return compose(kToStation, address);
}

std::optional<CloudAddress> parse_from_station_topic(std::string_view topic) noexcept {
  return parse(kFromStation, topic);
}

std::optional<CloudAddress> parse_to_station_topic(std::string_view topic) noexcept {
  return parse(kToStation, topic);
}

bool is_topic_part(std::string_view part) noexcept {
  return !part.empty() && part.size() <= kMaxPart && std::all_of(part.begin(), part.end(), is_part_character);
}

}  // namespace bluetti::protocol
