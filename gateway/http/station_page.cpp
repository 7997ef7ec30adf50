// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "discovery/discovery.h"
#include "gateway/base/parse_number.h"
#include "gateway/http/drawings.h"
#include "gateway/http/frame.h"
#include "gateway/http/html.h"
#include "gateway/http/pages.h"
#include "gateway/http/status_words.h"

namespace bluetti::gateway::http {
namespace {

// Poll groups in the order of the page.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kParts{{{"core", "Core"},
                                                                               {"battery", "Battery"},
                                                                               {"grid", "Grid connection"},
                                                                               {"inverter", "Inverter and inputs"},
                                                                               {"cells", "Cells and packs"},
                                                                               {"settings", "Settings"},
                                                                               {"module", "Modules"}}};

struct Shown {
  const BlockView* block;
  const schemas::Slot* slot;
  const schemas::Value* value;
};

// All values with this poll group.
std::vector<Shown> values_of(const StationView& station, std::string_view group) {
  std::vector<Shown> values;
  for (const BlockView& block : station.blocks) {
    if (block.decoder->block().poll != group) continue;
    const auto slots = block.decoder->slots();
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const schemas::Value& value = block.row.values[index];
      if (value.kind == schemas::ValueKind::missing || slots[index].field->secret) continue;
      values.push_back({&block, &slots[index], &value});
    }
  }
  return values;
}

std::string value_text(const Shown& shown, const Words& words) {
  std::string text = shown.value->present() ? text_of({shown.block, shown.slot, shown.value}) : "";
  if (text.empty()) return "–";
  if (shown.value->kind == schemas::ValueKind::boolean) return std::string(words(text == "ON" ? "on" : "off"));
  if (shown.slot->field->is_numeric()) text = localized(text, words);
  if (shown.value->kind == schemas::ValueKind::option) text = words(text);
  std::ranges::replace(text, '_', ' ');
  const std::string& unit = shown.slot->field->unit;
  return escaped(text) + (unit.empty() ? "" : " " + escaped(unit));
}

std::string value_rows(const Snapshot& snapshot, const std::vector<Shown>& values, const Words& words) {
  std::string out;
  for (const Shown& shown : values) {
    const auto index = static_cast<std::size_t>(shown.slot - shown.block->decoder->slots().data());
    const bool is_old = shown.block->is_old(index, snapshot.at);
    out += fmt::format("<tr{}><th scope=\"row\">{}</th><td>{}</td><td>{}{}</td></tr>\n", is_old ? " class=\"old\"" : "",
                       escaped(discovery::entity_name(*shown.slot, shown.block->decoder->block(), words.titles())),
                       value_text(shown, words),
                       age_html(snapshot.wall_of(shown.block->time_of(index)), snapshot.wall, words),
                       is_old ? fmt::format(" <small>{}</small>", words("old")) : "");
  }
  return out;
}

std::string value_tables(const Snapshot& snapshot, const StationView& station, const Words& words) {
  std::string out = fmt::format("<h2 class=\"part\">{}</h2>\n<div class=\"stack\">\n", words("All values"));
  bool is_first = true;
  for (const auto& [group, title] : kParts) {
    const std::vector<Shown> values = values_of(station, group);
    if (values.empty()) continue;
    out += fmt::format(
        R"(<details class="card values" id="group-{}"{}><summary>{} <small>{}</small></summary><table><thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>
)",
        group, is_first ? " open" : "", words(title), values.size(), words("Name"), words("Value"), words("Age"));
    out += value_rows(snapshot, values, words) + "</tbody></table></details>\n";
    is_first = false;
  }
  return out + "</div>\n";
}

std::string graphs(const History::Series& series, const Words& words) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, History::kSeries.size()> kTitles{
      {{"State of charge", "%"}, {"Solar", "W"}, {"Grid", "W"}, {"Outputs", "W"}, {"Battery", "W"}}};
  std::string out = fmt::format("<section class=\"card graphs\"><h2>{}</h2>\n", words("The last hours"));
  bool any = false;
  for (std::size_t kind = 0; kind < kTitles.size(); ++kind) {
    const std::string drawn = graph(series, kind, kTitles[kind].first, kTitles[kind].second, words);
    any |= !drawn.empty();
    out += drawn;
  }
  if (!any) out += fmt::format("<p>{}</p>", words("Graphs appear after a few minutes."));
  return out + "</section>\n";
}

// "pack/2/soc" by its number, of fields of this name.
std::map<int, const Shown> items_of(const std::vector<Shown>& values, std::string_view front, std::string_view back) {
  std::map<int, const Shown> items;
  for (const Shown& shown : values) {
    std::string_view path = shown.slot->path;
    if (!shown.value->present() || !path.starts_with(front) || !path.ends_with(back)) continue;
    if (path.size() < front.size() + back.size()) continue;
    path = path.substr(front.size(), path.size() - front.size() - back.size());
    if (const auto number = parse_number<int>(path)) items.emplace(*number, shown);
  }
  return items;
}

