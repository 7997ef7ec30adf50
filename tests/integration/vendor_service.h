// SPDX-License-Identifier: MIT
// The mock of the vendor's HTTPS service as a process, and what it knows of its one account; all of it made up.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/integration/harness.h"

namespace bluetti::test {

inline constexpr const char* kEmail = "owner+test@example.com";
inline constexpr const char* kOwnersPassword = "correct horse 电池";
inline constexpr const char* kAppKey = "made-up-app-key";
inline constexpr const char* kTotpKey = "made-up-totp-key";

class VendorService {
 public:
  [[nodiscard]] static bool can_run() {
    return run_to_end({"/usr/bin/python3", "-c", "import cryptography"}).code == 0;
  }
  static constexpr const char* kCannotRun = "needs python3-cryptography for /usr/bin/python3";

  // `faults`: as the service names them.
  explicit VendorService(const TempDir& dir, const std::vector<std::string>& faults = {})
      : process_(command(faults), dir.path() / "service.log") {
    EXPECT_TRUE(process_.says("port ")) << process_.output();
    const std::string said = process_.output();
    url_ = "https://127.0.0.1:" + std::to_string(std::stoi(said.substr(said.rfind("port ") + 5)));
  }

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] static std::string authorities() { return certificates().string() + "/ca.pem"; }
  [[nodiscard]] std::string output() const { return process_.output(); }
  // How often it has seen this.
  [[nodiscard]] std::size_t asked(const std::string& what) const { return process_.times_said(what); }

 private:
  static std::vector<std::string> command(const std::vector<std::string>& faults) {
    std::vector<std::string> command{"/usr/bin/python3", SOURCE_ROOT "/tests/support/vendor_service.py",
                                     certificates().string()};
    command.insert(command.end(), faults.begin(), faults.end());
    return command;
  }

  Process process_;
  std::string url_;
};

}  // namespace bluetti::test
