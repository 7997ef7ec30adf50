// SPDX-License-Identifier: MIT
// Prints the whole battery group of a real station: cloud SERIAL CERTIFICATE. The password of the certificate is taken
// from BLUETTI_CERT_PASSWORD; BLUETTI_BROKER names another broker than the vendor's, BLUETTI_CA its CA certificate.
#include <bluetti/client.h>

#include <cstdlib>
#include <iostream>

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string ask_for_password() {
  return variable("BLUETTI_CERT_PASSWORD");
}

bluetti::ClientOptions options_for(std::string serial, std::filesystem::path certificate) {
  bluetti::CloudOptions cloud;
  cloud.certificate = bluetti::Certificate{.source = std::move(certificate), .password = ask_for_password};
  if (const std::string broker = variable("BLUETTI_BROKER"); !broker.empty()) cloud.url = broker;
  cloud.authorities = variable("BLUETTI_CA");
  return {.way = bluetti::cloud(std::move(cloud)), .stations = {{.serial = std::move(serial), .model = "AP300"}}};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  bluetti::Client client(options_for(arguments[1], arguments[2]));
  if (const auto connected = client.connect(); !connected) {
    std::cerr << connected.error().message << '\n';
    return 3;
  }
  const auto battery = client.read_group("battery");
  if (!battery) return 1;
  for (const bluetti::Error& error : battery->errors) std::cerr << error.message << '\n';
  for (const bluetti::BlockValues& block : battery->blocks) {
    for (const bluetti::Value& value : block.values) {
      if (value.is_present()) std::cout << value.path << " = " << value.text() << ' ' << value.unit << '\n';
    }
  }
  return battery->errors.empty() ? 0 : 1;
}
