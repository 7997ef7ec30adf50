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

constexpr auto kReasons = std::to_array<Reason>({
    {0x80, "it gives no reason, most often the client is not allowed to"},
    {0x83, "the broker has a reason of its own"},
    {0x87, "not authorised"},
    {0x8B, "the broker shuts down"},
    {0x8D, "the broker has not heard from this client for too long"},
    {kSessionTakenOver, "another client connected with the same client id"},
    {0x8F, "the broker does not allow such a topic"},
    {0x90, "the broker does not allow such a topic"},
    {0x93, "more messages at a time than the broker takes"},
    {kPacketTooLarge, "a message was larger than the broker takes"},
    {0x96, "messages came faster than the broker takes them"},
    {0x97, "a quota of the broker is used up"},
    {0x98, "an administrator of the broker ended the connection"},
    {0x99, "the broker does not take this payload"},
    {0x9A, "the broker keeps no retained messages"},
    {0x9B, "the broker does not support this QoS"},
    {0xA2, "the broker does not support wildcards"},
});

template <typename Table>
std::string words_of(const Table& table, int code, std::string_view otherwise) {
  const auto* const found = std::ranges::find(table, code, &Reason::code);
  if (found != table.end()) return std::string(found->words);
  return std::string(otherwise) + " (code " + std::to_string(code) + ")";
}

}  // namespace

std::string connack_reason(int code) {
  return words_of(kRefusals, code, "the broker refused the connection");
}

std::string broker_reason(int code) {
  return words_of(kReasons, code, "the broker does not say why");
}

}  // namespace bluetti::gateway
