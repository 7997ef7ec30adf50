// SPDX-License-Identifier: MIT
// OpenSSL's error lines, cut down to what a person can use.
#pragma once

#include <string>
#include <string_view>

namespace bluetti::gateway {

// "…:error:0A000086:SSL routines::certificate verify failed:../ssl/x.c:1:data" -> "certificate verify failed (data)".
// A line of another form comes back as it is.
[[nodiscard]] std::string tls_reason(std::string_view line);

// Of the lines of one failure, in OpenSSL's order, the one to tell: the first that names a cause of its own. Those
// after it only say which part of the library passed it on.
class TlsErrorLines {
 public:
  void add(std::string_view line);
  [[nodiscard]] std::string take();  // and forgets; empty: there was none

 private:
  std::string reason_;
};

// The cause in OpenSSL's error queue of this thread, which is empty then.
[[nodiscard]] std::string take_tls_error();

}  // namespace bluetti::gateway
