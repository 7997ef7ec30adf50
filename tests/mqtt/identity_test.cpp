// SPDX-License-Identifier: MIT
// From files to an identity, and what a person is told when they do not fit.
#include "gateway/mqtt/identity.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/protocol/pem_maker.h"

namespace bluetti::gateway {
namespace {

using protocol::test::certificate_pem;
using protocol::test::Certified;
using protocol::test::issue;
using protocol::test::key_pem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Identity : public testing::Test {
 protected:
  Identity() {
    std::string pattern = (std::filesystem::temp_directory_path() / "identity_test.XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    const int nowhere = open("/dev/null", O_RDONLY | O_CLOEXEC);  // nobody there who could be asked for a password
    dup2(nowhere, STDIN_FILENO);
    close(nowhere);
  }
  ~Identity() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& name, std::string_view content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }

  std::filesystem::path pkcs12() const {
    const auto bytes =
        protocol::test::make_pkcs12({.key = client_.key.get(), .certificates = {client_.certificate.get()}});
    return file("client.pfx", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  static std::string subject(const IdentityResult& result) {
    const auto* identity = std::get_if<protocol::TlsIdentity>(&result);
    return identity != nullptr ? identity->subject : std::get<std::string>(result);
  }
  static std::string problem(const IdentityResult& result) {
    const auto* message = std::get_if<std::string>(&result);
    return message != nullptr ? *message : "no problem";
  }

  const Secret none_;
  const Secret password_{"correct horse"};
  const Certified client_ = issue({.name = "Client"});
  const Certified other_ = issue({.name = "Other"});
  std::filesystem::path folder_;
};

TEST_F(Identity, ComesFromAPkcs12) {
  EXPECT_EQ(subject(load_identity({pkcs12(), {}}, password_, true)), "CN=Client");
}

TEST_F(Identity, ComesFromAPairOfPemFiles) {
  const IdentityFiles pair{file("client.pem", certificate_pem(client_)), file("client.key", key_pem(client_))};
  EXPECT_EQ(subject(load_identity(pair, none_, false)), "CN=Client");
}

TEST_F(Identity, ComesFromAnEncryptedKey) {
  const IdentityFiles pair{file("client.pem", certificate_pem(client_)),
                           file("client.key", key_pem(client_, "correct horse"))};
  EXPECT_EQ(subject(load_identity(pair, password_, true)), "CN=Client");
}

TEST_F(Identity, ComesFromOnePemFileWithBoth) {
  const IdentityFiles both{file("both.pem", certificate_pem(client_) + key_pem(client_)), {}};
  EXPECT_EQ(subject(load_identity(both, none_, false)), "CN=Client");
}

TEST_F(Identity, NeedsThePasswordOfAPkcs12) {
  EXPECT_THAT(problem(load_identity({pkcs12(), {}}, none_, false)),
              AllOf(HasSubstr("certificate " + (folder_ / "client.pfx").string() + ": no password"),
                    HasSubstr("`certificate_password`"), HasSubstr("BLUETTI_CERT_PASSWORD"), HasSubstr("--password")));
}

TEST_F(Identity, NeedsThePasswordOfAnEncryptedKey) {
  const IdentityFiles pair{file("client.pem", certificate_pem(client_)),
                           file("client.key", key_pem(client_, "secret"))};
  EXPECT_THAT(problem(load_identity(pair, none_, false)),
              HasSubstr("key " + (folder_ / "client.key").string() + ": no password"));
}

TEST_F(Identity, WrongPasswordIsSaidOfTheFileThatItIsFor) {
  EXPECT_THAT(problem(load_identity({pkcs12(), {}}, Secret("wrong"), true)), HasSubstr("client.pfx: the password"));
  const IdentityFiles pair{file("client.pem", certificate_pem(client_)),
                           file("client.key", key_pem(client_, "secret"))};
  EXPECT_THAT(problem(load_identity(pair, Secret("wrong"), true)),
              AllOf(HasSubstr("client.key: the password does not open"), Not(HasSubstr("wrong"))));
}

TEST_F(Identity, KeyOfAnotherCertificateIsSaid) {
  const IdentityFiles pair{file("client.pem", certificate_pem(client_)), file("other.key", key_pem(other_))};
  EXPECT_THAT(problem(load_identity(pair, none_, false)),
              AllOf(HasSubstr("client.pem: "), HasSubstr("other.key belongs to another certificate")));
}

TEST_F(Identity, MissingKeyIsAskedFor) {
  EXPECT_THAT(problem(load_identity({file("client.pem", certificate_pem(client_)), {}}, none_, false)),
              AllOf(HasSubstr("client.pem: there is no private key in it"), HasSubstr("give its file as `key`")));
  const IdentityFiles swapped{file("client.pem", certificate_pem(client_)), file("client.key", "nothing")};
  EXPECT_THAT(problem(load_identity(swapped, none_, false)), HasSubstr("client.key: there is no private key in it"));
}

TEST_F(Identity, MissingFilesAreNamed) {
  EXPECT_THAT(problem(load_identity({folder_ / "nowhere.pfx", {}}, none_, false)),
              AllOf(HasSubstr("nowhere.pfx: No such file or directory"), HasSubstr("correct `certificate`")));
  const IdentityFiles half{file("client.pem", certificate_pem(client_)), folder_ / "nowhere.key"};
  EXPECT_THAT(problem(load_identity(half, none_, false)),
              AllOf(HasSubstr("nowhere.key: No such file or directory"), HasSubstr("correct `key`")));
}

}  // namespace
}  // namespace bluetti::gateway
