// SPDX-License-Identifier: MIT
// How a client reaches its stations: a session with the vendor's cloud, Modbus TCP on the local network, a record of
// earlier traffic, or simulated stations (<bluetti/testing.h>). Cheap to copy. Making one checks nothing: what is wrong
// is the result of connect().
#pragma once

#include <bluetti/export.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bluetti {

// A power station.
struct StationOptions {
  std::string serial = {};       // the numeric part of its serial number
  std::string model = {};        // "AP300": by name, title or alias
  std::string cloud_model = {};  // what the cloud calls it, where that is not what the model's schema says
};

// A client certificate with its private key: a PKCS#12 (.pfx) in a file or in memory. Nothing of it reaches a disk.
struct Certificate {
  std::variant<std::filesystem::path, std::vector<std::byte>> source = {};
  // Called once by connect(), on the library's thread.
  std::function<std::string()> password = {};
};

enum class Verify : unsigned char {
  full,   // the server's certificate and its host name
  chain,  // its certificate only
  none    // nothing: for tests
};

struct CloudOptions {
  std::string url = "mqtts://iot.bluettipower.com:18760";
  std::optional<Certificate> certificate = {};
  std::filesystem::path authorities = {};  // CA certificates, PEM; empty: those of the PKCS#12, else the system's
  Verify verify = Verify::full;
  std::optional<int> security_level = {};  // OpenSSL's; below 2 also lets old, short keys pass
  std::string username = {};
  std::function<std::string()> login_password = {};  // as Certificate::password
  std::string client_id = {};     // empty: made up. The cloud ends the older session with the same one
  int requests_per_minute = 300;  // at most, for all stations together
};

// Where a station answers Modbus TCP on the local network.
struct LanOptions {
  std::string host = {};
  std::uint16_t port = 502;
  std::optional<std::uint8_t> unit = {};  // of Modbus, instead of the model's: others than 1 have frozen stations
};

class Client;

class BLUETTI_API Way {
 public:
  struct Access;  // internal
  Way();          // nowhere: connect() fails
  explicit Way(std::shared_ptr<const Access> access);
  Way(const Way&);
  Way(Way&&) noexcept;
  Way& operator=(const Way&);
  Way& operator=(Way&&) noexcept;
  ~Way();

  [[nodiscard]] const std::shared_ptr<const Access>& access() const { return access_; }

 private:
  std::shared_ptr<const Access> access_;
};

// A session of its own with the cloud. The cloud allows one session per account: whoever else has it, such as a running
// gateway or the phone app, loses it meanwhile.
[[nodiscard]] BLUETTI_API Way cloud(CloudOptions options);

// One connection to one station, which is the client's only one: its blocks and groups are those that its model has
// over Modbus TCP. It pushes nothing.
[[nodiscard]] BLUETTI_API Way lan(LanOptions options);

// Stations as a record shows them, which are the client's stations unless it names some. docs/record.md describes the
// file.
[[nodiscard]] BLUETTI_API Way record(std::filesystem::path file);

}  // namespace bluetti
