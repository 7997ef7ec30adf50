// SPDX-License-Identifier: MIT
// The pages and what belongs to them.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/base/digests.h"
#include "gateway/http/assets.h"
#include "gateway/http/pages.h"
#include "gateway/http/site.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kTypes{
    {{"page.css", "text/css; charset=utf-8"},
     {"page.js", "text/javascript; charset=utf-8"},
     {"icon.svg", "image/svg+xml"}}};

Answer html_answer(int status, std::string text) {
  Answer answer = text_answer(status, std::move(text));
  answer.content_type = kHtmlType;
  return answer;
}

}  // namespace

Site::Outcome Site::first_page(const Match& match) {
  const std::string_view code = language_of(match.request);
  return rendered(fmt::format("page {}", code), kHtmlType, [&] { return overview_page(*snapshot_, Words(code)); });
}

Site::Outcome Site::page_of_station(const Match& match) {
  const StationView* station = find_station(match.id);
  if (station == nullptr) return text_answer(404, "There is no station of this id.\n");
  const std::string_view code = language_of(match.request);
  const SettingsShown settings = !access_.offers_control()          ? SettingsShown::none
                                 : access_.has_token(match.request) ? SettingsShown::forms
                                                                    : SettingsShown::sign_in_first;
  return rendered(fmt::format("page {} {} {}", code, static_cast<int>(settings), match.id), kHtmlType,
                  [&] { return station_page(*snapshot_, *station, history_.of(match.id), settings, Words(code)); });
}

Site::Outcome Site::page_of_log(const Match& match) {
  return html_answer(200, log_page(newest_log_lines(), Words(language_of(match.request))));
}

Site::Outcome Site::page_of_sign_in(const Match& match) {
  if (!access_.offers_sign_in()) return text_answer(404, "There is no token to sign in with.\n");
  return html_answer(200, sign_in_page({}, Words(language_of(match.request))));
}

Site::Outcome Site::asset_file(const Match& match) {
  const auto type = std::ranges::find(kTypes, match.id, [](const auto& one) { return one.first; });
  if (type == kTypes.end()) return text_answer(404, "There is nothing at this path.\n");
  const std::string tag = '"' + sha256_hex(asset(match.id)).substr(0, 16) + '"';
  const bool is_known = match.request.headers.if_none_match == tag;
  Answer answer = text_answer(is_known ? 304 : 200, is_known ? "" : std::string(asset(match.id)));
  answer.content_type = type->second;
  answer.headers.emplace_back("ETag", tag);
  return answer;
}

}  // namespace bluetti::gateway::http
