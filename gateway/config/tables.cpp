// SPDX-License-Identifier: MIT
// [local], [discovery], [log], [state], [health], [record] and [schemas].
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <array>

#include "discovery/language.h"
#include "gateway/base/host_port.h"
#include "gateway/config/parts.h"

namespace bluetti::gateway {
namespace {

constexpr int kSecondsOfDay = 86400;
constexpr std::size_t kLongestPrefix = 200;  // what follows must find room in the 65,535 bytes of a topic

// A part of topics that others are put behind.
std::string_view fault_of_topic_prefix(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.size() > kLongestPrefix) return "must not be longer than 200 bytes";
  if (text.find_first_of("+#") != std::string_view::npos) return "must not hold the wildcards '+' and '#'";
  if (text.front() == '/' || text.back() == '/') return "must not begin or end with '/'";
  if (text.front() == '$') return "must not begin with '$', which is the broker's own";
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::any_of(text.begin(), text.end(), control)) return "must not hold control characters";
  return {};
}

void read_topic_prefix(Section& section, std::string_view key, std::string& to) {
  const auto given = section.text(key);
  section.tell_default(key, to);
  if (!given) return;
  const std::string_view fault = fault_of_topic_prefix(given->value);
  if (fault.empty()) {
    to = given->value;
  } else {
    section.refuse(*given, fault);
  }
}

// The path of a socket, as the system can take it.
void read_unix_socket(Section& section, const Section::Text& given, std::string_view path, BrokerUrl& url) {
  if (!path.starts_with('/') || path.size() >= sizeof(sockaddr_un::sun_path)) {
    return section.refuse(
        given, fmt::format("'{}' is not a Unix socket's URL; write unix:///path, of at most {} letters", given.value,
                           sizeof(sockaddr_un::sun_path) - 1));
  }
  url = {.host = std::string(path), .port = 0, .tls = false};
}

// One broker that is found at several addresses. Login and TLS are the same at each.
void read_addresses(Section& section, LocalConfig& local) {
  const std::vector<Section::Text> texts = section.texts("url");
  if (texts.empty()) return section.refuse(section.place_of("url"), "url", "must name at least one address");
  std::vector<BrokerUrl> urls;
  for (const Section::Text& given : texts) {
    auto url = section.url(given);
    if (!url) continue;
    if (!urls.empty() && url->tls != urls.front().tls) {
      section.refuse(given, "all addresses must be mqtt://, or all mqtts://");
    } else {
      urls.push_back(*std::move(url));
    }
  }
  if (urls.empty()) return;
  local.url = std::move(urls.front());
  local.more_urls.assign(std::make_move_iterator(urls.begin() + 1), std::make_move_iterator(urls.end()));
}

// "http://supervisor" asks Home Assistant's Supervisor for the broker.
void read_broker(Section& section, Reading& reading, LocalConfig& local) {
  if (section.is_array("url")) return read_addresses(section, local);
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kUnix = "unix://";
  const auto given = section.text("url");
  if (given && given->value.starts_with(kUnix)) {
    return read_unix_socket(section, *given, std::string_view(given->value).substr(kUnix.size()), local.url);
  }
  if (!given || !given->value.starts_with(kHttp)) {
    if (auto url = section.url("url")) local.url = *std::move(url);
    return;
  }
  auto host = parse_host_port(std::string_view(given->value).substr(kHttp.size()), 80);
  if (!host)
    return section.refuse(*given, fmt::format("'{}' is not a Supervisor's URL; write http://supervisor", given->value));
  auto token = reading.environment.variable("SUPERVISOR_TOKEN");
  if (!token) {
    return section.refuse(*given, "SUPERVISOR_TOKEN is not set: only an App of Home Assistant has a Supervisor to ask");
  }
  local.supervisor = {.host = std::move(host->host), .port = host->port, .token = Secret(*std::move(token))};
}

Section section_of(Section& root, Reading& reading, std::string_view name) {
  return {reading, std::string(name), root.table(name)};
}

}  // namespace

void read_tls(Section& section, TlsConfig& tls, std::span<const std::string_view> ways) {
  section.read("ca", tls.authorities);
  if (const auto verify = section.choice("verify", ways)) {
    tls.verify = static_cast<Verify>(std::ranges::find(kVerifyNames, ways[*verify]) - kVerifyNames.begin());
  }
  section.tell_default("verify", std::string(kVerifyNames[static_cast<std::size_t>(tls.verify)]));
  if (const auto level = section.integer("security_level", 0, 5)) tls.security_level = static_cast<int>(*level);
}

