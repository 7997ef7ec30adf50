// SPDX-License-Identifier: MIT
// What a life of the gateway begins with: the files, read and checked, and a way into the cloud for every account. Any
// thread; what is wrong beside the configuration is logged.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/event.h"
#include "gateway/config/config.h"
#include "gateway/transport/access.h"
#include "schemas/catalog.h"

namespace bluetti::gateway {

// What the files say.
struct Loaded {
  std::shared_ptr<const schemas::Catalog> catalog;
  std::shared_ptr<const Config> config;
};

// `stations`: what a configuration without any is. Schema files with errors are left out, which log_warnings() says; a
// configuration with any error is refused.
[[nodiscard]] std::variant<Loaded, std::vector<schemas::Problem>> load_files(const std::filesystem::path& config,
                                                                             Stations stations = Stations::or_page);
void log_warnings(const Loaded& loaded);

// How an account gets into the cloud. Made before the gateway is, for a certificate may not open.
using AccessMaker = std::function<std::unique_ptr<AccessSource>(Link, const EventSink&)>;
using AccessMakers = std::map<std::string, AccessMaker, std::less<>>;  // by account

// Nothing if the certificate of any account cannot be read, which is logged for each. `known`: of accounts that have
// not changed.
[[nodiscard]] std::optional<AccessMakers> make_access_makers(const Config& config, const AccessMakers& known);

struct Start {
  Loaded loaded;
  AccessMakers access;
};

}  // namespace bluetti::gateway
