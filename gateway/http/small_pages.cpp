// SPDX-License-Identifier: MIT
// The log, signing in, the result of a change.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "gateway/http/frame.h"
#include "gateway/http/html.h"
#include "gateway/http/json_text.h"
#include "gateway/http/pages.h"

namespace bluetti::gateway::http {

std::string log_page(const std::vector<LogLine>& lines, const Words& words) {
  std::string out = fmt::format(
      R"(<h1>{}</h1><section class="card log"><h2>{}</h2><table><thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody lang="en">
)",
      words("Log"), words("The newest lines"), words("Time"), words("Level"), words("Message"));
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const std::string time = iso_time(line->time);
    out += fmt::format(
        "<tr class=\"{0}\"><td><time class=\"clock\" datetime=\"{1}\">{2}</time></td><td>{0}</td><td>{3}</td></tr>\n",
        line->level, time, time.substr(11, 8) + " UTC", escaped(line->text));
  }
  return framed({.title = std::string(words("Log")), .root = "./", .place = "log"}, words,
                out + "</tbody></table></section>\n");
}

std::string sign_in_page(std::string_view problem, const Words& words) {
  const std::string told =
      problem.empty() ? "" : fmt::format("<p class=\"wrong\" role=\"alert\">{}</p>", words(problem));
  const std::string out = fmt::format(
      R"(<section class="card sign-in"><h1>{0}</h1>{1}<form method="post" action="sign-in"><input name="user" value="gateway" autocomplete="username" hidden><label for="token">{2}</label><input id="token" name="token" type="password" autocomplete="current-password" required autofocus><button>{0}</button></form><p>{3}</p></section>
)",
      words("Sign in"), told, words("Token"),
      words("The token is in the gateway's configuration: `token` or `token_file` in [http]."));
  return framed({.title = std::string(words("Sign in")), .root = "./", .place = "", .is_live = false}, words, out);
}

std::string change_page(const ChangeShown& change, const Words& words) {
  const std::string out = fmt::format(
      R"(<section class="card"><h1>{}</h1><p>{}: <b>{}</b></p><p lang="en">{}</p><p><a href="../{}">{}</a></p></section>
)",
      words("Result"), escaped(change.title), words(change.outcome), escaped(change.reason), change.station,
      words("Back to the station"));
  return framed({.title = std::string(words("Result")), .root = "../../", .place = "", .is_live = false}, words, out);
}

}  // namespace bluetti::gateway::http
