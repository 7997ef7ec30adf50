// SPDX-License-Identifier: MIT
// The German of the pages by which somebody sets up; a part of words.cpp.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace bluetti::gateway::http {

inline constexpr std::array<std::pair<std::string_view, std::string_view>, 31> kGermanSetup{{
    {"Set up", "Einrichten"},
    {"Another way", "Ein anderer Weg"},
    {"How should the gateway reach your station?", "Wie soll das Gateway die Station erreichen?"},
    {"In my network", "In meinem Netzwerk"},
    {"The station answers Modbus TCP: no account, no cloud.",
     "Die Station antwortet auf Modbus TCP: kein Konto, keine Cloud."},
    {"With a certificate", "Mit einem Zertifikat"},
    {"The client certificate of your account, a .pfx file.", "Das Client-Zertifikat des Kontos, eine .pfx-Datei."},
    {"With e-mail and password", "Mit E-Mail und Passwort"},
    {"Those of the vendor's app; experimental.", "Die der App des Herstellers; experimentell."},
    {"The station must answer Modbus TCP: it is switched on in the vendor's app.",
     "Die Station muss auf Modbus TCP antworten: das wird in der App des Herstellers eingeschaltet."},
    {"Address of the station", "Adresse der Station"},
    {"Find", "Suchen"},
    {"It is checked at once, and stays on this machine.", "Es wird sofort geprüft und bleibt auf diesem Rechner."},
    {"Certificate file (.pfx)", "Zertifikatsdatei (.pfx)"},
    {"Its password", "Ihr Passwort"},
    {"Check", "Prüfen"},
    {"Experimental. The two values of the app: see docs/sign-in.md.",
     "Experimentell. Die beiden Werte der App: siehe docs/sign-in.md."},
    {"E-mail address", "E-Mail-Adresse"},
    {"Password of the account", "Passwort des Kontos"},
    {"Its serial number, as on the label", "Ihre Seriennummer, wie auf dem Etikett"},
    {"Serial numbers of your stations, as on their labels, one in a line",
     "Seriennummern der Stationen, wie auf den Etiketten, eine je Zeile"},
    {"Your MQTT broker", "Ihr MQTT-Broker"},
    {"Write the configuration", "Konfiguration schreiben"},
    {"It could not be written. Append this by hand to", "Sie konnte nicht geschrieben werden. Von Hand anfügen an"},
    {"And beside it, readable by the gateway alone:", "Und daneben, nur für das Gateway lesbar:"},
    {"Go back one page and correct it.", "Eine Seite zurückgehen und korrigieren."},
    {"Your entries have expired. Start again.", "Die Eingaben sind abgelaufen. Bitte neu beginnen."},
    {"The configuration is written. First reading:", "Die Konfiguration ist geschrieben. Erste Werte:"},
    {"waiting for the first answer", "wartet auf die erste Antwort"},
    {"Setting up is for the first start; later it needs the token of [http].",
     "Das Einrichten ist für den ersten Start; später braucht es das Token von [http]."},
    {"Set up a station", "Eine Station einrichten"},
}};

}  // namespace bluetti::gateway::http
