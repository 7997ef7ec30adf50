// SPDX-License-Identifier: MIT
// Configurations as texts, an environment of one's own, and folders that go away.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.h"

namespace bluetti::test {

using Variables = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] gateway::Environment environment_of(Variables variables);

// One account and one station of model TEST, in five and four lines.
inline constexpr std::string_view kAccount = R"([[account]]
id = "home"
url = "mqtts://cloud.example:18760"
certificate = "home.pfx"

)";
inline constexpr std::string_view kStation = R"([[station]]
id = "living_room"
model = "TEST"
serial = "2345000000001"
)";

[[nodiscard]] std::string text(std::initializer_list<std::string_view> parts);

// Reads `text` as /etc/bluetti/gateway.toml, against test_catalog(). Throws if there are problems, so that a test shows
// them.
[[nodiscard]] gateway::Config config_of(std::string_view text, const Variables& variables = {});

// The problems of `text`, as gateway.toml in the working directory; none if it is taken.
[[nodiscard]] std::vector<std::string> problems_of(std::string_view text, const Variables& variables = {});

class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Readable by its owner alone, unless said otherwise.
  std::filesystem::path write(std::string_view name, std::string_view content,
                              std::filesystem::perms permissions = std::filesystem::perms::owner_read |
                                                                   std::filesystem::perms::owner_write) const;

 private:
  std::filesystem::path path_;
};

}  // namespace bluetti::test
