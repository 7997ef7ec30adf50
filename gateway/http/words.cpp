// SPDX-License-Identifier: MIT
#include "gateway/http/words.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "gateway/http/setup_words.h"

namespace bluetti::gateway::http {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 91> kGerman{{
    {"Stations", "Stationen"},
    {"Accounts", "Konten"},
    {"Account", "Konto"},
    {"Log", "Protokoll"},
    {"All stations", "Alle Stationen"},
    {"Live", "Live"},
    {"No connection to the gateway", "Keine Verbindung zum Gateway"},
    {"Skip to content", "Zum Inhalt springen"},
    {"online", "online"},
    {"offline", "offline"},
    {"Solar", "Solar"},
    {"Grid", "Netz"},
    {"Battery", "Batterie"},
    {"Outputs", "Ausgänge"},
    {"State of charge", "Ladestand"},
    {"idle", "ruht"},
    {"charging", "lädt"},
    {"discharging", "entlädt"},
    {"Feeding in", "Einspeisung"},
    {"full in {}", "voll in {}"},
    {"empty in {}", "leer in {}"},
    {"via {}", "über {}"},
    {"cloud", "Cloud"},
    {"lan", "LAN"},
    {"{} ago", "vor {}"},
    {"never", "noch nie"},
    {"old", "veraltet"},
    {"no data yet", "noch keine Daten"},
    {"Updated", "Stand"},
    {"Read by another gateway", "Wird von einem anderen Gateway gelesen"},
    {"There are no stations yet.", "Es gibt noch keine Stationen."},
    {"The last hours", "Die letzten Stunden"},
    {"Graphs appear after a few minutes.", "Kurven erscheinen nach einigen Minuten."},
    {"Battery packs", "Batteriepacks"},
    {"Pack {}", "Pack {}"},
    {"Cells", "Zellen"},
    {"Cell", "Zelle"},
    {"lowest", "niedrigste"},
    {"highest", "höchste"},
    {"All values", "Alle Werte"},
    {"Value", "Wert"},
    {"Name", "Name"},
    {"Age", "Alter"},
    {"Core", "Überblick"},
    {"Grid connection", "Netzanschluss"},
    {"Inverter and inputs", "Wechselrichter und Eingänge"},
    {"Cells and packs", "Zellen und Packs"},
    {"Settings", "Einstellungen"},
    {"Modules", "Module"},
    {"Session", "Sitzung"},
    {"connected", "verbunden"},
    {"not connected", "nicht verbunden"},
    {"given up", "aufgegeben"},
    {"Requests per minute", "Anfragen pro Minute"},
    {"{} of {}", "{} von {}"},
    {"Certificate", "Zertifikat"},
    {"valid until {}", "gültig bis {}"},
    {"Last answer", "Letzte Antwort"},
    {"Last problem", "Letztes Problem"},
    {"none", "keines"},
    {"What to do", "Was zu tun ist"},
    {"Local broker", "Lokaler Broker"},
    {"{} messages published", "{} Nachrichten veröffentlicht"},
    {"Values do not flow", "Es fließen keine Werte"},
    {"Sign in", "Anmelden"},
    {"Token", "Token"},
    {"The token is in the gateway's configuration: `token` or `token_file` in [http].",
     "Das Token steht in der Konfiguration des Gateways: `token` oder `token_file` in [http]."},
    {"This token is wrong.", "Dieses Token ist falsch."},
    {"Too many wrong tokens. Try again in a minute.", "Zu viele falsche Token. In einer Minute wieder versuchen."},
    {"Sign in with the token to change settings.", "Mit dem Token anmelden, um Einstellungen zu ändern."},
    {"Set", "Setzen"},
    {"Result", "Ergebnis"},
    {"Back to the station", "Zurück zur Station"},
    {"confirmed", "bestätigt"},
    {"refused", "abgelehnt"},
    {"failed", "fehlgeschlagen"},
    {"reverted", "zurückgesprungen"},
    {"on", "ein"},
    {"off", "aus"},
    {"The newest lines", "Die neuesten Zeilen"},
    {"Time", "Zeit"},
    {"Level", "Stufe"},
    {"Message", "Meldung"},
    {"min", "min"},
    {"days", "Tage"},
    {"now", "jetzt"},
    {"6 h ago", "vor 6 h"},
    {"{} packs", "{} Packs"},
    {"hour", "Stunde"},
    {"Interface", "Schnittstelle"},
    {"Metrics", "Metriken"},
}};

}  // namespace

Words::Words(std::string_view code)
    : is_german_(code == "de"), titles_(discovery::Language::named(code).value_or(discovery::Language())) {}

std::string_view Words::operator()(std::string_view english) const {
  if (!is_german_) return english;
  for (const auto pairs : {std::span<const Pair>(kGerman), std::span<const Pair>(kGermanSetup)}) {
    const auto found = std::ranges::find(pairs, english, &Pair::first);
    if (found != pairs.end()) return found->second;
  }
  return english;
}

}  // namespace bluetti::gateway::http
