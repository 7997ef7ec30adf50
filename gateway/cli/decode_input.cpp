// SPDX-License-Identifier: MIT
#include "gateway/cli/decode_input.h"

#include <fmt/format.h>

#include "protocol/modbus.h"

namespace bluetti::gateway::cli {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_between_digits(char c) {
  return c == ' ' || c == ':' || c == '\t' || c == '\r';
}

class FrameReader {
 public:
  FrameReader(const protocol::Opened& opened, std::vector<std::byte>& storage) : opened_(opened), storage_(storage) {}

  using Result = std::variant<Registers, Refused>;

  // An answer does not say which registers it holds, unless the envelope does.
  Result operator()(const protocol::ReadAnswer& answer) const {
    const auto first = opened_.address == 0 ? std::nullopt : std::optional(opened_.address);
    return Registers{first, answer.data, Registers::Frame{opened_, answer.unit}};
  }
  Result operator()(const protocol::Push& push) const {
    return Registers{push.first_register, push.data, Registers::Frame{opened_, push.unit}};
  }
  Result operator()(const protocol::WriteEcho& echo) const {
    storage_ = {static_cast<std::byte>(echo.value >> 8), static_cast<std::byte>(echo.value & 0xFF)};
    return Registers{echo.address, storage_, Registers::Frame{opened_, echo.unit}};
  }
  Result operator()(const protocol::ExceptionAnswer& exception) const {
    return Refused{fmt::format("the station answered with exception {} ({}) to function {}", exception.code,
                               protocol::exception_name(exception.code), exception.function)};
  }

 private:
  const protocol::Opened& opened_;
  std::vector<std::byte>& storage_;
};

}  // namespace

std::optional<Refused> parse_hex(std::string_view text, std::vector<std::byte>& bytes) {
  bytes.clear();
  while (!text.empty() && is_between_digits(text.front())) text.remove_prefix(1);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  int high = -1;
  for (const char c : text) {
    if (is_between_digits(c)) continue;
    const int value = digit_value(c);
    if (value < 0) return Refused{fmt::format("'{}' is not a hexadecimal digit", c)};
    if (high < 0) {
      high = value;
    } else {
      bytes.push_back(static_cast<std::byte>(high << 4 | value));
      high = -1;
    }
  }
  if (high >= 0) return Refused{"odd number of hexadecimal digits"};
  if (bytes.empty()) return Refused{"no data"};
  return std::nullopt;
}

std::variant<Registers, Refused> open_payload(std::span<const std::byte> payload, std::vector<std::byte>& storage) {
  const auto opened = protocol::open(protocol::detect(payload), payload);
  if (const auto* error = std::get_if<protocol::EnvelopeError>(&opened)) {
    return Refused{fmt::format("envelope: {}", protocol::describe(*error))};
  }
  const auto& inside = std::get<protocol::Opened>(opened);
  const auto parsed = protocol::parse_frame(inside.frame);
  if (const auto* error = std::get_if<protocol::FrameError>(&parsed)) {
    return Refused{fmt::format("frame: {}", protocol::describe(*error))};
  }
  return std::visit(FrameReader(inside, storage), std::get<protocol::Frame>(parsed));
}

}  // namespace bluetti::gateway::cli
