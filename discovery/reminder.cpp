// SPDX-License-Identifier: MIT
#include <algorithm>

#include "discovery/assemble.h"

namespace bluetti::discovery {
namespace {

std::string_view identifier_in(std::string_view topic) {
  constexpr std::string_view kEnd = "/config";
  if (topic.ends_with(kEnd)) topic.remove_suffix(kEnd.size());
  return topic.substr(topic.rfind('/') + 1);
}

// A pack's components have the ids of its station's.
std::string_view without_pack(std::string_view identifier) {
  const std::size_t pack = identifier.rfind("_pack_");
  const std::string_view number = pack == std::string_view::npos ? "" : identifier.substr(pack + 6);
  const bool is_pack = !number.empty() && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  return is_pack ? identifier.substr(0, pack) : identifier;
}

// The least that each platform takes; its topics are nobody's.
void write_component(std::string& out, std::string_view platform, std::string_view id, std::string_view identifier) {
  const bool tells = platform == "sensor" || platform == "binary_sensor" || platform == "event" || platform == "update";
  JsonObject object(out);
  if (!tells) object.put_joined("command_topic", {identifier, "/gone"});
  if (platform == "event") object.member("event_types") += R"(["gone"])";
  if (platform == "select") object.member("options") += R"(["gone"])";
  object.put("platform", platform);
  if (tells) object.put_joined("state_topic", {identifier, "/gone"});
  object.put_joined("unique_id", {identifier, "_", id});
}

}  // namespace

std::string reminder(const Announced& gone) {
  const std::string_view identifier = identifier_in(gone.topic);
  return json_object(0, [&](JsonObject& root) {
    {
      JsonObject components(root.member("components"));
      for (const std::string_view entry : gone.components) {
        const std::size_t colon = entry.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view id = entry.substr(colon + 1);
        write_component(components.member(id), entry.substr(0, colon), id, without_pack(identifier));
      }
    }
    root.member("device") += json_object(0, [&](JsonObject& device) { put_identity(device, identifier); });
    root.member("origin") += json_object(0, [](JsonObject& origin) { origin.put("name", Origin().name); });
  });
}

}  // namespace bluetti::discovery
