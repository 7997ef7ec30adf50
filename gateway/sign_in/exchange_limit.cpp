// SPDX-License-Identifier: MIT
#include "gateway/sign_in/exchange_limit.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace bluetti::gateway {
namespace {

constexpr std::size_t kRecordHeader = 5;  // type, version, length

}  // namespace

ExchangeLimit::~ExchangeLimit() {
  end();
  if (socket_ >= 0) ::close(socket_);
}

void ExchangeLimit::watch(SSL_CTX* context) {
  SSL_CTX_set_msg_callback(context, &ExchangeLimit::on_message);
  SSL_CTX_set_msg_callback_arg(context, this);
}

void ExchangeLimit::use(int socket) {
  const std::lock_guard lock(mutex_);
  const int own = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (const int before = std::exchange(socket_, own); before >= 0) ::close(before);
  if (verdict_ != Verdict::kept) ::shutdown(socket_, SHUT_RDWR);  // too late already
}

void ExchangeLimit::begin(std::size_t most_bytes, std::chrono::milliseconds patience) {
  end();
  verdict_ = Verdict::kept;
  allowed_ = most_bytes;
  over_ = false;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  watchman_ = std::thread([this, deadline] { wait_for_deadline(deadline); });
}

ExchangeLimit::Verdict ExchangeLimit::end() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  over_changed_.notify_all();
  if (watchman_.joinable()) watchman_.join();
  return verdict_;
}

// Of every record OpenSSL shows the header first, before it reads what is in it.
void ExchangeLimit::on_message(int sent, int, int type, const void* bytes, std::size_t size, SSL* ssl, void* self) {
  if (sent != 0 || type != SSL3_RT_HEADER || size != kRecordHeader) return;
  const auto* header = static_cast<const unsigned char*>(bytes);
  const std::size_t length = std::size_t{header[3]} << 8 | header[4];
  static_cast<ExchangeLimit*>(self)->count(kRecordHeader + length, ssl);
}

void ExchangeLimit::count(std::size_t bytes, SSL* ssl) {
  if (bytes <= allowed_) {
    allowed_ -= bytes;
    return;
  }
  allowed_ = 0;
  cut(Verdict::too_large);
  SSL_set_shutdown(ssl, SSL_RECEIVED_SHUTDOWN);  // what has arrived already is not read either
}

void ExchangeLimit::wait_for_deadline(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (over_changed_.wait_until(lock, deadline, [this] { return over_; })) return;
  lock.unlock();
  cut(Verdict::too_late);
}

void ExchangeLimit::cut(Verdict why) {
  const std::lock_guard lock(mutex_);
  auto kept = Verdict::kept;
  verdict_.compare_exchange_strong(kept, why);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace bluetti::gateway
