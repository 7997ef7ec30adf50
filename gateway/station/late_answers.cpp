// SPDX-License-Identifier: MIT
#include "gateway/station/late_answers.h"

#include <algorithm>

namespace bluetti::gateway {
namespace {

bool same(const protocol::ReadRequest& a, const protocol::ReadRequest& b) {
  return a.first_register == b.first_register && a.count == b.count;
}

}  // namespace

bool LateAnswers::Expected::may_have(std::size_t bytes) const {
  return bytes == size || bytes == std::size_t{2} * request.count;
}

void LateAnswers::expect(const protocol::ReadRequest& request, std::size_t size, TimePoint now) {
  std::erase_if(expected_, [now](const Expected& one) { return now >= one.until; });
  expected_.push_back({.request = request, .size = size, .until = now + kMayComeFor});
}

void LateAnswers::came(const protocol::ReadRequest& request) {
  const auto own = std::ranges::find_if(expected_, [&](const Expected& one) { return same(one.request, request); });
  if (own != expected_.end()) expected_.erase(own);
}

void LateAnswers::came(std::size_t size) {
  const auto one = std::ranges::find_if(expected_, [size](const Expected& late) { return late.may_have(size); });
  if (one != expected_.end()) expected_.erase(one);
}

bool LateAnswers::could_be_another(const protocol::ReadRequest& request, std::size_t size, TimePoint now) const {
  return std::ranges::any_of(expected_, [&](const Expected& one) {
    return now < one.until && one.may_have(size) && !same(one.request, request);
  });
}

bool LateAnswers::could_be_another(const protocol::ReadRequest& request, TimePoint now) const {
  return std::ranges::any_of(expected_,
                             [&](const Expected& one) { return now < one.until && !same(one.request, request); });
}

}  // namespace bluetti::gateway
