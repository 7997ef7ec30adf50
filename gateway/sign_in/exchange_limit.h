// SPDX-License-Identifier: MIT
// One deadline and one number of bytes for a whole exchange over TLS: connecting, handshake, status line, headers, body
// and whatever frames them. What goes beyond ends the connection. It sits below HTTP, at the records and the socket, so
// that it needs to know nothing of either. Threads: the one that makes the exchange, and one of its own that waits for
// the deadline.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // and SSL

namespace bluetti::gateway {

class ExchangeLimit {
 public:
  enum class Verdict : unsigned char { kept, too_large, too_late };

  ExchangeLimit() = default;
  ExchangeLimit(const ExchangeLimit&) = delete;
  ExchangeLimit& operator=(const ExchangeLimit&) = delete;
  ~ExchangeLimit();

  // Records that arrive count from now on. This must outlive the context's connections.
  void watch(ssl_ctx_st* context);
  // The socket that further exchanges use.
  void use(int socket);

  void begin(std::size_t most_bytes, std::chrono::milliseconds patience);
  void allow(std::size_t more_bytes) { allowed_ += more_bytes; }
  Verdict end();

 private:
  static void on_message(int sent, int version, int type, const void* bytes, std::size_t size, ssl_st* ssl, void* self);
  void count(std::size_t bytes, ssl_st* ssl);
  void wait_for_deadline(std::chrono::steady_clock::time_point deadline);
  void cut(Verdict why);

  std::atomic<std::size_t> allowed_ = 0;
  std::atomic<Verdict> verdict_ = Verdict::kept;
  std::mutex mutex_;  // of what follows
  std::condition_variable over_changed_;
  bool over_ = true;
  int socket_ = -1;  // a descriptor of our own, so that no other socket that was given the number is ever cut
  std::thread watchman_;
};

}  // namespace bluetti::gateway
