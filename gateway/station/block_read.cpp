// SPDX-License-Identifier: MIT
#include "gateway/station/block_read.h"

#include <algorithm>

#include "protocol/modbus.h"

namespace bluetti::gateway {
namespace {

// Whether a cut at `at` falls into one of `count` things of `size` bytes, the first at `offset`, `stride` bytes apart.
bool tears(int at, int offset, int size, int count, int stride) {
  if (at <= offset) return false;
  const int index = stride > 0 ? std::min((at - offset) / stride, count - 1) : 0;
  const int begin = offset + index * stride;
  return begin < at && at < begin + size;
}

bool tears(const schemas::Block& block, int at) {
  const auto field_torn = [at](const schemas::Field& field) {
    return tears(at, field.offset, field.size, std::max(field.count, 1), field.stride);
  };
  const auto group_torn = [at](const schemas::Group& group) {
    return group.after.empty() && tears(at, group.offset, group.stride, group.max, group.stride);
  };
  return std::ranges::any_of(block.fields, field_torn) || std::ranges::any_of(block.groups, group_torn);
}

}  // namespace

int cut_before(const schemas::Block& block, int begin, int most) {
  for (int at = most; at > begin; --at) {
    if (!tears(block, 2 * at)) return at;
  }
  return most;
}

BlockRead::BlockRead(const schemas::Block& block, int registers) : block_(&block), registers_(registers) {
  static_cast<void>(choose_end());
}

bool BlockRead::choose_end() {
  if (lacks_ == 0) {
    const int most = begin_ + protocol::kMaxReadRegisters;
    end_ = registers_ <= most ? registers_ : cut_before(*block_, begin_, most);
    return begin_ < end_;
  }
  if (tries_ == kMostShorterTries || lacks_ - begin_ < 2) return false;
  ++tries_;
  end_ = cut_before(*block_, begin_, (begin_ + lacks_) / 2);
  return true;
}

bool BlockRead::choose_run() {
  run_ = runs_->next(run_);
  if (run_ == runs_->size()) return false;
  begin_ = runs_->at(run_).first;
  end_ = begin_ + runs_->at(run_).count;
  return true;
}

bool BlockRead::on_answer(int registers) {
  const bool whole = registers == end_ - begin_;
  reached_ = begin_ + registers;
  if (runs_) {
    runs_->answered(run_++);
    return choose_run();
  }
  begin_ += registers;
  return whole && choose_end();
}

bool BlockRead::on_silence() {
  if (!runs_) return false;
  run_ = runs_->unanswered(run_);
  return choose_run();
}

bool BlockRead::on_refusal() {
  if (runs_) {
    run_ = runs_->refused(run_);
    return choose_run();
  }
  lacks_ = end_;
  if (begin_ == 0 && tries_ > 0) return false;
  return choose_end();
}

}  // namespace bluetti::gateway
