// SPDX-License-Identifier: MIT
// A wish for a setting as a person or a program writes it, checked against bounds and options alone. Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/setting.h"

namespace bluetti::schemas {

// Digits, at most one point and a sign: no exponent, no blanks, no "nan".
[[nodiscard]] std::optional<double> plain_number(std::string_view text);

// Why this can never be wished, whatever the station's state; nothing: it can.
[[nodiscard]] std::optional<std::string> mistake_in_wish(const Setting::Facts& facts, std::string_view wish);

// Shortest, without an exponent: for reasons and tables.
[[nodiscard]] std::string number_text(double number);

}  // namespace bluetti::schemas
