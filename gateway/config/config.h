// SPDX-License-Identifier: MIT
// The configuration, checked and resolved: no key missing, no name unknown, every `${NAME}` and `*_file` replaced.
// docs/configuration.md lists the keys. Start-up only; one thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/secret.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

// mqtt://host:port or mqtts://host:port; default ports 1883 and 8883.
struct BrokerUrl {
  std::string host;  // or the path of a Unix socket
  std::uint16_t port = 1883;
  bool tls = false;
  std::string address = {};  // of a host that has several: the one that is meant

  [[nodiscard]] bool is_unix_socket() const { return port == 0; }
  // What to connect to; the certificate names the host all the same.
  [[nodiscard]] const std::string& place() const { return address.empty() ? host : address; }
  // "mqtts://host:port", IPv6 in brackets; "mqtts://host:port (192.0.2.1)"; "unix:///path"
  [[nodiscard]] std::string text() const;
};
[[nodiscard]] std::optional<BrokerUrl> parse_broker_url(std::string_view text);

// How far the server's certificate is checked.
enum class Verify : std::uint8_t {
  full,    // chain and host name
  chain,   // chain only: for a broker whose certificate names another host
  pinned,  // the one certificate that was seen first, or whose `fingerprint` is given
  none     // not at all; said so at every start
};

struct TlsConfig {
  std::filesystem::path authorities;  // `ca`: PEM; empty: the system's, or those inside the PKCS#12
  Verify verify = Verify::full;
  std::optional<int> security_level;  // OpenSSL's; lowered only by this explicit key
  std::string fingerprint;            // SHA-256 of the only certificate to accept, 64 hexadecimal digits; or empty
};

enum class MqttProtocol : std::uint8_t { v3_1_1, v5 };

// Home Assistant's Supervisor, which knows the broker of its Apps.
struct SupervisorConfig {
  std::string host;
  std::uint16_t port = 80;
  Secret token;
};

struct LocalConfig {
  std::optional<SupervisorConfig> supervisor;  // names the broker, instead of `url`
  BrokerUrl url{.host = "127.0.0.1", .port = 1883, .tls = false};
  std::vector<BrokerUrl> more_urls;  // where the same broker is found too, as the nodes of a cluster are
  std::string base = "bluetti";
  std::string bridge = "bridge";  // the gateway's own topics, below the base; of a shard "bridge/2"
  std::string username;
  Secret password;
  std::string client_id = "bluetti-gateway";
  bool has_client_id = false;  // else something is added that no other installation has
  TlsConfig tls;
  std::filesystem::path certificate;  // PEM, with `key`
  std::filesystem::path key;
  bool json_state = false;
  bool requests = false;                // reads on demand are taken on <base>/bridge/request
  bool counters = false;                // those of each station are published, once a minute
  std::chrono::seconds heartbeat{300};  // full refresh; 0: never
  MqttProtocol protocol = MqttProtocol::v3_1_1;
  int qos = 0;                             // of values
  bool expires_by_interval = false;        // values expire by the interval at which they are read
  std::chrono::seconds message_expiry{0};  // else after so long, longer than the heartbeat; 0: they stay

  [[nodiscard]] std::string broker() const;  // for a person
};

struct DiscoveryConfig {
  bool enabled = true;
  std::string prefix = "homeassistant";
  std::string birth_topic = "homeassistant/status";
  std::string birth_payload = "online";
  std::string language = "en";  // of entity names and states
  bool totals = false;          // a device of all stations together
  bool clear_leftovers = true;  // of stations that are gone, found at the broker
  bool expire_after = false;    // Home Assistant itself takes a value for lost that is not told again in time
  std::string page;             // linked from the devices: http, https or homeassistant; empty: none
};

// Signing in to the vendor's account, instead of a certificate at hand. The keys are those of the vendor's app.
struct SignInConfig {
  std::string url = "https://gw.bluettipower.com";
  std::filesystem::path authorities;  // CA certificates of the service, PEM; empty: the system's
  std::string email;
  Secret password;
  Secret app_key;
  Secret totp_shared_key;
};

// By field name, topic path or unit; the first that fits in this order holds.
using PublishWishes = std::map<std::string, double, std::less<>>;

// What holds for values of a unit where the user has not said otherwise.
struct PublishDefault {
  std::string_view unit;
  double dead_band = 0;     // in that unit
  double relative = 0;      // of the value published last; the greater of the two holds
  double min_interval = 0;  // seconds; a change of kJump dead-bands does not wait for it
  static constexpr double kJump = 10;
};

// How restless a value may be on the local side.
struct PublishConfig {
  PublishWishes dead_band;               // a smaller change is not told, in the field's unit
  PublishWishes min_interval;            // seconds between two changes that are told
  std::vector<PublishDefault> defaults;  // by unit
  bool every_change = false;             // also told as it is, on <base>/<station>/raw/<path>
};

