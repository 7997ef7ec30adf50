// SPDX-License-Identifier: MIT
#include "gateway/http/frame.h"

#include <fmt/format.h>

namespace bluetti::gateway::http {

std::string framed(const Frame& frame, const Words& words, std::string_view content) {
  const std::string_view root = frame.root;
  const std::string_view other = words.code() == "de" ? "en" : "de";
  const auto current = [&](std::string_view place) { return place == frame.place ? R"( aria-current="page")" : ""; };
  std::string out = fmt::format(
      R"(<!doctype html>
<html lang="{0}" data-live="{1}" data-root="{2}" data-station="{3}" data-ago="{4}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{5} · BLUETTI Gateway</title>
<link rel="icon" href="{2}assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{2}assets/page.css">
<script src="{2}assets/page.js" defer></script>
</head>
<body>
<a class="skip" href="#content">{6}</a>
)",
      words.code(), frame.is_live, root, frame.station, words("{} ago"), frame.title, words("Skip to content"));
  out += fmt::format(
      R"(<header><a class="brand" href="{0}"><img src="{0}assets/icon.svg" alt="" width="32" height="32">BLUETTI Gateway</a>
<nav><a href="{0}"{1}>{2}</a><a href="{0}log"{3}>{4}</a></nav>
<p class="link" role="status" data-lost="{5}">{6}</p>
<a class="language" href="?lang={7}" hreflang="{7}" lang="{7}">{8}</a></header>
<main id="content">
)",
      root, current("stations"), words("Stations"), current("log"), words("Log"), words("No connection to the gateway"),
      words("Live"), other, other == "de" ? "Deutsch" : "English");
  out += content;
  return out + fmt::format(
                   "</main>\n<footer>BLUETTI Gateway {} · <a href=\"{}api/v1/openapi.json\">{}</a> · <a "
                   "href=\"{}metrics\">{}</a></footer>\n</body>\n</html>\n",
                   GATEWAY_VERSION, root, words("Interface"), root, words("Metrics"));
}

}  // namespace bluetti::gateway::http
