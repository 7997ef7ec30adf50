// SPDX-License-Identifier: MIT
#include "gateway/cli/subcommands.h"
#include "gateway/cli/validators.h"

namespace bluetti::gateway::cli {

CLI::App& add_login(CLI::App& parent, LoginOptions& options) {
  CLI::App& command =
      subcommand(parent, "login", "Set up step by step, or sign in to the account (experimental)",
                 "Examples:\n"
                 "  bluetti-gateway login\n"
                 "  bluetti-gateway login --config /etc/bluetti/gateway.toml --account home --json\n"
                 "  bluetti-gateway login --email me@example.com --from ~/homeassistant --write\n"
                 "Without options and an account in the configuration it asks on a terminal, step by step.\n"
                 "Experimental: never run against the vendor's service. Stop `run` first: both use the same session.");
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
  return command;
}

CLI::App& add_init(CLI::App& parent, InitOptions& options) {
  CLI::App& command =
      subcommand(parent, "init", "Write a commented starter configuration",
                 "Examples:\n"
                 "  bluetti-gateway init\n"
                 "  bluetti-gateway init --serial 2345000000001 --model EL100V2 --certificate bluetti.pfx\n"
                 "  bluetti-gateway init --lan 192.168.1.20 --serial 2345000000001 --model Balco260\n"
                 "Asks on a terminal unless a serial number is given. Writes no password.");
  add_config(command, options.config);
  command.add_flag("--force", options.force, "Overwrite an existing file");
  command.add_option("--local-url", options.local_url, "Your MQTT broker")->type_name("URL")->capture_default_str();
  command.add_option("--local-username", options.local_username, "User name on that broker")->type_name("NAME");
  command.add_option("--certificate", options.certificate, "Certificate of the vendor's account, PKCS#12")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_option("--model", options.model, "Model of the stations")->type_name("MODEL")->capture_default_str();
  command
      .add_option("--serial", options.serials,
                  "Serial number of a station, its digits or its whole label; can be repeated")
      ->type_name("NUMBER")
      ->allow_extra_args(false);
  command
      .add_option("--lan", options.lan,
                  "Where the station answers on the local network, without the cloud; one for each --serial")
      ->type_name("HOST[:PORT]")
      ->allow_extra_args(false);
  return command;
}

}  // namespace bluetti::gateway::cli
