// SPDX-License-Identifier: MIT
#include "gateway/http/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/base/digests.h"
#include "gateway/http/api.h"
#include "gateway/http/assets.h"
#include "gateway/http/json_text.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kVariable = "{id}";

// What the variable part of a path is, if it fits.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  const std::size_t at = pattern.find(kVariable);
  if (at == std::string_view::npos) return pattern == path ? std::optional(std::string_view()) : std::nullopt;
  const std::string_view front = pattern.substr(0, at);
  const std::string_view back = pattern.substr(at + kVariable.size());
  if (path.size() <= front.size() + back.size() || !path.starts_with(front) || !path.ends_with(back)) {
    return std::nullopt;
  }
  const std::string_view id = path.substr(front.size(), path.size() - front.size() - back.size());
  return id.find('/') == std::string_view::npos ? std::optional(id) : std::nullopt;
}

Answer json_answer(int status, std::string text) {
  Answer answer = text_answer(status, std::move(text));
  answer.content_type = kJson;
  return answer;
}

Answer no_station() {
  return json_answer(404, error_json("there is no station of this id; /api/v1/stations lists them"));
}

}  // namespace

std::string_view asset(std::string_view name) {
  const auto files = embedded_files();
  const auto found = std::ranges::find(files, name, &schemas::EmbeddedFile::path);
  return found == files.end() ? std::string_view() : found->text;
}

Site::Site(const HttpConfig& config, std::string language, const History& history, std::string epoch, WallTime start)
    : access_(config), language_(std::move(language)), history_(history), events_(std::move(epoch)) {
  figures_.start_time = std::chrono::duration<double>(start.time_since_epoch()).count();
}

const std::vector<Site::Route>& Site::routes() {
  static const std::vector<Route> kRoutes{
      {"/healthz", false, false, &Site::health},
      {"/readyz", false, true, &Site::readiness},
      {"/metrics", false, true, &Site::metrics},
      {"/api/v1/status", false, true, &Site::status},
      {"/api/v1/stations", false, true, &Site::stations},
      {"/api/v1/stations/{id}", false, true, &Site::station},
      {"/api/v1/stations/{id}/history", false, true, &Site::station_history},
      {"/api/v1/events", false, true, &Site::stream},
      {"/api/v1/openapi.json", false, false, &Site::interface},
  };
  return kRoutes;
}

std::vector<std::string> Site::interface_paths() {
  std::vector<std::string> paths;
  for (const Route& route : routes()) paths.emplace_back(route.path);
  return paths;
}

Site::Outcome Site::answer(const Request& request, TimePoint loop_seen, TimePoint now) {
  ++figures_.requests;
  for (const Route& route : routes()) {
    if (const auto id = match(route.path, request.path)) return answer(route, *id, request, loop_seen, now);
  }
  if (auto refused = access_.refuse(request, true, now)) return *std::move(refused);
  return text_answer(404, "There is nothing at this path.\n");
}

Site::Outcome Site::answer(const Route& route, std::string_view id, const Request& request, TimePoint loop_seen,
                           TimePoint now) {
  if (auto refused = access_.refuse(request, route.is_public, now)) return *std::move(refused);
  if (request.method != "GET" && request.method != "HEAD") {
    Answer answer = text_answer(405, "Only GET and HEAD.\n");
    answer.headers.emplace_back("Allow", "GET, HEAD");
    return answer;
  }
  if (now > loop_seen + kStandstill) return text_answer(503, "The gateway has stood still for half a minute.\n");
  const bool is_fresh = snapshot_ && (request.waited || now <= snapshot_->at + kFresh);
  if (route.needs_snapshot && !is_fresh) return NeedsSnapshot{};
  return (this->*route.answer)({request, id, now});
}

std::string_view Site::language_of(const Request& request) const {
  for (const std::string_view wanted :
       {std::string_view(request.query), std::string_view(request.headers.accept_language)}) {
    if (wanted.starts_with("de")) return "de";
    if (wanted.starts_with("en")) return "en";
  }
  return language_;
}

const StationView* Site::find_station(std::string_view id) const {
  const auto found = std::ranges::find_if(snapshot_->stations, [id](const auto& one) { return one->id == id; });
  return found == snapshot_->stations.end() ? nullptr : found->get();
}

// A flood of requests costs no more than one.
Answer Site::rendered(const std::string& key, std::string_view content_type, const auto& render) {
  auto& text = rendered_[key];
  if (!text) text = std::make_shared<const std::string>(render());
  return {.content_type = content_type, .body = text, .headers = {}};
}

