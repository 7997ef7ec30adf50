// SPDX-License-Identifier: MIT
#include "gateway/mqtt/tls_error.h"

#include <openssl/err.h>

#include <array>
#include <utility>

namespace bluetti::gateway {
namespace {

constexpr int kFieldsBeforeReason = 3;  // code, library, function
constexpr int kFieldsOfPlace = 2;       // file, line

std::string_view cut_field(std::string_view& rest) {
  const std::size_t colon = rest.find(':');
  const std::string_view field = rest.substr(0, colon);
  rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
  return field;
}

// "PEM lib", "system lib": where a failure was passed on.
bool is_passed_on(std::string_view reason) {
  return reason.ends_with(" lib");
}

}  // namespace

std::string tls_reason(std::string_view line) {
  while (line.ends_with('\n')) line.remove_suffix(1);
  constexpr std::string_view kStart = "error:";
  const std::size_t start = line.find(kStart);
  if (start == std::string_view::npos) return std::string(line);
  std::string_view rest = line.substr(start + kStart.size());
  for (int field = 0; field < kFieldsBeforeReason; ++field) cut_field(rest);
  std::string reason(cut_field(rest));
  for (int field = 0; field < kFieldsOfPlace; ++field) cut_field(rest);
  if (!rest.empty()) reason.append(" (").append(rest).append(")");
  return reason;
}

void TlsErrorLines::add(std::string_view line) {
  std::string reason = tls_reason(line);
  if (reason.empty()) return;
  if (reason_.empty() || (is_passed_on(reason_) && !is_passed_on(reason))) reason_ = std::move(reason);
}

std::string TlsErrorLines::take() {
  return std::exchange(reason_, {});
}

std::string take_tls_error() {
  TlsErrorLines lines;
  ERR_print_errors_cb(
      [](const char* line, std::size_t length, void* to) {
        static_cast<TlsErrorLines*>(to)->add({line, length});
        return 1;
      },
      &lines);
  std::string reason = lines.take();
  return reason.empty() ? "the connection was closed during the handshake" : reason;
}

}  // namespace bluetti::gateway
