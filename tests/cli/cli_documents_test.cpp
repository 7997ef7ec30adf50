// SPDX-License-Identifier: MIT
// What the pages in docs/ show is what the program does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <variant>

#include "gateway/base/read_file.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/config_fixture.h"

namespace bluetti::gateway::cli {
namespace {

using test::run_program;
using testing::HasSubstr;

std::string page(const std::string& name) {
  const auto content = read_file(std::filesystem::path(SOURCE_ROOT) / "docs" / name);
  EXPECT_TRUE(std::holds_alternative<std::string>(content)) << name;
  return std::get<std::string>(content);
}

class Tables : public testing::TestWithParam<const char*> {};
TEST_P(Tables, AreThoseOfTheProgram) {
  const std::string what = GetParam();
  const std::string text = page(what + ".md");
  const auto mark = text.find("<!-- Below: ");
  ASSERT_NE(mark, std::string::npos);
  EXPECT_EQ(text.substr(text.find('\n', mark) + 2), run_program({"list", what, "--markdown"}).out)
      << "run scripts/tables and commit docs/" << what << ".md";
}
INSTANTIATE_TEST_SUITE_P(Pages, Tables, testing::Values("models", "blocks", "settings"));

// The working directory of the examples, with the first TOML example of the page in schemas.d.
class CustomSchemas : public testing::Test {
 protected:
  CustomSchemas() : before_(std::filesystem::current_path()) {
    std::filesystem::create_directory(folder_.path() / "schemas.d");
    std::filesystem::current_path(folder_.path());
    folder_.write(kFile, example());
  }
  ~CustomSchemas() override { std::filesystem::current_path(before_); }

  [[nodiscard]] std::string example() const {
    const std::string_view fence = "```toml\n";
    const auto begin = page_.find(fence) + fence.size();
    return page_.substr(begin, page_.find("```", begin) - begin);
  }

  // Runs the only command of the page that begins like this and expects what the page shows below it. Returns it.
  test::Outcome run_shown(const std::vector<std::string>& arguments) const {
    const auto outcome = run_program(arguments);
    std::string shown = outcome.out + outcome.err;
    shown.erase(shown.find_last_not_of('\n') + 1);
    EXPECT_THAT(page_, HasSubstr("\n" + shown + "\n```\n"));
    return outcome;
  }

  static constexpr const char* kFile = "schemas.d/1300-grid.toml";
  std::filesystem::path before_;
  test::TemporaryFolder folder_;
  std::string page_ = page("custom-schemas.md");
};

TEST_F(CustomSchemas, TheExampleIsGood) {
  EXPECT_EQ(run_shown({"schema", "check", "schemas.d"}).code, 0);
}

TEST_F(CustomSchemas, TheExampleDecodes) {
  const auto decoded = run_shown({"decode", "--schemas", "schemas.d", "--block", "1300", "--model", "AP300",
                                  "01f3 fe0c ffff 3039 0000 0000 0000 0000 0000 0000 0000 0000 0001 fe0c 08fc ffea"});
  EXPECT_EQ(decoded.code, 0);
  EXPECT_THAT(decoded.out, testing::ContainsRegex("utility_phase/1/power +-500 +W\n"));
}

TEST_F(CustomSchemas, TheExampleLeavesBytesUnexplained) {
  const auto coverage =
      run_shown({"schema", "coverage", "--schemas", "schemas.d", "--block", "1300", "--model", "AP300",
                 "01f3 fe0c ffff 3039 0000 0000 0000 ff0c 0000 0000 0000 0000 0001 fe0c 08fc ffea"});
  EXPECT_THAT(coverage.out, HasSubstr("<- not zero"));
}

TEST_F(CustomSchemas, AMistakeIsShownWithItsPlace) {
  std::string text = example();
  const auto key = text.find("scale");
  text.erase(key + 4, 1);
  folder_.write(kFile, text);
  EXPECT_EQ(run_shown({"schema", "check", "schemas.d"}).code, 1);
}

}  // namespace
}  // namespace bluetti::gateway::cli
