// SPDX-License-Identifier: MIT
// Asks a person on the terminal, one plain question after the other.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace bluetti::gateway::cli {

class Interview {
 public:
  Interview(std::istream& answers, std::ostream& questions) : answers_(answers), questions_(questions) {}

  using FaultOf = std::function<std::string(const std::string&)>;
  // False: the input ended. An empty line leaves `to` as it is.
  bool ask(std::string_view question, std::string& to, const FaultOf& fault_of = nullptr) {
    while (true) {
      questions_ << question << (to.empty() ? "" : fmt::format(" [{}]", to)) << ": " << std::flush;
      std::string line;
      if (!std::getline(answers_, line)) return false;
      if (line.empty()) return true;
      const std::string fault = fault_of ? fault_of(line) : std::string();
      if (fault.empty()) {
        to = line;
        return true;
      }
      questions_ << fault << '\n';
    }
  }

 private:
  std::istream& answers_;
  std::ostream& questions_;
};

}  // namespace bluetti::gateway::cli
