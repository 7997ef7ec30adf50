// SPDX-License-Identifier: MIT
// What readings of a power have summed up to: the area below the straight lines from one to the next. Only what lies
// above zero counts, so the sum never goes down. Knows no clock: how long one reading came after the other is told.
// Totals are in the readings' unit times hours.
#pragma once

namespace bluetti::schemas {

class Integral {
 public:
  explicit Integral(double total = 0) : total_(total) {}

  // The first reading, or the first after a gap over which nothing is known: the time before it adds nothing.
  void begin(double reading) { last_ = reading; }
  // A reading so long after the one before.
  void add(double reading, double hours);

  [[nodiscard]] double total() const { return total_; }

 private:
  double total_;
  double last_ = 0;
};

}  // namespace bluetti::schemas
