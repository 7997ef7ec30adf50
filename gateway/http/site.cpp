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
  answer.content_type = kJsonType;
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

Site::Site(const HttpConfig& config, std::string language, const History& history, std::string epoch, WallTime start,
           std::shared_ptr<SetupDesk> desk)
    : access_(config),
      desk_(std::move(desk)),
      language_(std::move(language)),
      history_(history),
      events_(std::move(epoch)) {
  figures_.start_time = std::chrono::duration<double>(start.time_since_epoch()).count();
}

const std::vector<Site::Route>& Site::routes() {
  static const std::vector<Route> kRoutes{
      {"/", Kind::page, true, &Site::first_page},
      {"/stations/{id}", Kind::page, true, &Site::page_of_station},
      {"/log", Kind::page, false, &Site::page_of_log},
      {"/setup", Kind::page, true, &Site::page_of_setup},
      {"/setup/{id}", Kind::page, true, &Site::page_of_setup_step},
      {"/setup/{id}", Kind::posted, true, &Site::post_setup},
      {"/sign-in", Kind::open, false, &Site::page_of_sign_in},
      {"/sign-in", Kind::posted, false, &Site::post_sign_in},
      {"/assets/{id}", Kind::open, false, &Site::asset_file},
      {"/stations/{id}/set", Kind::posted, true, &Site::post_change},
      {"/healthz", Kind::interface, false, &Site::health},
      {"/readyz", Kind::interface, true, &Site::readiness},
      {"/metrics", Kind::interface, true, &Site::metrics},
      {"/api/v1/status", Kind::interface, true, &Site::status},
      {"/api/v1/stations", Kind::interface, true, &Site::stations},
      {"/api/v1/stations/{id}", Kind::interface, true, &Site::station},
      {"/api/v1/stations/{id}/history", Kind::interface, true, &Site::station_history},
      {"/api/v1/stations/{id}/set", Kind::posted, true, &Site::post_change},
      {"/api/v1/events", Kind::interface, true, &Site::stream},
      {"/api/v1/openapi.json", Kind::interface, false, &Site::interface},
  };
  return kRoutes;
}

std::vector<std::string> Site::interface_paths() {
  std::vector<std::string> paths;
  for (const Route& route : routes()) {
    if (route.kind == Kind::interface || route.path.starts_with("/api/")) paths.emplace_back(route.path);
  }
  return paths;
}

Site::Outcome Site::answer(const Request& request, TimePoint loop_seen, TimePoint now) {
  ++figures_.requests;
  const bool is_posted = request.method == "POST";
  bool is_known = false;
  for (const Route& route : routes()) {
    const auto id = match(route.path, request.path);
    if (!id) continue;
    is_known = true;
    if (is_posted == (route.kind == Kind::posted)) return answer(route, *id, request, loop_seen, now);
  }
  if (auto refused = access_.refuse(request, true, now)) return *std::move(refused);
  if (!is_known) return text_answer(404, "There is nothing at this path.\n");
  return text_answer(405, "This path is not for this method.\n");
}

std::optional<Answer> Site::refuse(const Route& route, const Request& request, TimePoint now) {
  auto refused = access_.refuse(request, route.kind == Kind::open || route.kind == Kind::posted, now);
  if (!refused || refused->status != 401 || route.kind != Kind::page) return refused;
  Answer answer = text_answer(303, "Sign in first.\n");
  const bool is_below = request.path.find('/', 1) != std::string::npos;
  answer.headers.emplace_back("Location", is_below ? "../sign-in" : "sign-in");
  return answer;
}

Site::Outcome Site::answer(const Route& route, std::string_view id, const Request& request, TimePoint loop_seen,
                           TimePoint now) {
  if (auto refused = refuse(route, request, now)) return *std::move(refused);
  if (route.kind != Kind::posted && request.method != "GET" && request.method != "HEAD") {
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
Answer Site::rendered(const std::string& key, std::string_view content_type,
                      const std::function<std::string()>& render) {
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
  return rendered("status", kJsonType, [&] { return status_json(*snapshot_); });
}

Site::Outcome Site::stations(const Match&) {
  return rendered("stations", kJsonType, [&] { return stations_json(*snapshot_); });
}

Site::Outcome Site::station(const Match& match) {
  const StationView* station = find_station(match.id);
  if (station == nullptr) return no_station();
  const std::string_view language = language_of(match.request);
  return rendered(fmt::format("station {} {}", language, match.id), kJsonType, [&] {
    return station_json(*snapshot_, *station, discovery::Language::named(language).value_or(discovery::Language()));
  });
}

Site::Outcome Site::station_history(const Match& match) {
  if (find_station(match.id) == nullptr) return no_station();
  return rendered(fmt::format("history {}", match.id), kJsonType, [&] { return history_json(history_.of(match.id)); });
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
  Answer answer{.content_type = kJsonType, .body = kDocument, .headers = {{"ETag", kTag}}};
  if (match.request.headers.if_none_match == kTag)
    answer = {.status = 304, .body = std::make_shared<std::string>(), .headers = {{"ETag", kTag}}};
  return answer;
}

}  // namespace bluetti::gateway::http