struct AccountConfig {
  std::string id;
  BrokerUrl url{.host = "iot.bluettipower.com", .port = 18760, .tls = true};
  bool has_url = false;  // given, not the default
  std::optional<SignInConfig> sign_in;
  std::filesystem::path certificate;  // PKCS#12, or PEM with `key`
  std::filesystem::path key;
  Secret certificate_password;
  bool has_certificate_password = false;  // also true for an empty one that was given
  std::string username;
  Secret password;
  std::string client_id;  // empty: made once and remembered
  TlsConfig tls;
  std::chrono::seconds offline_after{10};    // without a session, until its stations count as offline
  std::chrono::seconds answer_timeout{5};    // wait for the answer to one read
  std::chrono::seconds reconnect_delay{45};  // before the first try after a lost session
  std::chrono::seconds reconnect_delay_max{600};
  double backoff_factor = 2;      // each delay is so many times the one before it
  int requests_per_minute = 300;  // at most, for all stations together: about what the vendor's app asks for
};

// Seconds between reads, by poll group, block name or block number; kEverything names all blocks.
inline constexpr std::string_view kEverything;
inline constexpr double kOff = 0;      // does not exist for the gateway
inline constexpr double kPushed = -1;  // is never asked for, only taken when the station sends it by itself
using PollWishes = std::map<std::string, double, std::less<>>;

// What becomes of a value that has not been read for several intervals.
enum class WhenOld : std::uint8_t {
  keep,        // it stays as it was read last
  clear,       // its topic is emptied, as if the station had no such value
  unavailable  // it stays, and is told to be old: Home Assistant shows it as unavailable
};
// By topic path, field name or unit; the first that fits in this order holds. kEverything names all values.
using WhenOldWishes = std::map<std::string, WhenOld, std::less<>>;

// How far a number may be changed, narrower than the data allow.
struct SettingLimits {
  std::optional<double> min;
  std::optional<double> max;
  friend bool operator==(const SettingLimits&, const SettingLimits&) = default;
};

// Where a station answers Modbus TCP on the local network.
struct LanEndpoint {
  std::string host;
  std::uint16_t port = 502;
  std::optional<std::uint8_t> unit;  // instead of the model's
  friend bool operator==(const LanEndpoint&, const LanEndpoint&) = default;
};

struct StationConfig {
  std::string id;                                      // [a-z0-9_]+, its name in topics
  std::string name;                                    // shown to people
  std::string area;                                    // where Home Assistant first puts it; empty: nowhere
  double capacity = 0;                                 // of its battery in Wh, for totals; 0: not known
  const schemas::Model* model = nullptr;               // owned by the catalogue; nullptr: not known yet
  bool automatic = false;                              // `model = "auto"`: detected from what the station sends
  std::string cloud_model;                             // model part of its cloud topics; empty: to be detected
  std::string serial;                                  // numeric part of the serial number
  std::string account;                                 // AccountConfig::id; empty: it is not read through the cloud
  std::vector<schemas::Way> via{schemas::Way::cloud};  // the best first
  LanEndpoint lan;                                     // where one of them is `lan`
  std::vector<PollWishes> wishes;                      // the user's, the weakest first
  std::vector<WhenOldWishes> when_old;                 // likewise
  std::map<std::uint16_t, double> poll;  // seconds between reads, for every block that is polled; 0: only pushed
  std::vector<std::string> consents;     // kinds of settings that may be changed although they can hurt
  std::map<std::string, SettingLimits, std::less<>> limits;  // by the setting's path

  [[nodiscard]] bool goes_by(schemas::Way way) const { return std::ranges::find(via, way) != via.end(); }
};

inline constexpr std::array<std::string_view, 5> kLogLevels{"trace", "debug", "info", "warning", "error"};
enum class LogFormat : std::uint8_t { text, json };
// What a line is about: "[cloud home] ..." the cloud, "[local] ..." the local broker, "[living_room] ..." a station,
// and what has no brackets the gateway itself.
inline constexpr std::array<std::string_view, 4> kLogAreas{"gateway", "cloud", "local", "station"};
struct LogConfig {
  std::string level = "info";  // trace debug info warning error
  LogFormat format = LogFormat::text;
  std::map<std::string, std::string, std::less<>> levels;  // by area, over `level`
  bool full_serials = false;                               // not shortened
};

// What passes between gateway and cloud, written down without names, for reports and tests.
struct RecordConfig {
  std::filesystem::path file;             // empty: nothing is recorded
  std::uint64_t most_bytes = 50'000'000;  // then it stops
};

// Changing settings of stations. Off unless the owner says otherwise.
struct ControlConfig {
  bool enabled = false;
  int per_minute = 6;           // changes of one station, at most
  std::filesystem::path audit;  // a line for each change; empty: beside the state file
};

