// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "gateway/config/config.h"
#include "tests/support/config_fixture.h"
#include "tests/support/fakes.h"

namespace bluetti::gateway {
namespace {

using std::filesystem::perms;
using test::kAccount;
using test::kStation;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr perms kForAll = perms::owner_read | perms::group_read | perms::others_read;

class SecretFile : public testing::Test {
 protected:
  // Loads a configuration whose account ends in `account_lines`, from line 6 on.
  ConfigResult load(std::string_view account_lines, perms permissions = perms::owner_read,
                    const test::Variables& variables = {}) {
    file_ = folder_.write("gateway.toml", std::string(kAccount) + std::string(account_lines) + std::string(kStation),
                          permissions);
    return load_config(file_, test::environment_of(variables), test::test_catalog());
  }

  std::string password_of(std::string_view account_lines) {
    return std::get<Config>(load(account_lines)).accounts.front().certificate_password.reveal();
  }

  std::vector<std::string> texts_of(const std::vector<schemas::Problem>& problems) const {
    std::vector<std::string> texts;
    for (const schemas::Problem& problem : problems) texts.push_back(problem.text());
    return texts;
  }

  [[nodiscard]] std::string path(std::string_view name) const { return (folder_.path() / name).string(); }

  test::TemporaryFolder folder_;
  std::filesystem::path file_;
};

TEST_F(SecretFile, LiesBesideTheConfigurationAndLosesOneLineEnd) {
  folder_.write("unix", "secret\n");
  folder_.write("dos", "secret\r\n");
  folder_.write("none", "secret");
  folder_.write("blank", "secret \n\n");
  EXPECT_EQ(password_of("certificate_password_file = \"unix\"\n"), "secret");
  EXPECT_EQ(password_of("certificate_password_file = \"dos\"\n"), "secret");
  EXPECT_EQ(password_of("certificate_password_file = \"" + path("none") + "\"\n"), "secret");
  EXPECT_EQ(password_of("certificate_password_file = \"blank\"\n"), "secret \n");
}

TEST_F(SecretFile, ThatCannotBeReadIsTold) {
  const auto result = load("certificate_password_file = \"none\"\npassword_file = \".\"\nusername = \"x\"\n");
  EXPECT_THAT(
      texts_of(std::get<std::vector<schemas::Problem>>(result)),
      ElementsAre(path("gateway.toml") + ":6:29: account.certificate_password_file: " + path("none") +
                      " cannot be read: No such file or directory",
                  path("gateway.toml") + ":7:17: account.password_file: " + path(".") +
                      " cannot be read: Is a directory; name a file; Docker makes a folder where a file that is "
                      "to be mounted does not exist"));
}

TEST_F(SecretFile, KeepsWhatIsLeftAroundTheSecretAndSaysSo) {
  for (const auto& [content, secret] : std::map<std::string, std::string>{
           {"secret\n\n", "secret\n"}, {"secret \n", "secret "}, {"\tsecret", "\tsecret"}}) {
    folder_.write("secret", content);
    const auto result = load("certificate_password_file = \"secret\"\n");
    EXPECT_EQ(std::get<Config>(result).accounts.front().certificate_password.reveal(), secret);
    EXPECT_THAT(texts_of(std::get<Config>(result).warnings),
                ElementsAre(path("gateway.toml") + ":6:29: account.certificate_password_file: " + path("secret") +
                            " begins or ends with a blank or an empty line, which is taken as part of the secret"));
  }
}

TEST_F(SecretFile, ThatIsEmptyIsWarnedOf) {
  folder_.write("secret", "\n");
  const auto result = load("certificate_password_file = \"secret\"\n");
  EXPECT_THAT(texts_of(std::get<Config>(result).warnings),
              ElementsAre(path("gateway.toml") + ":6:29: account.certificate_password_file: " + path("secret") +
                          " is empty: so is the secret"));
}

TEST_F(SecretFile, AndTheSecretItselfAreOneTooMany) {
  const auto result = load("certificate_password = \"a\"\ncertificate_password_file = \"b\"\n");
  EXPECT_THAT(texts_of(std::get<std::vector<schemas::Problem>>(result)),
              ElementsAre(path("gateway.toml") +
                          ":7:29: account.certificate_password_file: 'certificate_password' is given as well; keep one "
                          "of the two"));
}

TEST_F(SecretFile, FromTheEnvironmentBeatsASecretInTheFile) {
  folder_.write("secret", "from the file\n");
  const auto result = load("certificate_password = \"a\"\n", perms::owner_read,
                           {{"BLUETTI_GATEWAY__ACCOUNT__HOME__CERTIFICATE_PASSWORD_FILE", "secret"}});
  EXPECT_EQ(std::get<Config>(result).accounts.front().certificate_password.reveal(), "from the file");
}

TEST_F(SecretFile, ThatOthersCanReadIsWarnedOf) {
  folder_.write("open", "secret\n", kForAll);
  const auto result = load("certificate_password_file = \"open\"\n", kForAll);
  EXPECT_THAT(texts_of(std::get<Config>(result).warnings),
              ElementsAre(path("gateway.toml") + ":6:29: account.certificate_password_file: others can read " +
                          path("open") + "; chmod 600 " + path("open")));
}

TEST_F(SecretFile, AConfigurationWithASecretThatOthersCanReadIsWarnedOf) {
  const auto literal = load("certificate_password = \"secret\"\n", kForAll);
  EXPECT_THAT(texts_of(std::get<Config>(literal).warnings),
              ElementsAre(path("gateway.toml") +
                          ":6:24: account.certificate_password: a secret in a file that others can read; chmod 600 " +
                          path("gateway.toml") + ", or use 'certificate_password_file'"));

  const auto variable = load("certificate_password = \"${PW}\"\n", kForAll, {{"PW", "secret"}});
  EXPECT_THAT(std::get<Config>(variable).warnings, IsEmpty()) << "the secret is not in the file";
  const auto private_file = load("certificate_password = \"secret\"\n", perms::owner_read);
  EXPECT_THAT(std::get<Config>(private_file).warnings, IsEmpty());
}

TEST_F(SecretFile, AMissingConfigurationSaysWhatToDo) {
  const auto result = load_config(path("none.toml"), test::environment_of({}), test::test_catalog());
  EXPECT_THAT(texts_of(std::get<std::vector<schemas::Problem>>(result)),
              ElementsAre(path("none.toml") +
                          ": cannot be read: No such file or directory; 'bluetti-gateway init' writes one; --config "
                          "FILE or BLUETTI_GATEWAY_CONFIG names another"));
}

}  // namespace
}  // namespace bluetti::gateway
