// SPDX-License-Identifier: MIT
#include "gateway/daemon/start.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

#include "gateway/config/readable_files.h"
#include "gateway/sign_in/sign_in_access.h"
#include "gateway/transport/certificate_access.h"

namespace bluetti::gateway {
namespace {

// Forgets what a running gateway has no use for, since there may be many stations: where a setting stands, which is for
// `check`; of a station's settings those that it has from elsewhere, where a change is logged once for all; and the
// wishes for a model that is known.
void forget_details(Config& config) {
  const auto place = [](const Setting& setting) { return std::pair(setting.where.line, setting.where.column); };
  const auto is_of_station = [](const Setting& setting) { return setting.name.starts_with("station."); };
  std::set<std::pair<std::uint32_t, std::uint32_t>> elsewhere;
  for (const Setting& setting : config.settings) {
    if (setting.where.line != 0 && !is_of_station(setting)) elsewhere.insert(place(setting));
  }
  std::erase_if(config.settings,
                [&](const Setting& setting) { return is_of_station(setting) && elsewhere.contains(place(setting)); });
  for (Setting& setting : config.settings) setting.where = {};
  config.settings.shrink_to_fit();
  for (StationConfig& station : config.stations) {
    if (station.model != nullptr && !station.automatic) station.wishes = {};
  }
}

}  // namespace

std::variant<Loaded, std::vector<schemas::Problem>> load_files(const std::filesystem::path& file, Stations stations) {
  const Environment environment = Environment::of_process();
  auto catalog = std::make_shared<schemas::Catalog>(schemas::Catalog::load(schema_folders_of(file, environment)));
  ConfigResult result = load_config(file, environment, *catalog, stations);
  if (auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) return std::move(*problems);
  Config& config = std::get<Config>(result);
  forget_details(config);
  return Loaded{std::move(catalog), std::make_shared<Config>(std::move(config))};
}

void log_warnings(const Loaded& loaded) {
  for (const schemas::Problem& problem : loaded.catalog->problems()) spdlog::warn("schema refused: {}", problem.text());
  for (const schemas::Problem& problem : loaded.config->warnings) spdlog::warn("{}", problem.text());
  for (const std::string& message : readable_keys(*loaded.config)) spdlog::warn("{}", message);
}

namespace {

std::optional<AccessMaker> make_access_maker(const AccountConfig& account) {
  if (account.sign_in) {
    return [account](Link link, const EventSink& sink) { return std::make_unique<SignInAccess>(link, account, sink); };
  }
  auto loaded = load_identity_of(account);
  if (const auto* problem = std::get_if<std::string>(&loaded)) {
    spdlog::error("[cloud {}] {}", account.id, *problem);
    return std::nullopt;
  }
  return [account, identity = std::get<SharedIdentity>(loaded)](Link link, const EventSink& sink) {
    return make_certificate_access(account, link, sink, identity);
  };
}

void warn_of_unchecked_server(const AccountConfig& account) {
  if (!account.url.tls || account.tls.verify != Verify::none) return;
  spdlog::warn(
      "[cloud {}] verify = \"none\": whoever answers at {} is believed to be the broker; \"pinned\" or `ca` "
      "keep others out",
      account.id, account.url.text());
}

}  // namespace

std::optional<AccessMakers> make_access_makers(const Config& config, const AccessMakers& known) {
  AccessMakers makers;
  bool good = true;
  for (const AccountConfig& account : config.accounts) {
    if (const auto same = known.find(account.id); same != known.end()) {
      makers.insert(*same);
      continue;
    }
    warn_of_unchecked_server(account);
    auto maker = make_access_maker(account);
    good = good && maker;
    if (maker) makers.emplace(account.id, *std::move(maker));
  }
  if (!good) return std::nullopt;
  return makers;
}

}  // namespace bluetti::gateway