Site::Outcome Site::health(const Match&) {
  return text_answer(200, "ok\n");
}

Site::Outcome Site::readiness(const Match&) {
  if (snapshot_->problems.empty()) return text_answer(200, "ok\n");
  std::string text;
  for (const std::string& problem : snapshot_->problems) text += problem + '\n';
  return text_answer(503, std::move(text));
}

Site::Outcome Site::metrics(const Match& match) {
  const MetricsFormat format = metrics_format(match.request.headers.accept);
  return rendered(fmt::format("metrics {}", static_cast<int>(format)), content_type_of(format), [&] {
    ProcessFigures figures = figures_of_process();
    figures.start_time = figures_.start_time;
    figures.event_streams = figures_.event_streams;
    figures.requests = figures_.requests;
    figures.refused_tokens = access_.wrong_tokens().count();
    return metrics_text(*snapshot_, figures, format);
  });
}

Site::Outcome Site::status(const Match&) {
  return rendered("status", kJson, [&] { return status_json(*snapshot_); });
}

Site::Outcome Site::stations(const Match&) {
  return rendered("stations", kJson, [&] { return stations_json(*snapshot_); });
}

Site::Outcome Site::station(const Match& match) {
  const StationView* station = find_station(match.id);
  if (station == nullptr) return no_station();
  const std::string_view language = language_of(match.request);
  return rendered(fmt::format("station {} {}", language, match.id), kJson, [&] {
    return station_json(*snapshot_, *station, discovery::Language::named(language).value_or(discovery::Language()));
  });
}

Site::Outcome Site::station_history(const Match& match) {
  if (find_station(match.id) == nullptr) return no_station();
  return rendered(fmt::format("history {}", match.id), kJson, [&] { return history_json(history_.of(match.id)); });
}

Site::Outcome Site::stream(const Match& match) {
  OpenStream open{.after = 0, .begin = "retry: 2000\n\n"};
  const std::string& last = match.request.headers.last_event_id;
  if (!events_.resume(last, open.after) && !last.empty()) open.begin += events_.reset();
  return open;
}

Site::Outcome Site::interface(const Match& match) {
  static const auto kDocument = std::make_shared<const std::string>(asset("openapi.json"));
  static const std::string kTag = '"' + sha256_hex(*kDocument).substr(0, 16) + '"';
  Answer answer{.content_type = kJson, .body = kDocument, .headers = {{"ETag", kTag}}};
  if (match.request.headers.if_none_match == kTag)
    answer = {.status = 304, .body = std::make_shared<std::string>(), .headers = {{"ETag", kTag}}};
  return answer;
}

void Site::use(SnapshotPointer snapshot, std::size_t streams) {
  const SnapshotPointer before = std::exchange(snapshot_, std::move(snapshot));
  rendered_.clear();
  figures_.event_streams = streams;
  if (streams > 0 && before) tell_changes(*before);
  if (streams == 0 && told_) events_.clear();
  told_ = streams > 0;
}

void Site::tell_changes(const Snapshot& before) {
  for (const StationPointer& station : snapshot_->stations) tell_changes(before, station);
  if (before.stations.size() != snapshot_->stations.size()) events_.add("shape", R"({"station":null})");
  for (const AccountView& account : snapshot_->accounts) {
    const auto was = std::ranges::find(before.accounts, account.id, &AccountView::id);
    std::string now = account_json(account);
    if (was == before.accounts.end() || account_json(*was) != now) events_.add("account", now);
  }
  if (before.problems != snapshot_->problems || before.local.connected != snapshot_->local.connected) {
    std::string status = status_json(*snapshot_);
    status.pop_back();
    events_.add("status", status);
  }
}

void Site::tell_changes(const Snapshot& before, const StationPointer& now) {
  const auto was = std::ranges::find_if(before.stations, [&](const auto& one) { return one->id == now->id; });
  if (was != before.stations.end() && *was == now) return;
  if (was == before.stations.end() || is_of_another_shape(**was, *now)) {
    events_.add("shape", "{\"station\":" + json_string(now->id) + "}");
  }
  const std::string changes = changes_json(*snapshot_, was == before.stations.end() ? nullptr : was->get(), *now);
  if (!changes.empty()) events_.add("values", changes);
}

}  // namespace bluetti::gateway::http
