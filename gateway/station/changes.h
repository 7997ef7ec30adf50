// SPDX-License-Identifier: MIT
// What a message changed. Room for it is made beforehand and shared by stations, since one message is dealt with before
// the next one comes. The loop's thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gateway/station/block_energies.h"

namespace bluetti::gateway {

// What changed in one block: indices of its slots.
struct Update {
  std::size_t block = 0;
  std::span<const std::uint32_t> slots;
};

struct Changes {
  std::vector<Update> updates;       // views into `slots`
  std::vector<std::uint32_t> slots;  // never more than there is room for
  std::vector<CounterNotice> notices;

  void make_room(std::size_t blocks, std::size_t all_slots) {
    updates.reserve(std::max(blocks, updates.capacity()));
    slots.reserve(std::max(all_slots, slots.capacity()));
  }
  void clear() {
    updates.clear();
    slots.clear();
    notices.clear();
  }
};

}  // namespace bluetti::gateway
