// SPDX-License-Identifier: MIT
// What happens to the gateway. Library threads make events and put them into the queue; the loop's thread alone handles
// them. The variant is closed: a kind nobody handles does not compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/base/reply_to.h"
#include "gateway/base/station_handle.h"
#include "gateway/base/time.h"

namespace bluetti::gateway {

// A connection: the local broker, or an account's session by its index. One that takes the place of another has a
// generation of its own, so that events of the other are not taken for its own.
struct Link {
  int account = -1;
  unsigned generation = 0;
  [[nodiscard]] bool is_local() const { return account < 0; }
  friend bool operator==(Link, Link) = default;
};
inline constexpr Link kLocal{};

// `topic` and `payload` are views into what `owner` keeps alive; nothing is copied on the way.
struct MessageArrived {
  Link link;
  std::shared_ptr<const void> owner;
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
  TimePoint arrived;
  const ReplyTo* reply_to = nullptr;  // as the views; nullptr: no answer is wanted
};

// Which of a broker's addresses a connection was made to, or was to be.
struct Place {
  std::string address;  // "mqtt://host:port (192.0.2.1)"; empty: there is one only
  bool others = false;  // in this round others have not been tried yet
};

struct Connected {
  Link link;
  Place at = {};
};

// A try to connect that failed.
struct ConnectFailed {
  Link link;
  std::string reason;
  bool refused = false;  // the broker answered and said no
  Place at = {};
};

// How a connection ended, or a try to connect.
enum class ConnectionEnd : std::uint8_t {
  lost,
  refused,       // the broker answered and said no
  by_own_limit,  // by this side, over a message that is larger than anything of use
};

struct ConnectionLost {
  Link link;
  std::string reason;
  bool taken_over = false;  // the broker says that another client came with the same client id
  Place at = {};
  ConnectionEnd ending = ConnectionEnd::lost;
};

// The broker does not let this client hear a topic. The connection stays up.
struct SubscriptionRefused {
  Link link;
  std::string topic;
  std::string reason;
};

// A message that the broker will never take: publishing it again does not help. The connection stays up.
struct NotDelivered {
  Link link;
  std::string topic;
  std::size_t size = 0;  // bytes, topic and payload
  std::string reason;
};

// The broker has taken a message whose sender wanted to know: where it is a cluster, most of it has.
struct Confirmed {
  Link link;
  std::string topic;
};

// A message that came in and is larger than anything of use. It was not taken in.
struct MessageTooLarge {
  Link link;
  std::string topic;  // cut
  std::size_t size = 0;
  std::uint64_t count = 0;  // of this client so far: not each is an event
};

struct StopRequested {
  int signal = 0;
};

// Configuration and schema folders are to be reloaded.
struct ReloadRequested {};

// Somebody looks at the page and waits for a snapshot.
struct SnapshotWanted {};

// Somebody wants to change a setting there; the result goes by this number.
struct SettingWanted {
  std::uint64_t number = 0;
  std::string station;  // its id
  std::string path;
  std::string value;
};

struct AccountState;

// The configuration was written from the page, and is to be taken over.
struct SetUpDone {
  std::string account;                        // its id; empty: there is none
  std::shared_ptr<const AccountState> known;  // its session with the vendor's service, to go on with; nullptr: none
};

// What an account needs to connect is there.
struct Access;
struct AccessReady {
  Link link;
  std::shared_ptr<const Access> access;
};

struct AccessFailed {
  Link link;
  std::string reason;
  bool final = false;                                      // asking again can only do harm
  std::shared_ptr<const AccountState> remember = nullptr;  // what was learned all the same
};

// What is to be remembered could not be written.
struct StateNotSaved {
  std::string reason;
};

// A connection to a station on the local network. One that takes the place of another has a generation of its own.
struct LanLink {
  StationHandle station;
  unsigned generation = 0;
  friend bool operator==(LanLink, LanLink) = default;
};

// What happens on it. The bytes are one whole message, which its owner keeps until the sockets are looked at again.
struct LanNews {
  enum class What : std::uint8_t { connected, arrived, ended };
  LanLink link;
  What what = What::ended;
  std::span<const std::byte> message;
  std::string reason;  // of the end: why
};

using Event = std::variant<MessageArrived, Connected, ConnectFailed, ConnectionLost, SubscriptionRefused, NotDelivered,
                           Confirmed, MessageTooLarge, StopRequested, ReloadRequested, AccessReady, AccessFailed,
                           StateNotSaved, SnapshotWanted, LanNews, SettingWanted, SetUpDone>;

// Where events go. Must be noexcept in effect and must not block.
using EventSink = std::function<void(Event)>;

}  // namespace bluetti::gateway
