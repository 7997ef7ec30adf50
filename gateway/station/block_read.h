// SPDX-License-Identifier: MIT
// One poll of a block, as the reads it takes: parts of at most 125 registers (the Modbus limit), cut between fields
// where that can be, one after the other from the block's first register on. Registers count from there. Where the
// station refuses a read as reaching too far (an Elite 200 V2 refuses one that runs past the end of what it has), a few
// shorter ones find the end. Over Modbus TCP the parts are the block's runs. No bytes, no times.
#pragma once

#include <algorithm>
#include <cstddef>

#include "gateway/station/runs.h"
#include "schemas/schema.h"

namespace bluetti::gateway {

// The last place after `begin` and not after `most` where a cut tears no field and no item of a group; `most` if there
// is none. Items behind a counted group lie nobody knows where before it is read, and are not looked at.
[[nodiscard]] int cut_before(const schemas::Block& block, int begin, int most);

class BlockRead {
 public:
  struct Part {
    int first = 0;
    int count = 0;
    [[nodiscard]] std::size_t bytes() const { return std::size_t{2} * static_cast<std::size_t>(count); }
  };
  static constexpr int kMostShorterTries = 4;

  // The block must outlive this.
  BlockRead(const schemas::Block& block, int registers);
  // The runs must outlive this, and need to have any.
  explicit BlockRead(Runs& runs) : runs_(&runs), run_(runs.next(0)) { choose_run(); }

  [[nodiscard]] static Part first_of(const Runs& runs) {
    return {runs.at(runs.next(0)).first, runs.at(runs.next(0)).count};
  }

  [[nodiscard]] Part part() const { return {begin_, end_ - begin_}; }  // what is to be asked for now

  // Cuts the part so that it is none of the forbidden ones; before all else, to the registers that the station is known
  // to have (0: not known). False: there is no such part.
  template <typename Forbidden>
  [[nodiscard]] bool avoid(int known, Forbidden forbidden) {
    if (!forbidden(part())) return true;
    if (known > begin_) {
      registers_ = std::min(registers_, known);
      end_ = std::min(end_, known);
    }
    for (int end = end_; end > begin_; --end) {
      if (forbidden(Part{begin_, end - begin_}) || (end < end_ && cut_before(*block_, begin_, end) != end)) continue;
      end_ = end;
      return true;
    }
    return false;
  }

  // The part was answered with so many registers. True: another is to be asked for. A station that sends fewer than
  // asked for has no more.
  [[nodiscard]] bool on_answer(int registers);

  // The station does not have all of the part. True: fewer are to be asked for. If already half of the block was too
  // much, the station does not have it at all.
  [[nodiscard]] bool on_refusal();

  // The part was not answered. True: another is to be asked for.
  [[nodiscard]] bool on_silence();

  [[nodiscard]] int reached() const { return reached_; }  // the end of what was answered
  [[nodiscard]] bool was_refused() const { return lacks_ != 0; }

 private:
  [[nodiscard]] bool choose_end();
  bool choose_run();

  const schemas::Block* block_ = nullptr;
  Runs* runs_ = nullptr;  // nullptr: through the cloud
  std::size_t run_ = 0;
  int registers_ = 0;
  int reached_ = 0;
  int begin_ = 0;
  int end_ = 0;
  int lacks_ = 0;  // a read up to here was refused; 0: none was
  int tries_ = 0;
};

}  // namespace bluetti::gateway
