// SPDX-License-Identifier: MIT
// The serial number that a person copied from a station: its digits, or the whole label, whose model's name may itself
// end in digits ("EL100V22345000000001" is the 2345000000001 of an EL100V2). Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "schemas/catalog.h"

namespace bluetti::gateway {

struct SerialLabel {
  std::string serial;                     // digits
  const schemas::Model* model = nullptr;  // as the label says; null: it was digits alone
};

// `model`: what the station is known to be, which decides where a label can be taken apart in several ways; null:
// unknown. Otherwise what is wrong, for people.
[[nodiscard]] std::variant<SerialLabel, std::string> parse_serial_label(std::string_view text,
                                                                        const schemas::Model* model,
                                                                        const schemas::Catalog& catalog);

}  // namespace bluetti::gateway