// The page, the interface for programs and the metrics. Off unless there is an address to listen on.
struct HttpConfig {
  std::string host;                // an address or "localhost"; empty: off
  std::uint16_t port = 8089;       // 0: one that is free
  Secret token;                    // asked of everybody but this machine and Home Assistant's ingress; empty: none
  bool control = false;            // settings may be changed there, with the token
  bool ingress = false;            // the Supervisor of Home Assistant passes on requests of users who have signed in
  std::vector<std::string> hosts;  // names by which browsers may call it, beside addresses and "localhost"
  [[nodiscard]] bool enabled() const { return !host.empty(); }
};

// Where values go besides the local broker: a file of JSON lines.
struct SinkConfig {
  std::filesystem::path file;
  std::uint64_t most_bytes = 10'000'000;  // then a new file is begun
  int files = 5;                          // that are kept, with the one that is written
  std::size_t queue = 10'000;             // changes that may wait for the disk
  bool drops_newest = false;              // when there is no more room; else the oldest
  friend bool operator==(const SinkConfig&, const SinkConfig&) = default;
};

// Where several gateways share the stations: this one is `index` of `count`.
enum class ShardKey : std::uint8_t { serial, account };
struct ShardConfig {
  int index = 0;  // from 0
  int count = 1;
  ShardKey key = ShardKey::serial;  // what stays together
  [[nodiscard]] bool is_one_of_several() const { return count > 1; }
};

// One value and where it comes from, for people and to see what a new configuration changes.
struct Setting {
  std::string name;         // "account.home.url"
  std::string value;        // for people: that of a secret is not told
  schemas::Location where;  // its place, or the environment variable without a line; empty: built in
  std::size_t digest = 0;   // differs when the value does, or what a secret or a file holds

  [[nodiscard]] std::string source() const;  // "gateway.toml:3:7", "BLUETTI_CERT_PASSWORD" or "built in"
};

struct Config {
  std::filesystem::path file;  // empty: built from options alone
  LocalConfig local;
  DiscoveryConfig discovery;
  PublishConfig publish;
  LogConfig log;
  RecordConfig record;
  ControlConfig control;
  HttpConfig http;
  std::vector<SinkConfig> sinks;
  ShardConfig shard;
  std::filesystem::path state_file;   // what is remembered between runs; empty: nothing
  std::filesystem::path health_file;  // by which others see how the gateway is; empty: none
  std::vector<std::filesystem::path> schema_folders;
  std::vector<AccountConfig> accounts;
  std::vector<StationConfig> stations;
  std::vector<schemas::Problem> warnings;  // worth saying, not worth refusing
  std::vector<Setting> settings;           // all of them, in the order in which they are read
};

// Seconds between reads for every block of the model that these ways read: its own intervals, overlaid by the wishes.
// In one table of wishes a block's number beats its name and that its group.
[[nodiscard]] std::map<std::uint16_t, double> resolve_poll(const schemas::Model& model, const schemas::Catalog& catalog,
                                                           const std::vector<PollWishes>& wishes,
                                                           const std::vector<schemas::Way>& ways = {
                                                               schemas::Way::cloud});

// Where values come from besides the file. Tests bring their own.
struct Environment {
  std::function<std::optional<std::string>(std::string_view name)> variable;
  std::function<std::vector<std::string>()> names;
  [[nodiscard]] static Environment of_process();
};

using ConfigResult = std::variant<Config, std::vector<schemas::Problem>>;

// What is wrong with a serial number, for people; empty: nothing.
[[nodiscard]] std::string fault_of_serial(std::string_view serial);

// Where it is remembered what was published, if neither the configuration nor systemd says so.
[[nodiscard]] std::filesystem::path default_state_file(const std::filesystem::path& config);

// Whether a configuration without any is of use.
enum class Stations : std::uint8_t {
  required,
  optional,
  or_page  // there may be none yet, and no account, where the page can add them
};

// Reads and resolves a configuration file. Relative paths are taken from the file's folder. All problems are told at
// once. The catalogue must outlive the result. `catalog` may be extended first by schema_folders_of().
[[nodiscard]] ConfigResult load_config(const std::filesystem::path& file, const Environment& environment,
                                       const schemas::Catalog& catalog, Stations stations = Stations::required);
[[nodiscard]] ConfigResult parse_config(std::string_view text, const std::filesystem::path& file,
                                        const Environment& environment, const schemas::Catalog& catalog,
                                        Stations stations = Stations::required);

// The user's schema folders, which must be known before models can be looked up. Empty if the file cannot be read or
// parsed: load_config() tells why.
[[nodiscard]] std::vector<std::filesystem::path> schema_folders_of(const std::filesystem::path& file,
                                                                   const Environment& environment);

// Where the health file is, of a configuration of which nothing else has to be right.
[[nodiscard]] std::variant<std::filesystem::path, schemas::Problem> health_file_of(const std::filesystem::path& file,
                                                                                   const Environment& environment);

}  // namespace bluetti::gateway
