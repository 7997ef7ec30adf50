// SPDX-License-Identifier: MIT
// Reads whose answer did not come in time, and may come yet. A Modbus answer does not say which registers it holds,
// only how many: while one of so many may still come, no other read is asked for as many. The loop's thread only.
#pragma once

#include <cstddef>
#include <vector>

#include "gateway/base/time.h"
#include "protocol/modbus.h"

namespace bluetti::gateway {

class LateAnswers {
 public:
  static constexpr std::chrono::minutes kMayComeFor{
      2};  // longer than a stalled connection lives: the keepalive is 60 s

  // `size`: bytes that its answer is known to have, as some are shorter than asked for.
  void expect(const protocol::ReadRequest& request, std::size_t size, TimePoint now);

  // An answer of so many bytes came to this read, or to none.
  void came(const protocol::ReadRequest& request);
  void came(std::size_t size);

  // Whether an answer of so many bytes may be one to another read than this.
  [[nodiscard]] bool could_be_another(const protocol::ReadRequest& request, std::size_t size, TimePoint now) const;
  // Whether what comes now may be an answer to another read, if one without a size: an exception.
  [[nodiscard]] bool could_be_another(const protocol::ReadRequest& request, TimePoint now) const;

 private:
  struct Expected {
    protocol::ReadRequest request;
    std::size_t size = 0;
    TimePoint until;

    [[nodiscard]] bool may_have(std::size_t bytes) const;
  };

  std::vector<Expected> expected_;  // the oldest first
};

}  // namespace bluetti::gateway
