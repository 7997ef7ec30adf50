// SPDX-License-Identifier: MIT
// The English words of entities and devices that no schema file names. Languages translate them like titles.
#pragma once

#include <array>
#include <string_view>

namespace bluetti::discovery::phrase {

inline constexpr std::string_view kAllStations = "All stations";
inline constexpr std::string_view kBatteryPack = "Battery pack";
inline constexpr std::string_view kCertificateExpires = "Certificate expires";
inline constexpr std::string_view kCloudConnection = "Cloud connection";
inline constexpr std::string_view kCloudProblem = "Cloud problem";
inline constexpr std::string_view kCloudRequests = "Cloud requests per minute";
inline constexpr std::string_view kControl = "Control";
inline constexpr std::string_view kFirmware = "Firmware";
inline constexpr std::string_view kGridPresent = "Grid present";
inline constexpr std::string_view kLastCloudAnswer = "Last answer from the cloud";
inline constexpr std::string_view kLastChange = "Last change";
inline constexpr std::string_view kLogLevel = "Log level";
inline constexpr std::string_view kOther = "Other";
inline constexpr std::string_view kProblem = "Problem";
inline constexpr std::string_view kProblemEvent = "Problem event";
inline constexpr std::string_view kRefreshQuickly = "Refresh quickly";
inline constexpr std::string_view kRestart = "Restart";
inline constexpr std::string_view kStationConnection = "Connection";
inline constexpr std::string_view kUndo = "Undo last change";
inline constexpr std::string_view kValue = "Value";

// What became of a change.
inline constexpr std::array<std::string_view, 4> kOutcomes{"confirmed", "refused", "failed", "reverted"};

inline constexpr std::array kAll{
    kAllStations, kBatteryPack, kCertificateExpires, kCloudConnection, kCloudProblem,    kCloudRequests,
    kControl,     kFirmware,    kGridPresent,        kLastChange,      kLastCloudAnswer, kLogLevel,
    kOther,       kProblem,     kProblemEvent,       kRefreshQuickly,  kRestart,         kStationConnection,
    kUndo,        kValue};

}  // namespace bluetti::discovery::phrase
