// SPDX-License-Identifier: MIT
#include "schemas/integral.h"

#include <algorithm>

namespace bluetti::schemas {
namespace {

// Of the straight line from a to b, as far as it lies above zero.
double mean_above_zero(double a, double b) {
  const auto [least, greatest] = std::minmax(a, b);
  if (greatest <= 0) return 0;
  if (least >= 0) return (least + greatest) / 2;
  return greatest * greatest / (2 * (greatest - least));  // a triangle, over the share of the time it takes
}

}  // namespace

void Integral::add(double reading, double hours) {
  total_ += mean_above_zero(last_, reading) * hours;
  last_ = reading;
}

}  // namespace bluetti::schemas
