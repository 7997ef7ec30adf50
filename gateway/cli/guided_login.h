// SPDX-License-Identifier: MIT
// `login` for a person at a terminal, from nothing to a configuration that works; and what `login` does with the
// stations in the end.
#pragma once

#include <filesystem>

#include "gateway/cli/commands.h"
#include "gateway/setup/proposal.h"

namespace bluetti::gateway::cli {

// Asks which of the three ways it is to be, and what that takes. The exit code.
[[nodiscard]] int guided_login(const LoginOptions& options);

// `options.from` into the two values of the app, where they are not given. Empty: good, else what is wrong.
[[nodiscard]] std::string take_app_values_from(const std::filesystem::path& from, SignInConfig& sign_in);

// Writes the proposal into the configuration, or prints what to paste and why; then the first reading, and what to run
// next. The exit code.
[[nodiscard]] int write_proposal(const std::filesystem::path& config, const Proposal& proposal,
                                 const schemas::Catalog& catalog);

// Those of the stations that a person ticks at a terminal; without one all. False: the answers ended.
[[nodiscard]] bool tick_stations(std::vector<ProposedStation>& stations);

// Signs in, and remembers what was learned in the state file, whatever came of it. `remembered` is false if it could
// not be written.
[[nodiscard]] SignInResult sign_in_and_remember(const SignInConfig& config, const std::string& account,
                                                const std::filesystem::path& state_file, bool& remembered);

}  // namespace bluetti::gateway::cli
