// SPDX-License-Identifier: MIT
// The parts of load_config(): each reads its tables out of the root and into `config`. `root` knows which keys were
// asked for; what is wrong goes into `reading`.
#pragma once

#include <array>

#include "gateway/config/section.h"

namespace bluetti::gateway {

void read_local(Section& root, Reading& reading, LocalConfig& local);
void read_discovery(Section& root, Reading& reading, const LocalConfig& local, DiscoveryConfig& discovery);
void read_log(Section& root, Reading& reading, LogConfig& log);
void read_publish(Section& root, Reading& reading, const schemas::Catalog& catalog, PublishConfig& publish);
void read_state(Section& root, Reading& reading, std::filesystem::path& file);
void read_health(Section& root, Reading& reading, std::filesystem::path& file);
void read_record(Section& root, Reading& reading, RecordConfig& record);
void read_sinks(Section& root, Reading& reading, std::vector<SinkConfig>& sinks);
// After the state file, beside which the audit is.
void read_control(Section& root, Reading& reading, const Config& config, ControlConfig& control);
// After the control, without which nothing can be changed there either.
void read_http(Section& root, Reading& reading, const ControlConfig& control, HttpConfig& http);
// `via` and `lan` of a station, and what they need of its model and account.
void read_ways(Section& section, Reading& reading, StationConfig& station);
void check_ways(Section& section, const schemas::Catalog& catalog, const StationConfig& station);
// `consent` and `limits` of a station.
void read_consent(Section& section, StationConfig& station);
void read_limits(Section& section, Reading& reading, StationConfig& station);
// After the local broker and the files that are written, which a shard has for itself.
void read_gateway(Section& root, Reading& reading, Config& config);
void read_schema_folders(Section& root, Reading& reading, std::vector<std::filesystem::path>& folders);
void read_accounts(Section& root, Reading& reading, std::vector<AccountConfig>& accounts);
// After the accounts, which stations name.
void read_stations(Section& root, Reading& reading, const schemas::Catalog& catalog, Config& config);

inline constexpr std::array<std::string_view, 4> kVerifyNames{"full", "chain", "pinned", "none"};  // in Verify's order
// `ca`, `verify`, `security_level`. `ways`: those of kVerifyNames that can be chosen here.
void read_tls(Section& section, TlsConfig& tls, std::span<const std::string_view> ways);

// A SHA-256 fingerprint as programs print it, "AB:CD:...", or plain: 64 lower-case digits. Nothing: it is none.
[[nodiscard]] std::optional<std::string> parse_fingerprint(std::string_view text);

// An id of a station or account: a word of [a-z0-9_] that no other in `taken` has. Empty if missing or refused.
[[nodiscard]] std::string read_id(Section& section, std::vector<Section::Text>& taken, std::string_view what);

// The model of a station on the local network whose model is to be found out.
inline constexpr std::string_view kAnyLanModel = "lan";

// Fields of any block, and the units they are measured in.
[[nodiscard]] std::vector<std::string> names_of_values(const schemas::Catalog& catalog);
// The one that is meant: a variable's name is in capitals, a unit need not be, so that there the case does not matter.
[[nodiscard]] std::string name_meant(const Entry& entry, const std::vector<std::string>& names);
// The layers' `when_old`, the weakest first.
[[nodiscard]] std::vector<WhenOldWishes> read_when_old(Section& section, Reading& reading,
                                                       const schemas::Catalog& catalog);

// The layers' `poll` tables, the weakest first. `model`: what the station's own table is checked against, if it is
// known.
[[nodiscard]] std::vector<PollWishes> read_poll(Section& section, Reading& reading, const schemas::Model* model,
                                                const schemas::Catalog& catalog);

}  // namespace bluetti::gateway
