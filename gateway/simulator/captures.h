// SPDX-License-Identifier: MIT
// Register images from a file of captures, a JSON object whose `captures` hold `model`, `first_register`, `hex`
// (register data) and, where it is not the model's own, `slave` (the Modbus unit). Start-up only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/simulator/station_image.h"
#include "schemas/schema.h"

namespace bluetti::gateway::simulator {

// The captures whose model begins with the name of this one. Of several that start at the same register of a unit, the
// longest is kept, whole, and of equally long ones the first. The error says what is wrong with the file.
using CapturesResult = std::variant<StationImage, std::string>;
[[nodiscard]] CapturesResult parse_captures(std::string_view text, const schemas::Model& model);
[[nodiscard]] CapturesResult load_captures(const std::filesystem::path& file, const schemas::Model& model);

}  // namespace bluetti::gateway::simulator
