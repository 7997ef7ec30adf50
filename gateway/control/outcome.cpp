// SPDX-License-Identifier: MIT
#include "gateway/control/outcome.h"

#include <fmt/chrono.h>

#include <nlohmann/json.hpp>

namespace bluetti::gateway {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

Json json_of(const ControlResult& result) {
  Json json{{"path", result.wish.path},
            {"wanted", result.wish.value},
            {"before", text_or_null(result.before)},
            {"after", text_or_null(result.after)},
            {"outcome", name_of(result.outcome)},
            {"reason", result.reason},
            {"id", result.wish.id},
            {"took_ms", result.took.count()}};
  if (result.wish.dry_run) {
    json["dry_run"] = true;
    json["frame"] = result.frame;
  }
  return json;
}

// What others have written may be no UTF-8.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string_view name_of(ControlOutcome outcome) {
  switch (outcome) {
    case ControlOutcome::confirmed:
      return "confirmed";
    case ControlOutcome::refused:
      return "refused";
    case ControlOutcome::failed:
      return "failed";
    case ControlOutcome::reverted:
      return "reverted";
  }
  return "unknown";
}

std::string to_json(const ControlResult& result) {
  return text_of(json_of(result));
}

std::string to_audit_line(const ControlResult& result, WallTime at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  Json line{{"time", fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)))},
            {"station", result.station},
            {"way", result.wish.way}};
  if (result.wish.is_undo) line["undo"] = true;
  line.update(json_of(result));
  return text_of(line);
}

}  // namespace bluetti::gateway
