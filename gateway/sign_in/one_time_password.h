// SPDX-License-Identifier: MIT
// The time-based one-time password of the vendor's app: RFC 4226's truncation over a digest of its own, eight digits, a
// new one every 30 s of the service's time. Source: thierrycoopman/battery-ha @ 9e69cd4. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bluetti::gateway {

// For the certificate: of user id and device id. For the broker: of the token's part 1 and part 0.
[[nodiscard]] std::uint32_t one_time_password(std::string_view first, std::string_view second,
                                              std::string_view shared_key, std::uint64_t utc_ms);

// Eight digits, zeros in front.
[[nodiscard]] std::string digits_of(std::uint32_t one_time_password);

}  // namespace bluetti::gateway
