// SPDX-License-Identifier: MIT
#include "gateway/cli/commands.h"
#include "gateway/cli/problems.h"
#include "gateway/mqtt/openssl_settings.h"
#include "gateway/observe/log.h"

namespace bluetti::gateway::cli {

int run(const DaemonOptions& options) {
  Daemon daemon(options);  // first: from here on no signal is lost
  prepare_openssl();
  auto result = load_files(options.config, options.once ? Stations::required : Stations::or_page);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    print_problems(*problems);
    return kUsage;
  }
  Loaded& loaded = std::get<Loaded>(result);
  start_logging(loaded.config->log, options.log_level);
  log_warnings(loaded);
  auto access = make_access_makers(*loaded.config, {});
  if (!access) return kUsage;
  switch (daemon.run(Start{std::move(loaded), *std::move(access)})) {
    case Ending::done:
      return kDone;
    case Ending::incomplete:
      return kFailed;
    case Ending::unreachable:
      return kUnreachable;
    case Ending::interrupted:
      return 128 + daemon.stop_signal();
  }
  return kFailed;
}

}  // namespace bluetti::gateway::cli