// What a gateway that is gone has left behind vanishes, by MQTT 5; what one that is there says must not.
void read_protocol(Section& section, LocalConfig& local) {
  static constexpr std::array<std::string_view, 2> kProtocols{"3.1.1", "5"};  // in the order of MqttProtocol
  if (const auto protocol = section.choice("protocol", kProtocols)) {
    local.protocol = static_cast<MqttProtocol>(*protocol);
  }
  section.tell_default("protocol", std::string(kProtocols[static_cast<std::size_t>(local.protocol)]));
  const auto expiry = section.integer("message_expiry", 0, kSecondsOfDay * std::int64_t{365});
  if (local.protocol != MqttProtocol::v5) {
    if (expiry) section.refuse(section.place_of("message_expiry"), "message_expiry", "needs `protocol = \"5\"`");
    return;
  }
  local.expires_by_interval = !expiry;
  local.message_expiry = std::chrono::seconds(expiry.value_or(0));
  section.tell_default("message_expiry", "by interval");
  if (local.expires_by_interval && local.heartbeat.count() == 0) {
    section.refuse(section.place_of("heartbeat"), "heartbeat",
                   "must not be 0 with `protocol = \"5\"`: values that stand still would vanish; `message_expiry = 0` "
                   "keeps them");
  }
  const bool is_refreshed = local.heartbeat.count() > 0 && local.heartbeat < local.message_expiry;
  if (local.message_expiry.count() == 0 || is_refreshed) return;
  section.refuse(section.place_of("message_expiry"), "message_expiry",
                 fmt::format("the heartbeat, {} s, must be shorter than message_expiry, {} s, and not 0: values that "
                             "stand still would vanish",
                             local.heartbeat.count(), local.message_expiry.count()));
}

void read_local(Section& root, Reading& reading, LocalConfig& local) {
  Section section = section_of(root, reading, "local");
  read_broker(section, reading, local);
  section.tell_default("url", local.broker());
  read_topic_prefix(section, "base", local.base);
  section.read("username", local.username);
  const bool has_password = section.read_secret("password", local.password);
  local.has_client_id = !section.entries("client_id").empty();
  section.read("client_id", local.client_id);
  static constexpr std::array<std::string_view, 3> kWays{"full", "chain", "none"};
  read_tls(section, local.tls, kWays);
  section.read("certificate", local.certificate);
  section.read("key", local.key);
  section.read("json_state", local.json_state);
  section.read("requests", local.requests);
  section.read("counters", local.counters);
  section.read("heartbeat", local.heartbeat, 0, kSecondsOfDay);
  if (const auto qos = section.integer("qos", 0, 1)) local.qos = static_cast<int>(*qos);
  section.tell_default("qos", "0");
  read_protocol(section, local);

  if (has_password && !local.password.empty() && local.username.empty()) {
    section.require("username", "MQTT has no password without a user name");
  }
  if (!local.key.empty() && local.certificate.empty()) section.require("certificate", "'key' belongs to one");
  section.finish();
}

namespace {

// Home Assistant refuses a whole document for a link that it does not know how to open.
void read_page(Section& section, std::string& page) {
  const auto given = section.text("configuration_url");
  section.tell_default("configuration_url", page);
  if (!given) return;
  const std::string& url = given->value;
  const auto is_one = [&url](std::string_view scheme) { return url.starts_with(scheme) && url.size() > scheme.size(); };
  if (is_one("http://") || is_one("https://") || is_one("homeassistant://")) {
    page = url;
  } else {
    section.refuse(*given, fmt::format("'{}' is not a link for Home Assistant; write http://, https:// or "
                                       "homeassistant:// and the address",
                                       url));
  }
}

}  // namespace

