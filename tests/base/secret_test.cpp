// SPDX-License-Identifier: MIT
#include "gateway/base/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <new>
#include <type_traits>

namespace bluetti::gateway {
namespace {

constexpr std::string_view kShort = "pass word";                                         // inside the string itself
constexpr std::string_view kLong = "a password that is too long for the string itself";  // in memory of its own

static_assert(std::is_nothrow_move_assignable_v<Secret> && !std::is_constructible_v<std::string, Secret>);

TEST(Secret, RevealsWhatItWasGiven) {
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret(std::string(kLong)).reveal(), kLong);
  Secret secret{std::string(kShort)};
  const Secret copy = secret;
  secret = Secret(std::string(kLong));
  EXPECT_EQ(copy.reveal(), kShort);
  EXPECT_EQ(secret.reveal(), kLong);
}

// The object's own bytes, after its end.
TEST(Secret, IsWipedWhenItGoes) {
  alignas(Secret) std::array<char, sizeof(Secret)> place{};
  auto* secret = new (place.data()) Secret(std::string(kShort));
  const auto holds_it = [&] {
    return std::search(place.begin(), place.end(), kShort.begin(), kShort.end()) != place.end();
  };
  ASSERT_TRUE(holds_it());
  secret->~Secret();
  EXPECT_FALSE(holds_it());
}

TEST(Secret, IsWipedWhenItIsReplaced) {
  alignas(Secret) std::array<char, sizeof(Secret)> place{};
  auto* secret = new (place.data()) Secret(std::string(kShort));
  *secret = Secret(std::string(kLong));
  EXPECT_EQ(std::search(place.begin(), place.end(), kShort.begin(), kShort.end()), place.end());
  secret->~Secret();
}

}  // namespace
}  // namespace bluetti::gateway
