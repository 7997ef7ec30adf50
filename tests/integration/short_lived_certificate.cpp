// SPDX-License-Identifier: MIT
#include "tests/integration/short_lived_certificate.h"

#include <ctime>
#include <stdexcept>

namespace bluetti::test {
namespace {

constexpr const char* kScript = R"(
set -e
cd "$1"
printf '%s\n' '[ca]' 'database = index' 'new_certs_dir = .' 'rand_serial = yes' 'default_md = sha256' 'policy = any' \
  '[any]' 'commonName = supplied' '[req]' 'distinguished_name = name' '[name]' >openssl.cnf
: >index
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out short.key
openssl req -config openssl.cnf -new -subj /CN=demo -key short.key -out request
openssl ca -config openssl.cnf -name ca -batch -notext -cert "$2/ca.pem" -keyfile "$2/ca.key" \
  -startdate 20200101000000Z -enddate "$3" -in request -out short.pem
openssl pkcs12 -export -inkey short.key -in short.pem -passout "pass:$4" -out short.pfx
)";

std::string in_utc(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[sizeof "20200101000000Z"];
  std::strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &parts);
  return text;
}

}  // namespace

std::filesystem::path short_lived_certificate(const TempDir& dir, std::chrono::seconds lives) {
  const std::filesystem::path folder = dir.path() / "short";
  std::filesystem::create_directory(folder);
  const std::string end = in_utc(std::time(nullptr) + lives.count());
  const Finished result =
      run_to_end({"sh", "-c", kScript, "sh", folder.string(), certificates().string(), end, std::string(kPassword)});
  if (result.code != 0) throw std::runtime_error("openssl failed: " + result.output);
  return folder / "short.pfx";
}

}  // namespace bluetti::test
