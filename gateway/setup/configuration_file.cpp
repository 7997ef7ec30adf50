// SPDX-License-Identifier: MIT
#include "gateway/setup/configuration_file.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "gateway/base/private_file.h"
#include "gateway/base/read_file.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead =
    "# BLUETTI Gateway. `bluetti-gateway check` tells what is wrong with this file, and what would be done.\n"
    "# All keys: docs/configuration.md.\n";

bool is_missing(std::error_code error) {
  return error == std::errc::no_such_file_or_directory;
}

std::string texts_of(const std::vector<schemas::Problem>& problems) {
  std::string text;
  for (const schemas::Problem& problem : problems) text += (text.empty() ? "" : "; ") + problem.text();
  return text;
}

std::string unwritten(const fs::path& file, std::error_code error) {
  return fmt::format("{} could not be written: {}; {}", file.string(), error.message(), remedy_for(error, file));
}

// Files that are taken away again unless all went well.
class NewFiles {
 public:
  NewFiles() = default;
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  ~NewFiles() {
    std::error_code ignored;
    for (const fs::path& file : files_) fs::remove(file, ignored);
  }

  // Nothing that is there is replaced. Empty: it is written.
  [[nodiscard]] std::string write(const fs::path& file, const Secret& content) {
    std::error_code ignored;
    if (fs::symlink_status(file, ignored).type() != fs::file_type::not_found) {
      return fmt::format("{} is there already: move it away", file.string());
    }
    if (const auto error = replace_private_file(file, content.reveal())) return unwritten(file, error);
    files_.push_back(file);
    share_with_group_of_folder(file);
    return {};
  }
  void keep() { files_.clear(); }

 private:
  std::vector<fs::path> files_;
};

}  // namespace

std::variant<KnownConfiguration, std::string> known_configuration(const fs::path& file, const Environment& environment,
                                                                  const schemas::Catalog& catalog) {
  std::error_code ignored;
  const bool is_there = fs::exists(file, ignored);
  const ConfigResult result = is_there ? load_config(file, environment, catalog, Stations::optional)
                                       : parse_config("", file, environment, catalog, Stations::optional);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) return texts_of(*problems);
  return known_from(std::get<Config>(result));
}

std::string write_addition(const fs::path& file, const Addition& addition, const Environment& environment,
                           const schemas::Catalog& catalog) {
  if (file.extension() == ".json") return file.string() + " is JSON, to which nothing can be appended";
  auto read = read_file(file);
  std::string text(kHead);
  if (auto* there = std::get_if<std::string>(&read)) {
    text = std::move(*there);
  } else if (const auto error = std::get<std::error_code>(read); !is_missing(error)) {
    return fmt::format("{} cannot be read: {}", file.string(), error.message());
  }
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += addition.tables;

  NewFiles files;
  const fs::path folder = behind_links(file).parent_path();
  for (const SecretFile& secret : addition.files) {
    if (std::string fault = files.write(folder / secret.name, secret.content); !fault.empty()) return fault;
  }
  const ConfigResult result = parse_config(text, file, environment, catalog, Stations::optional);
  if (const auto* problems = std::get_if<std::vector<schemas::Problem>>(&result)) {
    return "the configuration would be invalid with the new tables: " + texts_of(*problems);
  }
  const bool is_new = std::holds_alternative<std::error_code>(read);
  if (const auto error = replace_users_file(file, text)) return unwritten(file, error);
  if (is_new) share_with_group_of_folder(file);
  files.keep();
  return {};
}

}  // namespace bluetti::gateway
