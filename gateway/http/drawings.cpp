// SPDX-License-Identifier: MIT
#include "gateway/http/drawings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "gateway/http/html.h"

namespace bluetti::gateway::http {
namespace {

constexpr double kNoFlow = 5;  // W: what a station says of nothing at all
constexpr double kSlow = 200;
constexpr double kFast = 1000;

struct Node {
  std::string_view name;
  std::string_view title;
  int x;
  int y;
  std::string_view line;  // from the node to the middle
  std::string_view icon;  // around 0 0
};
constexpr std::array kNodes{
    Node{"solar", "Solar", 160, 46, "M160 76V120",
         "M0-6a6 6 0 1 0 0 12a6 6 0 1 0 0-12M0-13v3M0 10v3M-13 0h3M10 0h3M-9-9l2 2M7 7l2 2M-9 9l2-2M7-7l2-2"},
    Node{"grid", "Grid", 46, 134, "M76 134H146", "M-5 12L0-13L5 12M-9-5H9M-7 2H7M-3.5 4L4.2 8M3.5 4L-4.2 8"},
    Node{"home", "Outputs", 274, 134, "M244 134H174", "M-11-1L0-11L11-1M-8-3V10H8V-3M-2.5 10V3h5v7"},
};

std::string_view speed_of(double watts) {
  const double size = std::abs(watts);
  return size < kSlow ? "slow" : size < kFast ? "steady" : "fast";
}

// The lines show the way.
std::optional<double> size_of(const std::optional<double>& watts) {
  return watts ? std::optional(std::abs(*watts)) : std::nullopt;
}

// `towards`: what is positive flows to the middle.
std::string line_html(std::string_view name, std::string_view line, const std::optional<double>& watts, bool towards) {
  const bool flows = watts && std::abs(*watts) >= kNoFlow;
  std::string out = fmt::format(R"(<path class="track {}" d="{}"/>)", name, line);
  if (!flows) return out;
  const std::string_view way = (*watts > 0) == towards ? "in" : "out";
  return out + fmt::format(R"(<path class="flow {} {} {}" d="{}"/>)", name, way, speed_of(*watts), line);
}

std::string node_html(const Node& node, const std::optional<double>& value, const Words& words) {
  const bool flows = value && std::abs(*value) >= kNoFlow;
  return fmt::format(
      R"svg(<g class="node {}{}" transform="translate({} {})"><circle r="30"/><path class="icon" transform="translate(0 -9)" d="{}"/><text y="18">{}</text></g>)svg",
      node.name, flows ? "" : " still", node.x, node.y, node.icon, watts(size_of(value), words));
}

// A ring that is as full as the battery.
std::string battery_html(const Facts& facts, const Words& words) {
  constexpr double kRadius = 42;
  const double round = 2 * std::numbers::pi * kRadius;
  const double level = std::clamp(facts.soc.value_or(0) / 100, 0.0, 1.0);
  const std::string_view tone = !facts.soc ? "none" : *facts.soc < 15 ? "low" : *facts.soc < 35 ? "middle" : "good";
  std::string out = fmt::format(
      R"svg(<g class="node battery" transform="translate(160 214)"><circle r="{0}"/><circle class="ring {1}" r="{0}" transform="rotate(-90)" stroke-dasharray="{2:.1f} {3:.1f}"/>)svg",
      kRadius, tone, level * round, round);
  out += facts.soc ? fmt::format(R"(<text class="soc" y="3">{:.0f}<tspan class="percent" dx="1">%</tspan></text>)",
                                 *facts.soc)
                   : R"(<text class="soc" y="3">–</text>)";
  return out + fmt::format(R"(<text class="power" y="22">{}</text></g>)", watts(size_of(facts.battery), words));
}

std::string description(const Facts& facts, const Words& words) {
  const auto part = [&](std::string_view title, const std::optional<double>& value) {
    return fmt::format("{} {}", words(title), watts(value, words));
  };
  return fmt::format("{} {}, {}, {}, {}, {}", words("State of charge"),
                     facts.soc ? fmt::format("{:.0f} %", *facts.soc) : "–", part("Battery", facts.battery),
                     part("Solar", facts.solar), part("Grid", facts.grid), part("Outputs", facts.home));
}

}  // namespace

std::string flow_drawing(const Facts& facts, bool online, const Words& words) {
  std::string out = fmt::format(R"(<svg class="drawing{}" viewBox="0 0 320 264" role="img" aria-label="{}">)",
                                online ? "" : " asleep", escaped(description(facts, words)));
  out += line_html("solar", kNodes[0].line, facts.solar, true);
  out += line_html("grid", kNodes[1].line, facts.grid, true);
  out += line_html("home", kNodes[2].line, facts.home, false);
  out += line_html("battery", "M160 148V172", facts.battery, true);
  out += R"(<circle class="hub" cx="160" cy="134" r="14"/><path class="bolt" d="M162 125l-7 11h5l-2 8l7-11h-5z"/>)";
  out += node_html(kNodes[0], facts.solar, words);
  out += node_html(kNodes[1], facts.grid, words);
  out += node_html(kNodes[2], facts.home, words);
  out += battery_html(facts, words);
  for (const Node& node : kNodes) {
    out += fmt::format(R"(<text class="title" x="{}" y="{}">{}</text>)", node.x,
                       node.name == "solar" ? 11 : node.y + 45, words(node.title));
  }
  return out + "</svg>";
}

std::string graph(const History::Series& series, std::size_t kind, std::string_view title, std::string_view unit,
                  const Words& words) {
  constexpr double kWidth = 360;
  constexpr double kHeight = 72;
  double least = 0;
  double most = kind == 0 ? 100 : 10;
  std::size_t known = 0;
  float newest = std::numeric_limits<float>::quiet_NaN();
  for (const History::Sample& sample : series.samples) {
    if (std::isnan(sample[kind])) continue;
    ++known;
    newest = sample[kind];
    least = std::min(least, static_cast<double>(sample[kind]));
    most = std::max(most, static_cast<double>(sample[kind]));
  }
  if (known < 2) return {};
  const auto y = [&](double value) { return kHeight - (value - least) / (most - least) * kHeight; };
  const std::size_t missing = History::kSamples - series.samples.size();
  std::string line;
  std::string area;
  bool is_down = false;
  double x = 0;
  const auto lift = [&] {
    if (is_down) area += fmt::format("L{:.0f} {:.1f}Z", x, y(0));
    is_down = false;
  };
  for (std::size_t i = 0; i < series.samples.size(); ++i) {
    const double value = static_cast<double>(series.samples[i][kind]);
    if (std::isnan(value)) {
      lift();
      continue;
    }
    x = static_cast<double>(missing + i) * kWidth / (History::kSamples - 1);
    const std::string point = fmt::format("{:.1f} {:.1f}", x, y(value));
    if (!is_down) area += fmt::format("M{:.1f} {:.1f}", x, y(0));
    area += 'L' + point;
    line += (is_down ? 'L' : 'M') + point;
    is_down = true;
  }
  lift();
  const std::string now = kind == 0 ? fmt::format("{:.0f} %", newest) : watts(newest, words);
  return fmt::format(
      R"(<figure class="graph {0}"><figcaption><span>{1}</span><b>{2}</b></figcaption><svg viewBox="0 -2 360 76" preserveAspectRatio="none" role="img" aria-label="{1}: {3:.0f} … {4:.0f} {5}"><path class="zero" d="M0 {6:.1f}H360"/><path class="area" d="{7}"/><path class="line" d="{8}"/></svg><small><span>{9}</span><span>{10}</span></small></figure>)",
      History::kSeries[kind], words(title), now, least, most, unit, y(0), area, line, words("6 h ago"), words("now"));
}

std::string bar(double value, double least, double most, std::string_view tone, std::string_view label) {
  const double share = most > least ? std::clamp((value - least) / (most - least), 0.0, 1.0) : 0;
  return fmt::format(
      R"(<svg class="bar {}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}"><rect class="back" width="100" height="8" rx="2"/><rect class="fill" width="{:.1f}" height="8" rx="2"/></svg>)",
      tone, escaped(label), share * 100);
}

}  // namespace bluetti::gateway::http
