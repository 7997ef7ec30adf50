// SPDX-License-Identifier: MIT
#include "gateway/mqtt/mosquitto_connection.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>
#include <utility>

#include "gateway/base/reconnects.h"
#include "gateway/mqtt/mosquitto_words.h"
#include "gateway/mqtt/reason.h"
#include "gateway/mqtt/refusal.h"
#include "gateway/mqtt/tls_error.h"
#include "protocol/openssl_handles.h"

namespace bluetti::gateway {
namespace {

using namespace std::chrono_literals;

constexpr const char* kNoAnswer = "no answer";
constexpr Duration kLeaveWithin = 2s;  // for what is on its way before DISCONNECT
constexpr Duration kProven = Reconnects::kProven;
constexpr std::chrono::seconds kTryOneOfSeveral{8};  // addresses, until it has taken the client
constexpr int kLookAround = 5000;                    // ms between looks at the keep-alive
// Beyond these, publish() says no: bytes that the socket does not take, and bytes that the broker does not confirm.
constexpr std::size_t kMostUnsent = std::size_t{1} << 20;
constexpr std::size_t kMostUnconfirmed = std::size_t{8} << 20;

MosquittoConnection& owner(void* connection) {
  return *static_cast<MosquittoConnection*>(connection);
}

// An exception must not reach the library's C code. There is none but that memory is short.
template <typename Action>
void guarded(ConnectionLimits& limits, Action action) noexcept {
  try {
    action();
  } catch (...) {
    limits.incoming.lost();
  }
}

}  // namespace

MosquittoConnection::MosquittoConnection(Link link, const ConnectionOptions& options, EventSink sink,
                                         std::shared_ptr<ConnectionLimits> limits)
    : link_(link),
      options_(options),
      sink_(std::move(sink)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      limits_(std::move(limits)) {
  if (limits_->asks_for_limit) options_.protocol = MqttProtocol::v5;
  if (limits_->addresses.several()) options_.connect_timeout = std::min(options_.connect_timeout, kTryOneOfSeveral);
  options_.url = limits_->addresses.begin();
}

MosquittoConnection::~MosquittoConnection() {
  if (library_ != nullptr) mosquitto_destroy(library_);
  if (wake_ >= 0) close(wake_);
}

void MosquittoConnection::start() {
  {
    const std::lock_guard lock(mutex_);
    give_up_at_ = std::chrono::steady_clock::now() + options_.connect_timeout;
  }
  std::thread([self = shared_from_this()] { self->run(); }).detach();
}

void MosquittoConnection::run() {
  std::string problem = prepare();
  if (problem.empty()) problem = reach();
  if (!problem.empty()) return end(problem);
  serve();
}

std::string MosquittoConnection::prepare() {
  const std::lock_guard lock(mutex_);
  library_ = mosquitto_new(options_.client_id.c_str(), true, this);
  if (library_ == nullptr) return "out of memory";
  const bool is_v5 = options_.protocol == MqttProtocol::v5;
  mosquitto_int_option(library_, MOSQ_OPT_PROTOCOL_VERSION, is_v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  mosquitto_int_option(library_, MOSQ_OPT_TCP_NODELAY, 1);
  // Until the connection is there nothing is sent but by serve(): one that comes about too late never says CONNECT, and
  // so does not throw out the next one, which has the same client id.
  mosquitto_threaded_set(library_, true);
  mosquitto_max_inflight_messages_set(library_, 0);  // no window: the broker confirms at its own pace
  set_callbacks();
  if (!options_.username.empty()) {
    mosquitto_username_pw_set(library_, options_.username.c_str(), options_.password.reveal().c_str());
  }
  if (options_.will) {
    const auto& [topic, payload] = *options_.will;
    mosquitto_will_set(library_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1, true);
  }
  return options_.tls ? prepare_tls() : std::string();
}

void MosquittoConnection::set_callbacks() {
  mosquitto_connect_callback_set(library_, [](mosquitto*, void* self, int code) {
    guarded(*owner(self).limits_, [&] { owner(self).on_connack(code); });
  });
  mosquitto_disconnect_v5_callback_set(library_, [](mosquitto*, void* self, int code, const mosquitto_property*) {
    guarded(*owner(self).limits_, [&] { owner(self).on_disconnect(code); });
  });
  mosquitto_publish_v5_callback_set(library_, [](mosquitto*, void* self, int id, int code, const mosquitto_property*) {
    guarded(*owner(self).limits_, [&] { owner(self).on_sent(id, code); });
  });
  mosquitto_message_v5_callback_set(
      library_, [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property* properties) {
        const std::string_view payload{static_cast<const char*>(message->payload),
                                       static_cast<std::size_t>(message->payloadlen)};
        guarded(*owner(self).limits_,
                [&] { owner(self).on_message(message->topic, payload, message->retain, reply_to_of(properties)); });
      });
  mosquitto_subscribe_callback_set(library_, [](mosquitto*, void* self, int id, int count, const int* granted) {
    guarded(*owner(self).limits_, [&] { owner(self).on_suback(id, count > 0 ? granted[0] : kFirstFailure); });
  });
}

std::string MosquittoConnection::prepare_tls() {
  if (options_.tls->verify == Verify::pinned && options_.tls->pinned.empty()) {
    return "no certificate of the server is pinned";
  }
  const protocol::ErrorQueue error_queue;
  context_ = make_client_context(*options_.tls, options_.url.host);
  if (!context_) return "TLS: " + take_tls_error();
  ask_for_name(context_.get(), options_.url.host);
  mosquitto_int_option(library_, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
  mosquitto_void_option(library_, MOSQ_OPT_SSL_CTX, context_.get());
  return {};
}

// The addresses of one name, until one accepts.
std::string MosquittoConnection::try_addresses() {
  std::string problem = kNoAnswer;
  ConnectionOptions options = options_;
  while (const auto url = limits_->addresses.next(options.url)) {
    options.url = *url;
    {
      const std::lock_guard lock(mutex_);
      if (stage_ != Stage::connecting) break;
      options_.url.address = url->address;
    }
    problem = connect_library(library_, options, limits_->incoming.limit());
    if (problem.empty()) break;
  }
  return problem;
}

// Waits for the resolver and for each address, as long as the system lets it: on a thread that can be left to itself.
std::string MosquittoConnection::reach() {
  std::thread([self = shared_from_this()] {
    std::string problem = self->try_addresses();
    const std::lock_guard lock(self->mutex_);
    self->reached_ = std::move(problem);
    self->changed_.notify_all();
  }).detach();
  std::unique_lock lock(mutex_);
  while (!reached_ && stage_ == Stage::connecting && std::chrono::steady_clock::now() < give_up_at_) {
    changed_.wait_until(lock, give_up_at_);
  }
  if (!reached_ || stage_ != Stage::connecting) return kNoAnswer;
  if (reached_->empty()) mosquitto_threaded_set(library_, false);
  return *reached_;
}

void MosquittoConnection::serve() {
  std::string reason;
  while (reason.empty()) {
    std::unique_lock lock(mutex_);
    const int wait = patience();
    const bool writes = mosquitto_want_write(library_);
    std::array<pollfd, 2> waiting{{{wake_, POLLIN, 0}, {mosquitto_socket(library_), POLLIN, 0}}};
    if (writes) waiting[1].events |= POLLOUT;
    lock.unlock();
    poll(waiting.data(), waiting.size(), wait);
    reason = serve_once(waiting[1].revents);
  }
  end(reason);
}

// Once what was sent is confirmed: the library closes the socket with the DISCONNECT, and a reset for what was not read
// by then makes the broker take it for an accident and publish the last will.
void MosquittoConnection::say_goodbye() {
  if (!says_goodbye_) return;
  if (outgoing_.unconfirmed_size() > 0 && std::chrono::steady_clock::now() < give_up_at_) return;
  says_goodbye_ = false;
  mosquitto_disconnect(library_);
  wake();
}

int MosquittoConnection::patience() const {
  if (stage_ == Stage::connected) return kLookAround;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up_at_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLookAround));
}

// Empty: it goes on.
std::string MosquittoConnection::serve_once(short happened) {
  std::uint64_t woken = 0;
  (void)!::read(wake_, &woken, sizeof woken);
  const std::lock_guard lock(mutex_);
  int result = MOSQ_ERR_SUCCESS;
  if ((happened & ~POLLOUT) != 0) result = mosquitto_loop_read(library_, 1);
  if (result == MOSQ_ERR_SUCCESS && (happened & POLLOUT) != 0) result = mosquitto_loop_write(library_, 1);
  if (result == MOSQ_ERR_SUCCESS) result = mosquitto_loop_misc(library_);
  if (!refusal_.empty()) return refusal_;
  if (result != MOSQ_ERR_SUCCESS) return why_ended(result, errno);
  if (!last_words_.empty()) return last_words_;
  look_for_unconfirmed();
  say_goodbye();
  const bool too_late = stage_ != Stage::connected && std::chrono::steady_clock::now() >= give_up_at_;
  return too_late ? kNoAnswer : "";
}

std::string MosquittoConnection::why_ended(int result, int error_number) {
  if (const std::string_view why = limits_->incoming.why_ended(); !why.empty()) {
    limits_->asks_for_limit = true;
    return std::string(why);
  }
  closed_by_broker_ = result == MOSQ_ERR_CONN_LOST || result == MOSQ_ERR_ERRNO || result == MOSQ_ERR_NO_CONN;
  return last_words_.empty() ? text_of(result, error_number) : last_words_;
}

void MosquittoConnection::look_for_unconfirmed() {
  for (auto& message : outgoing_.take_overdue(std::chrono::steady_clock::now())) {
    not_delivered(std::move(message.topic), message.size, "it has not confirmed it for 30 s");
  }
}

// Who disconnects on purpose wants no event of it.
void MosquittoConnection::end(std::string reason) {
  std::unique_lock lock(mutex_);
  const Stage before = stage_;
  const bool was_cut_off = reached_ && reached_->empty() && reason != kNoAnswer;
  const bool may_explain = options_.tls || was_cut_off;
  const BrokerUrl url = options_.url;
  if (before == Stage::connecting && may_explain && refusal_.empty() && !abandoned_) {
    lock.unlock();
    if (std::string found = inquiry(url, options_.tls)(); !found.empty()) reason = std::move(found);
    lock.lock();
  }
  if (before == Stage::connected) suspect_size();
  stage_ = Stage::over;
  const bool lasted = before == Stage::connected && std::chrono::steady_clock::now() >= connected_at_ + kProven;
  if (lasted) limits_->addresses.proven();
  Place at = limits_->addresses.end(url);
  if (before == Stage::connecting) tell(ConnectFailed{link_, std::move(reason), !refusal_.empty(), std::move(at)});
  if (before == Stage::connected) tell(ConnectionLost{link_, std::move(reason), taken_over_, std::move(at)});
  changed_.notify_all();
}

void MosquittoConnection::suspect_size() {
  const TimePoint now = std::chrono::steady_clock::now();
  if (!closed_by_broker_ || options_.protocol == MqttProtocol::v5) return;
  const auto& largest = outgoing_.largest();
  if (!largest || now - largest->sent > PacketLimit::kAtOnce) return;
  if (!limits_->packets.suspect(largest->topic, largest->size, now)) return;
  not_delivered(largest->topic, largest->size, std::string(kEndsConnection));
}

void MosquittoConnection::not_delivered(std::string topic, std::size_t size, std::string reason) {
  tell(NotDelivered{link_, std::move(topic), size, std::move(reason)});
}

void MosquittoConnection::tell(Event event) {
  if (!abandoned_) sink_(std::move(event));
}

void MosquittoConnection::on_connack(int code) {
  if (code != 0) {
    refusal_ = connack_reason(code);
    if (is_other_version(code)) limits_->asks_for_limit = false;
  } else if (stage_ == Stage::connecting) {
    stage_ = Stage::connected;
    connected_at_ = std::chrono::steady_clock::now();
    tell(Connected{link_, limits_->addresses.place(options_.url)});
  }
}

void MosquittoConnection::on_disconnect(int code) {
  if (code < kFirstFailure) return;  // the library's own, or none
  taken_over_ = code == kSessionTakenOver;
  last_words_ = broker_reason(code);
}

void MosquittoConnection::on_suback(int id, int code) {
  const auto topic = subscriptions_.extract(id);
  if (topic.empty() || code < kFirstFailure) return;
  tell(SubscriptionRefused{link_, std::move(topic.mapped()), broker_reason(code)});
}

void MosquittoConnection::on_message(std::string_view topic, std::string_view payload, bool retained,
                                     ReplyTo reply_to) {
  if (abandoned_ || !limits_->incoming.admits(topic, payload.size())) return;
  struct Text {
    std::string topic;
    std::string payload;
    ReplyTo reply_to;
  };
  auto text = std::make_shared<const Text>(Text{std::string(topic), std::string(payload), std::move(reply_to)});
  const std::string_view kept_topic = text->topic;
  const std::string_view kept_payload = text->payload;
  const ReplyTo* answer_to = text->reply_to.topic.empty() ? nullptr : &text->reply_to;
  tell(MessageArrived{link_, std::move(text), kept_topic, kept_payload, retained, std::chrono::steady_clock::now(),
                      answer_to});
}

// Comes for every message, and means a confirmation for those of QoS 1.
void MosquittoConnection::on_sent(int id, int code) {
  auto message = outgoing_.confirmed(id, std::chrono::steady_clock::now());
  const bool is_told = told_.erase(id) > 0;
  if (!message) return;
  if (code < kFirstFailure) {
    if (is_told) tell(Confirmed{link_, std::move(message->topic)});
    return;
  }
  not_delivered(std::move(message->topic), message->size, broker_reason(code));
}

bool MosquittoConnection::subscribe(const std::string& topic, int qos, RetainFlag retain_flag) {
  const std::lock_guard lock(mutex_);
  if (stage_ != Stage::connected) return false;
  const bool is_v5 = options_.protocol == MqttProtocol::v5;
  const int flags = is_v5 && retain_flag == RetainFlag::as_published ? MQTT_SUB_OPT_RETAIN_AS_PUBLISHED : 0;
  int id = 0;
  if (mosquitto_subscribe_v5(library_, &id, topic.c_str(), qos, flags, nullptr) != MOSQ_ERR_SUCCESS) return false;
  subscriptions_.insert_or_assign(id, topic);
  return true;
}

bool MosquittoConnection::unsubscribe(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  if (stage_ != Stage::connected) return false;
  return mosquitto_unsubscribe(library_, nullptr, topic.c_str()) == MOSQ_ERR_SUCCESS;
}

bool MosquittoConnection::publish(const std::string& topic, std::string_view payload, const Delivery& delivery) {
  const std::lock_guard lock(mutex_);
  if (stage_ != Stage::connected) return false;
  if (!mosquitto_want_write(library_)) unsent_size_ = 0;
  if (unsent_size_ > kMostUnsent || (delivery.qos > 0 && outgoing_.unconfirmed_size() > kMostUnconfirmed)) return false;
  const std::size_t size = topic.size() + payload.size();
  if (!limits_->packets.admits(size, std::chrono::steady_clock::now())) {
    not_delivered(topic, size, std::string(kEndsConnection));
    return true;
  }
  hold_back(true);
  int id = 0;
  const int length = static_cast<int>(payload.size());
  const Properties properties = properties_of(options_.protocol, delivery);
  const int result = mosquitto_publish_v5(library_, &id, topic.c_str(), length, payload.data(), delivery.qos,
                                          delivery.retained, properties.get());
  if (is_final(result)) {
    not_delivered(topic, size, refusal_of(result));
    return true;
  }
  if (result != MOSQ_ERR_SUCCESS) return false;
  unsent_size_ += size;
  outgoing_.sent(id, topic, size, delivery.qos, std::chrono::steady_clock::now());
  if (delivery.tell_confirmed) told_.insert(id);
  return true;
}

bool MosquittoConnection::is_behind() {
  const std::lock_guard lock(mutex_);
  return outgoing_.is_behind();
}

void MosquittoConnection::flush() {
  const std::lock_guard lock(mutex_);
  if (!held_back_) return;
  hold_back(false);
  if (mosquitto_want_write(library_)) wake();  // the socket is full: the thread goes on when it is not
}

// The kernel keeps what does not fill a segment until it is let go, or for 200 ms.
void MosquittoConnection::hold_back(bool hold) {
  if (std::exchange(held_back_, hold) == hold || options_.url.is_unix_socket()) return;
  const int value = hold ? 1 : 0;
  setsockopt(mosquitto_socket(library_), IPPROTO_TCP, TCP_CORK, &value, sizeof value);
}

void MosquittoConnection::leave() {
  if (stage_ == Stage::over || stage_ == Stage::leaving) return;
  says_goodbye_ = stage_ == Stage::connected;
  if (says_goodbye_) hold_back(false);
  give_up_at_ = std::chrono::steady_clock::now() + (says_goodbye_ ? kLeaveWithin : Duration::zero());
  stage_ = Stage::leaving;
  changed_.notify_all();
  wake();
}

void MosquittoConnection::disconnect() {
  const std::lock_guard lock(mutex_);
  leave();
}

void MosquittoConnection::abandon(Duration wait) {
  std::unique_lock lock(mutex_);
  leave();
  abandoned_ = true;
  if (wait > Duration::zero()) changed_.wait_for(lock, wait, [this] { return stage_ == Stage::over; });
}

void MosquittoConnection::wake() const {
  constexpr std::uint64_t kOnce = 1;
  (void)!write(wake_, &kOnce, sizeof kOnce);
}

}  // namespace bluetti::gateway
