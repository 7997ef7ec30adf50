// SPDX-License-Identifier: MIT
#include "gateway/cli/read_command_line.h"
#include "gateway/cli/validators.h"

namespace bluetti::gateway::cli {

void add_login_options(CLI::App& command, LoginOptions& options) {
  add_config(command, options.config);
  command.add_option("--account", options.account, "Account to sign in (if several have an `email`)");
  command.add_flag("--json", options.json, "Print one JSON document");
  command.add_option("--email", options.email, "E-mail address; no account of the configuration is used");
  command.add_option("--password", options.password, "Password of the account; asked for if not given")
      ->envname("BLUETTI_ACCOUNT_PASSWORD");
  command.add_option("--app-key", options.app_key, "Key of the vendor's app")->envname("BLUETTI_APP_KEY");
  command.add_option("--totp-shared-key", options.totp_shared_key, "Key of the app's one-time passwords")
      ->envname("BLUETTI_TOTP_SHARED_KEY");
  command
      .add_option("--from", options.from,
                  "Folder of another integration with both keys: battery-ha, bluetti-venus-gateway, or an env file")
      ->type_name("FOLDER");
  command.add_flag("--write", options.write, "Add the stations to the configuration, and read the first one");
  command.add_option("--sign-in-url", options.sign_in_url, "URL of the vendor's HTTPS service")
      ->type_name("URL")
      ->envname("BLUETTI_SIGN_IN_URL")
      ->capture_default_str();
  command.add_option("--sign-in-ca", options.sign_in_ca, "CA certificates of that service, PEM")
      ->type_name("FILE")
      ->envname("BLUETTI_SIGN_IN_CA");
  command
      .add_option("--state", options.state, "File that keeps the session, with --email; by default the configuration's")
      ->type_name("FILE");
}

}  // namespace bluetti::gateway::cli
