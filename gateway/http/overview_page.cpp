// SPDX-License-Identifier: MIT
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "gateway/http/drawings.h"
#include "gateway/http/frame.h"
#include "gateway/http/html.h"
#include "gateway/http/pages.h"
#include "gateway/http/status_words.h"

namespace bluetti::gateway::http {
namespace {

std::string card(const Snapshot& snapshot, const StationView& station, const Words& words) {
  const Facts facts = facts_of(station);
  return fmt::format(
      R"(<article class="card{0}" id="station-{1}"><h2><a href="stations/{1}">{2}</a></h2><p class="model">{3}{4}</p>{5}<p class="state">{6}</p><p class="fresh">{7}</p></article>
)",
      station.online ? "" : " asleep", station.id, escaped(station.name), escaped(station.model), badge(station, words),
      flow_drawing(facts, station.online, words), state_text(facts, words), freshness(snapshot, station, facts, words));
}

std::string account_row(const Snapshot& snapshot, const AccountView& account, const Words& words) {
  const std::string state = account.connected ? fmt::format(R"(<span class="badge good">{}</span>)", words("connected"))
                                              : fmt::format(R"(<span class="badge bad">{}</span>)",
                                                            words(account.given_up ? "given up" : "not connected"));
  const std::string used =
      fmt::format(fmt::runtime(words("{} of {}")), account.requests_per_minute, account.request_budget);
  std::string expires = "–";
  if (account.certificate_expires) {
    const auto day = fmt::gmtime(std::chrono::system_clock::to_time_t(*account.certificate_expires));
    expires = fmt::format(fmt::runtime(words("valid until {}")),
                          words.code() == "de" ? fmt::format("{:%d.%m.%Y}", day) : fmt::format("{:%Y-%m-%d}", day));
  }
  std::string problem = std::string(words("none"));
  if (!account.problem.empty()) {
    problem = fmt::format("<span lang=\"en\">{}</span>", escaped(account.problem));
  }
  return fmt::format(
      R"(<article class="card account"><h3>{} {}</h3><dl><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}{}</dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd></dl></article>
)",
      words("Account"), escaped(account.id), words("Session"), state, words("Requests per minute"), used,
      bar(account.requests_per_minute, 0, account.request_budget, "budget", used), words("Last answer"),
      age_html(account.last_answer, snapshot.wall, words), words("Certificate"), expires, words("Last problem"),
      problem);
}

std::string broker_row(const Snapshot& snapshot, const Words& words) {
  return fmt::format(
      R"(<article class="card account"><h3>{}</h3><dl><dt>{}</dt><dd><span class="badge {}">{}</span></dd><dt>URL</dt><dd>{}</dd><dt>MQTT</dt><dd>{}</dd></dl></article>
)",
      words("Local broker"), words("Session"), snapshot.local.connected ? "good" : "bad",
      words(snapshot.local.connected ? "connected" : "not connected"), escaped(snapshot.local.broker),
      fmt::format(fmt::runtime(words("{} messages published")), snapshot.local.published));
}

std::string problems(const Snapshot& snapshot, const Words& words) {
  if (snapshot.problems.empty()) return {};
  std::string out =
      fmt::format(R"(<section class="problems" role="alert"><h2>{}</h2><ul lang="en">)", words("Values do not flow"));
  for (const std::string& problem : snapshot.problems) out += "<li>" + escaped(problem) + "</li>";
  return out + "</ul></section>\n";
}

}  // namespace

std::string overview_page(const Snapshot& snapshot, const Words& words) {
  std::string out = problems(snapshot, words);
  out += fmt::format("<h1>{}</h1>\n<div class=\"cards\">\n", words("Stations"));
  for (const StationPointer& station : snapshot.stations) out += card(snapshot, *station, words);
  if (snapshot.stations.empty()) {
    out += fmt::format("<p>{} <a href=\"setup\">{}</a></p>", words("There are no stations yet."),
                       words("Set up a station"));
  }
  out += fmt::format("</div>\n<h2 class=\"part\">{}</h2>\n<div class=\"cards\">\n", words("Accounts"));
  for (const AccountView& account : snapshot.accounts) out += account_row(snapshot, account, words);
  out += broker_row(snapshot, words) + "</div>\n";
  return framed({.title = std::string(words("Stations")), .root = "./", .place = "stations"}, words, out);
}

}  // namespace bluetti::gateway::http