std::string packs(const StationView& station, const Words& words) {
  std::string out;
  for (const auto& [number, shown] : items_of(values_of(station, "cells"), "pack/", "/soc")) {
    const std::string text = fmt::format("{:.0f} %", shown.value->number());
    out += fmt::format("<dt>{}</dt><dd>{}<span>{}</span></dd>", fmt::format(fmt::runtime(words("Pack {}")), number),
                       bar(shown.value->number(), 0, 100, "level", text), text);
  }
  if (out.empty()) return out;
  return fmt::format("<section class=\"card\"><h2>{}</h2><dl class=\"bars\">{}</dl></section>\n",
                     words("Battery packs"), out);
}

// Bars between a little below the lowest and a little above the highest, or else all would look alike.
std::string cells(const StationView& station, const Words& words) {
  const auto items = items_of(values_of(station, "cells"), "cell/", "/voltage");
  if (items.empty()) return {};
  double least = items.begin()->second.value->number();
  double most = least;
  for (const auto& [number, shown] : items) {
    least = std::min(least, shown.value->number());
    most = std::max(most, shown.value->number());
  }
  const double room = std::max((most - least) / 2, 0.001);
  std::string out;
  for (const auto& [number, shown] : items) {
    const double volts = shown.value->number();
    const std::string_view mark = most == least    ? ""
                                  : volts == least ? words("lowest")
                                  : volts == most  ? words("highest")
                                                   : "";
    const std::string text = value_text(shown, words);
    out += fmt::format("<dt>{} {}</dt><dd>{}<span>{}{}</span></dd>", words("Cell"), number,
                       bar(volts, least - room, most + room, "cell", text), text,
                       mark.empty() ? "" : fmt::format(" <small>{}</small>", mark));
  }
  return fmt::format("<section class=\"card\"><h2>{}</h2><dl class=\"bars\">{}</dl></section>\n", words("Cells"), out);
}

std::string number_text(const std::optional<double>& number, std::string_view attribute) {
  return number ? fmt::format(" {}=\"{}\"", attribute, *number) : "";
}

std::string control_html(const SettingView& setting, const Words& words) {
  const std::string id = fmt::format("id=\"set-{}\" name=\"value\"", escaped(setting.path));
  std::vector<std::string> options = setting.options;
  if (setting.kind == "boolean") options = {"ON", "OFF"};
  if (setting.kind == "option" || setting.kind == "boolean") {
    std::string out = fmt::format("<select {}>", id);
    for (const std::string& option : options) {
      std::string shown(setting.kind == "boolean" ? words(option == "ON" ? "on" : "off") : words(option));
      std::ranges::replace(shown, '_', ' ');
      out += fmt::format("<option value=\"{}\"{}>{}</option>", escaped(option),
                         option == setting.value ? " selected" : "", escaped(shown));
    }
    return out + "</select>";
  }
  if (setting.kind == "number") {
    return fmt::format("<input type=\"number\" {} value=\"{}\"{}{}{} required>", id, escaped(setting.value),
                       number_text(setting.min, "min"), number_text(setting.max, "max"),
                       number_text(setting.step, "step"));
  }
  return fmt::format("<input {} value=\"{}\" required>", id, escaped(setting.value));
}

std::string settings_html(const StationView& station, SettingsShown shown, const Words& words) {
  if (shown == SettingsShown::none || station.settings.empty()) return {};
  std::string out = fmt::format(
      "<section class=\"card settings\" data-confirmed=\"{}\" data-refused=\"{}\" data-failed=\"{}\"><h2>{}</h2>\n",
      words("confirmed"), words("refused"), words("failed"), words("Settings"));
  if (shown == SettingsShown::sign_in_first) {
    return out + fmt::format("<p><a href=\"../sign-in\">{}</a></p></section>\n",
                             words("Sign in with the token to change settings."));
  }
  for (const SettingView& setting : station.settings) {
    out += fmt::format(
        R"(<form method="post" action="{}/set"><input type="hidden" name="path" value="{}"><label for="set-{}">{}</label>{}<span class="unit">{}</span><button>{}</button><output></output></form>
)",
        station.id, escaped(setting.path), escaped(setting.path), escaped(words.titles()(setting.title)),
        control_html(setting, words), escaped(setting.unit), words("Set"));
  }
  return out + "</section>\n";
}

}  // namespace

std::string station_page(const Snapshot& snapshot, const StationView& station, const History::Series& series,
                         SettingsShown settings, const Words& words) {
  const Facts facts = facts_of(station);
  std::string out = fmt::format(
      R"(<p class="back"><a href="../">← {}</a></p><h1>{}</h1><p class="model">{}{}</p><div class="columns"><div class="stack">
<section class="card{}"><h2 class="unseen">{}</h2>{}<p class="state">{}</p><p class="fresh">{}</p></section>
)",
      words("All stations"), escaped(station.name), escaped(station.model), badge(station, words),
      station.online ? "" : " asleep", words("State of charge"), flow_drawing(facts, station.online, words),
      state_text(facts, words), freshness(snapshot, station, facts, words));
  out += packs(station, words) + settings_html(station, settings, words) + "</div><div class=\"stack\">";
  out += graphs(series, words) + cells(station, words) + "</div></div>\n" + value_tables(snapshot, station, words);
  return framed({.title = escaped(station.name), .root = "../", .place = "station", .station = station.id}, words, out);
}

}  // namespace bluetti::gateway::http
