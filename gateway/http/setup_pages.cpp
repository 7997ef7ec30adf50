// SPDX-License-Identifier: MIT
#include "gateway/http/setup_pages.h"

#include <fmt/format.h>

#include <cmath>

#include "gateway/http/facts.h"
#include "gateway/http/frame.h"
#include "gateway/http/html.h"

namespace bluetti::gateway::http {
namespace {

std::string setup_framed(const Words& words, std::string_view root, const std::string& content, bool is_live = false) {
  const std::string title(words("Set up"));
  return framed({.title = title, .root = root, .place = "", .is_live = is_live}, words,
                fmt::format("<section class=\"card set-up\"><h1>{}</h1>{}</section>\n", title, content));
}

std::string paragraph(std::string_view text) {
  return fmt::format("<p>{}</p>", text);
}

std::string told_problem(std::string_view problem) {
  if (problem.empty()) return {};
  return fmt::format("<p class=\"wrong\" role=\"alert\" lang=\"en\">{}</p>", escaped(problem));
}

std::string input(std::string_view name, std::string_view label, std::string_view more) {
  return fmt::format(R"(<label for="{0}">{1}</label><input id="{0}" name="{0}" {2}>)", name, label, more);
}

// A secret is never shown again, nor kept by the browser.
std::string hidden_input(std::string_view name, std::string_view label, bool is_required = true) {
  return input(name, label, fmt::format("type=\"password\" autocomplete=\"off\"{}", is_required ? " required" : ""));
}

std::string posted_form(std::string_view action, std::string_view inside, std::string_view button, bool has_file) {
  return fmt::format(R"(<form method="post" action="{}"{}>{}<button>{}</button></form>)", action,
                     has_file ? " enctype=\"multipart/form-data\"" : "", inside, button);
}

std::string back_to_ways(const Words& words) {
  return fmt::format(R"(<p><a href="../setup">{}</a></p>)", words("Another way"));
}

std::string lan_form(const SetupForm& form, const Words& words) {
  return paragraph(words("The station must answer Modbus TCP: it is switched on in the vendor's app.")) +
         told_problem(form.problem) +
         posted_form("lan",
                     input("address", words("Address of the station"),
                           fmt::format("required placeholder=\"192.168.1.20\" value=\"{}\"", escaped(form.address))),
                     words("Find"), false);
}

std::string certificate_form(const SetupForm& form, const Words& words) {
  return paragraph(words("It is checked at once, and stays on this machine.")) + told_problem(form.problem) +
         posted_form("certificate",
                     input("certificate", words("Certificate file (.pfx)"), "type=\"file\" required") +
                         hidden_input("password", words("Its password"), false),
                     words("Check"), true);
}

std::string account_form(const SetupForm& form, const Words& words) {
  return paragraph(words("Experimental. The two values of the app: see docs/sign-in.md.")) +
         told_problem(form.problem) +
         posted_form(
             "account",
             input("email", words("E-mail address"),
                   fmt::format("type=\"email\" autocomplete=\"off\" required value=\"{}\"", escaped(form.email))) +
                 hidden_input("password", words("Password of the account")) + hidden_input("app_key", "app_key") +
                 hidden_input("totp_shared_key", "totp_shared_key"),
             words("Sign in"), false);
}

std::string station_choice(std::size_t at, const ProposedStation& station) {
  const std::string& model = station.model.empty() ? station.cloud_model : station.model;
  return fmt::format(
      R"(<label class="choice"><input type="checkbox" name="station_{}" value="yes" checked> <span>{} {} {}</span></label>)",
      at, escaped(station.name), escaped(model), escaped(station.serial));
}

std::string reading_of(const StationView& station, const Words& words, bool& is_there) {
  const Facts facts = facts_of(station);
  is_there = facts.soc.has_value() || facts.updated.has_value();
  if (!is_there) return fmt::format("<dd>{}</dd>", words("waiting for the first answer"));
  const std::string soc = facts.soc ? fmt::format("{} %", std::lround(*facts.soc)) : "–";
  return fmt::format("<dd>{} {}, {} {}, {} {}</dd>", words("State of charge"), soc, words("Solar"),
                     watts(facts.solar, words), words("Outputs"), watts(facts.home, words));
}

}  // namespace

std::string setup_page(const Words& words) {
  const auto way = [&](std::string_view step, std::string_view title, std::string_view what) {
    return fmt::format(R"(<li><a href="setup/{}">{}</a><br>{}</li>)", step, words(title), words(what));
  };
  return setup_framed(
      words, "./",
      paragraph(words("How should the gateway reach your station?")) + "<ul class=\"ways\">" +
          way("lan", "In my network", "The station answers Modbus TCP: no account, no cloud.") +
          way("certificate", "With a certificate", "The client certificate of your account, a .pfx file.") +
          way("account", "With e-mail and password", "Those of the vendor's app; experimental.") + "</ul>");
}

std::string setup_form(const SetupForm& form, const Words& words) {
  std::string inside;
  if (form.step == "lan") inside = lan_form(form, words);
  if (form.step == "certificate") inside = certificate_form(form, words);
  if (form.step == "account") inside = account_form(form, words);
  return inside.empty() ? inside : setup_framed(words, "../", inside + back_to_ways(words));
}

std::string setup_choice(const SetupChoice& choice, const Words& words) {
  std::string facts;
  for (const std::string& fact : choice.facts) facts += fmt::format("<li>{}</li>", escaped(fact));
  if (!facts.empty()) facts = "<ul lang=\"en\">" + facts + "</ul>";
  std::string inside = fmt::format("<input type=\"hidden\" name=\"draft\" value=\"{}\">", choice.draft);
  if (!choice.stations.empty()) {
    inside += fmt::format("<fieldset><legend>{}</legend>", words("Stations"));
    for (std::size_t at = 0; at < choice.stations.size(); ++at) inside += station_choice(at, choice.stations[at]);
    inside += "</fieldset>";
    if (choice.stations.front().serial.empty()) {
      inside += input("serial", words("Its serial number, as on the label"), "required");
    }
  } else {
    inside += fmt::format(
        R"(<label for="serials">{}</label><textarea id="serials" name="serials" rows="3" required></textarea>)",
        words("Serial numbers of your stations, as on their labels, one in a line"));
  }
  if (choice.asks_for_broker) {
    inside += input("broker", words("Your MQTT broker"), fmt::format("required value=\"{}\"", escaped(choice.broker)));
  }
  return setup_framed(words, "../", facts + posted_form("finish", inside, words("Write the configuration"), false));
}

std::string setup_snippet_page(const SetupSnippet& snippet, const Words& words) {
  std::string files;
  for (const SecretFile& file : snippet.addition.files) files += fmt::format("<li>{}</li>", escaped(file.name));
  if (!files.empty()) {
    files = paragraph(words("And beside it, readable by the gateway alone:")) + "<ul>" + files + "</ul>";
  }
  return setup_framed(words, "../",
                      told_problem(snippet.problem) +
                          fmt::format("<p>{} <b>{}</b>:</p><pre tabindex=\"0\">{}</pre>",
                                      words("It could not be written. Append this by hand to"), escaped(snippet.file),
                                      escaped(snippet.addition.tables)) +
                          files);
}

std::string setup_problem_page(std::string_view problem, const Words& words) {
  return setup_framed(
      words, "../", told_problem(problem) + paragraph(words("Go back one page and correct it.")) + back_to_ways(words));
}

std::string setup_over_page(const Words& words) {
  return setup_framed(
      words, "../",
      fmt::format("<p role=\"alert\">{}</p>", words("Your entries have expired. Start again.")) + back_to_ways(words));
}

std::string setup_done_page(const Snapshot& snapshot, const Words& words, bool& complete) {
  complete = !snapshot.stations.empty();
  std::string readings;
  for (const StationPointer& station : snapshot.stations) {
    bool is_there = false;
    const std::string reading = reading_of(*station, words, is_there);
    readings += fmt::format("<dt>{}</dt>{}", escaped(station->name), reading);
    complete = complete && is_there;
  }
  std::string problems;
  for (const AccountView& account : snapshot.accounts) problems += told_problem(account.problem);
  return setup_framed(words, "../",
                      paragraph(words("The configuration is written. First reading:")) + "<dl>" + readings + "</dl>" +
                          problems + fmt::format("<p><a href=\"../\">{}</a></p>", words("All stations")),
                      true);
}

}  // namespace bluetti::gateway::http
