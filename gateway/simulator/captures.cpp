// SPDX-License-Identifier: MIT
#include "gateway/simulator/captures.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gateway/base/read_file.h"

namespace bluetti::gateway::simulator {
namespace {

using Bytes = std::vector<std::byte>;
using Images = std::map<std::pair<std::uint8_t, std::uint16_t>, Bytes>;  // by unit and first register

std::optional<Bytes> bytes_of(std::string_view hex) {
  if (hex.empty() || hex.size() % 4 != 0) return std::nullopt;
  Bytes bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned value = 0;
    const char* end = hex.data() + i + 2;
    if (std::from_chars(hex.data() + i, end, value, 16).ptr != end) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

// The JSON library would cut a larger number silently.
template <class Number>
Number number_of(const nlohmann::json& value) {
  const auto number = value.get<std::int64_t>();
  if (!std::in_range<Number>(number)) throw std::invalid_argument(fmt::format("{} is out of range", number));
  return static_cast<Number>(number);
}

Images images_of(const nlohmann::json& document, const schemas::Model& model) {
  Images images;
  for (const auto& capture : document.at("captures")) {
    if (!capture.at("model").get<std::string>().starts_with(model.name)) continue;
    const auto unit = number_of<std::uint8_t>(capture.value("slave", nlohmann::json(model.unit)));
    const auto first_register = number_of<std::uint16_t>(capture.at("first_register"));
    auto bytes = bytes_of(capture.at("hex").get<std::string>());
    if (!bytes) throw std::invalid_argument(fmt::format("register {}: `hex` is not whole registers", first_register));
    Bytes& kept = images[{unit, first_register}];
    if (bytes->size() > kept.size()) kept = std::move(*bytes);
  }
  return images;
}

StationImage image_of(const Images& images) {
  StationImage image;
  for (const auto& [place, bytes] : images) {
    const auto stretch = image.add(place.first, place.second, static_cast<std::uint16_t>(bytes.size() / 2));
    std::ranges::copy(bytes, image.bytes(stretch).begin());
  }
  return image;
}

}  // namespace

CapturesResult parse_captures(std::string_view text, const schemas::Model& model) {
  try {
    const Images images = images_of(nlohmann::json::parse(text), model);
    if (images.empty()) return fmt::format("no capture of a model that begins with \"{}\"", model.name);
    return image_of(images);
  } catch (const std::exception& error) {
    return std::string{error.what()};
  }
}

CapturesResult load_captures(const std::filesystem::path& file, const schemas::Model& model) {
  const auto content = read_file(file);
  if (const auto* error = std::get_if<std::error_code>(&content)) {
    return fmt::format("{}: {}", file.string(), error->message());
  }
  auto result = parse_captures(std::get<std::string>(content), model);
  if (auto* error = std::get_if<std::string>(&result)) *error = fmt::format("{}: {}", file.string(), *error);
  return result;
}

}  // namespace bluetti::gateway::simulator
