// SPDX-License-Identifier: MIT
// What those who follow are told, and what those may change who have the token.
#include <fmt/format.h>

#include <algorithm>

#include "gateway/http/api.h"
#include "gateway/http/forms.h"
#include "gateway/http/json_text.h"
#include "gateway/http/pages.h"
#include "gateway/http/site.h"

namespace bluetti::gateway::http {
namespace {

bool is_from_program(const Request& request) {
  return request.path.starts_with("/api/");
}

std::string value_of(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

Answer program_answer(int status, std::string_view message) {
  Answer answer = text_answer(status, error_json(message));
  answer.content_type = kJsonType;
  return answer;
}

int status_of(std::string_view outcome) {
  constexpr int kConflict = 409;
  constexpr int kBadGateway = 502;
  return outcome == "confirmed" ? 200 : outcome == "refused" ? kConflict : kBadGateway;
}

}  // namespace

Site::Outcome Site::post_sign_in(const Match& match) {
  if (auto refused = Access::refuse_cross_site(match.request)) return *std::move(refused);
  const Words words(language_of(match.request));
  const bool must_wait = access_.must_wait(match.request, match.now);
  const auto fields = parse_form(match.request.body);
  const auto cookie = access_.sign_in(match.request, fields ? value_of(*fields, "token") : "", match.now);
  if (!cookie) {
    Answer answer = text_answer(
        must_wait ? 429 : 401,
        sign_in_page(must_wait ? "Too many wrong tokens. Try again in a minute." : "This token is wrong.", words));
    answer.content_type = kHtmlType;
    return answer;
  }
  Answer answer = text_answer(303, "");
  answer.headers.emplace_back("Location", "./");
  answer.headers.emplace_back(
      "Set-Cookie", fmt::format("bluetti_gateway={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000", *cookie));
  return answer;
}

Site::Outcome Site::post_change(const Match& match) {
  const Request& request = match.request;
  if (auto refused = access_.refuse_change(request, match.now)) {
    std::string reason = *refused->body;
    reason.pop_back();
    if (is_from_program(request)) return program_answer(refused->status, reason);
    return *std::move(refused);
  }
  const bool is_json = request.headers.content_type.starts_with("application/json");
  if (is_from_program(request) && !is_json) return program_answer(415, "send a JSON object as application/json");
  const auto fields = is_json ? parse_json_fields(request.body) : parse_form(request.body);
  if (find_station(match.id) == nullptr)
    return program_answer(404, "there is no station of this id; /api/v1/stations lists them");
  const std::string path = fields ? value_of(*fields, "path") : "";
  const std::string value = fields ? value_of(*fields, "value") : "";
  if (path.empty() || value.empty()) return program_answer(400, R"(send {"path": "...", "value": "..."})");
  return OpenChange{std::string(match.id), path, value};
}

Answer Site::answer_change(const Request& request, const OpenChange& change, const ChangeResult& result) const {
  if (is_from_program(request)) {
    Answer answer = text_answer(status_of(result.outcome), result.json + '\n');
    answer.content_type = kJsonType;
    return answer;
  }
  const Words words(language_of(request));
  Answer answer = text_answer(status_of(result.outcome), change_page({.station = change.station,
                                                                      .title = change.path + " = " + change.value,
                                                                      .outcome = result.outcome,
                                                                      .reason = result.reason},
                                                                     words));
  answer.content_type = kHtmlType;
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
