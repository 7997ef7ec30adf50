// SPDX-License-Identifier: MIT
// Setting up: who may, and what the steps show.
#include "gateway/http/forms.h"
#include "gateway/http/setup_pages.h"
#include "gateway/http/site.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::string_view kRefresh = "3";  // seconds, for browsers without scripts

Answer setup_answer(std::string text) {
  Answer answer = text_answer(200, std::move(text));
  answer.content_type = kHtmlType;
  return answer;
}

}  // namespace

std::optional<Answer> Site::refuse_setup(const Match& match) {
  if (!desk_) return text_answer(404, "There is nothing at this path.\n");
  auto refused = access_.refuse_setup(match.request, is_first_run(), match.now);
  if (!refused || refused->status != 401 || match.request.method == "POST") return refused;
  Answer answer = text_answer(303, "Sign in first.\n");
  answer.headers.emplace_back("Location", match.id.empty() ? "sign-in" : "../sign-in");
  return answer;
}

Site::Outcome Site::page_of_setup(const Match& match) {
  if (auto refused = refuse_setup(match)) return *std::move(refused);
  return setup_answer(setup_page(Words(language_of(match.request))));
}

Site::Outcome Site::page_of_setup_step(const Match& match) {
  const Words words(language_of(match.request));
  const bool is_done = match.id == "done" && (!is_first_run() || (desk_ && desk_->has_written()));
  if (!is_done || is_first_run()) {
    if (auto refused = refuse_setup(match)) return *std::move(refused);
  }
  // A browser comes here before what was written has been taken over, too.
  if (is_done) {
    bool is_complete = false;
    Answer answer = setup_answer(setup_done_page(*snapshot_, words, is_complete));
    if (!is_complete) answer.headers.emplace_back("Refresh", kRefresh);
    return answer;
  }
  auto form = SetupDesk::form(match.id, words);
  return form ? *std::move(form) : text_answer(404, "There is no such step.\n");
}

Site::Outcome Site::post_setup(const Match& match) {
  if (auto refused = refuse_setup(match)) return *std::move(refused);
  const Request& request = match.request;
  auto fields = request.headers.content_type.starts_with("multipart/form-data")
                    ? parse_multipart(request.headers.content_type, request.body)
                    : parse_form(request.body);
  if (!fields) return text_answer(400, "This is no form.\n");
  return OpenWork{[desk = desk_, step = std::string(match.id), given = std::make_shared<Fields>(*std::move(fields)),
                   code = std::string(language_of(request)),
                   now = match.now] { return desk->take(step, std::move(*given), Words(code), now); }};
}

}  // namespace bluetti::gateway::http
