// SPDX-License-Identifier: MIT
#include "gateway/mqtt/reason.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bluetti::gateway {
namespace {

struct Reason {
  int code;
  std::string_view words;
};

constexpr auto kRefusals = std::to_array<Reason>({
    {1, "the broker does not speak this version of MQTT"},
    {2, "the broker refused the client id"},
    {3, "the broker is there but not available"},
    {4, "wrong user name or password"},
    {5, "not authorised: the broker does not let this client in"},
    {0x84, "the broker does not speak this version of MQTT"},
    {0x85, "the broker refused the client id"},
    {0x86, "wrong user name or password"},
    {0x87, "not authorised: the broker does not let this client in"},
    {0x88, "the broker is there but not available"},
    {0x89, "the broker is busy"},
    {0x8A, "the broker has banned this client"},
    {0x8C, "the broker wants another way to authenticate"},
    {0x90, "the broker refused the topic of the last will"},
    {0x97, "a quota of the broker is used up"},
    {0x9A, "the broker keeps no retained messages"},
    {0x9B, "the broker does not support QoS 1"},
    {0x9C, "the broker wants another server to be used"},
    {0x9D, "the broker has moved"},
    {0x9F, "the broker was connected to too often"},
});

}  // namespace

std::string connack_reason(int code) {
  const auto* const found = std::ranges::find(kRefusals, code, &Reason::code);
  if (found != kRefusals.end()) return std::string(found->words);
  return "the broker refused the connection (code " + std::to_string(code) + ")";
}

}  // namespace bluetti::gateway