void read_discovery(Section& root, Reading& reading, const LocalConfig& local, DiscoveryConfig& discovery) {
  Section section = section_of(root, reading, "discovery");
  section.read("enabled", discovery.enabled);
  read_topic_prefix(section, "prefix", discovery.prefix);
  read_topic_prefix(section, "birth_topic", discovery.birth_topic);
  section.read("birth_payload", discovery.birth_payload);
  const std::vector<std::string> codes = discovery::Language::codes();
  const std::vector<std::string_view> languages(codes.begin(), codes.end());
  if (const auto language = section.choice("language", languages)) discovery.language = codes[*language];
  section.tell_default("language", discovery.language);

  section.read("totals", discovery.totals);
  section.read("clear_leftovers", discovery.clear_leftovers);
  section.read("expire_after", discovery.expire_after);
  if (discovery.expire_after && local.heartbeat.count() == 0) {
    section.refuse(section.place_of("expire_after"), "expire_after",
                   "needs a heartbeat in [local]: values that stand still would become unavailable");
  }
  read_page(section, discovery.page);

  if (discovery.prefix == local.base) {
    section.refuse(section.text("prefix") ? section.place_of("prefix") : root.place_of("local"), "prefix",
                   fmt::format("'{}' is also local.base; the stations' topics need a place of their own", local.base));
  }
  section.finish();
}

namespace {

void read_log_levels(Section& section, Reading& reading, LogConfig& log) {
  const Table* table = section.table("levels");
  if (table == nullptr) return;
  Section levels(reading, "log.levels", table);
  for (const std::string_view area : kLogAreas) {
    if (const auto level = levels.choice(area, kLogLevels)) log.levels.emplace(area, kLogLevels[*level]);
  }
  levels.finish();
}

}  // namespace

void read_log(Section& root, Reading& reading, LogConfig& log) {
  static constexpr std::array<std::string_view, 2> kFormats{"text", "json"};  // in the order of LogFormat
  static constexpr std::array<std::string_view, 2> kSerials{"short", "full"};
  Section section = section_of(root, reading, "log");
  if (const auto level = section.choice("level", kLogLevels)) log.level = kLogLevels[*level];
  if (const auto format = section.choice("format", kFormats)) log.format = static_cast<LogFormat>(*format);
  if (const auto serials = section.choice("serials", kSerials)) log.full_serials = *serials == 1;
  section.tell_default("level", log.level);
  section.tell_default("format", std::string(kFormats[static_cast<std::size_t>(log.format)]));
  section.tell_default("serials", std::string(kSerials[log.full_serials ? 1 : 0]));
  read_log_levels(section, reading, log);
  section.finish();
}

namespace {

// "gateway.toml" -> "gateway.state.json", beside it.
std::filesystem::path beside(const std::filesystem::path& config, std::string_view name) {
  return config.parent_path() / fmt::format("{}.{}.json", config.stem().string(), name);
}

// A file of the gateway's own. By default it lies in the folder that the service manager or the container image gives
// in `variable`, else beside the configuration.
void read_own_file(Section& root, Reading& reading, std::string_view name, std::string_view variable,
                   std::filesystem::path& file) {
  Section section = section_of(root, reading, name);
  const auto folder = reading.environment.variable(std::string(variable));
  file = folder ? std::filesystem::path(*folder) / fmt::format("{}.json", name) : beside(reading.file, name);
  if (folder) section.tell("file", file.string(), {std::string(variable), 0, 0});
  section.read("file", file);
  section.finish();
}

}  // namespace

std::filesystem::path default_state_file(const std::filesystem::path& config) {
  return beside(config, "state");
}

void read_state(Section& root, Reading& reading, std::filesystem::path& file) {
  read_own_file(root, reading, "state", "STATE_DIRECTORY", file);
}

// In memory, where there is a folder for that.
void read_health(Section& root, Reading& reading, std::filesystem::path& file) {
  read_own_file(root, reading, "health", "RUNTIME_DIRECTORY", file);
}

void read_record(Section& root, Reading& reading, RecordConfig& record) {
  constexpr std::int64_t kMegabyte = 1'000'000;
  Section section = section_of(root, reading, "record");
  section.read("file", record.file);
  if (const auto most = section.integer("max_megabytes", 1, 100'000)) {
    record.most_bytes = static_cast<std::uint64_t>(*most * kMegabyte);
  }
  section.tell_default("max_megabytes", fmt::format("{}", record.most_bytes / kMegabyte));
  section.finish();
}

void read_schema_folders(Section& root, Reading& reading, std::vector<std::filesystem::path>& folders) {
  Section section = section_of(root, reading, "schemas");
  section.read("folders", folders);
  for (const auto& folder : folders) {
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) continue;
    section.refuse(section.place_of("folders"), "folders", fmt::format("{} is not a folder", folder.string()));
  }
  section.finish();
}

}  // namespace bluetti::gateway
