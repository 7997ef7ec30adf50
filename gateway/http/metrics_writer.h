// SPDX-License-Identifier: MIT
// Families of metrics as text, in either format: a counter's family is named without "_total" in OpenMetrics only.
// Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/metrics.h"

namespace bluetti::gateway::http {

class MetricsWriter {
 public:
  using Label = std::pair<std::string_view, std::string_view>;
  using Labels = std::initializer_list<Label>;

  explicit MetricsWriter(MetricsFormat format) : format_(format) {}

  // The samples of a family follow it. `name` of a counter: without "_total".
  void gauge(std::string_view name, std::string_view help, std::string_view unit = {});
  void counter(std::string_view name, std::string_view help, std::string_view unit = {});
  void histogram(std::string_view name, std::string_view help, std::string_view unit);

  void sample(const Labels& labels, double value);  // of the present family
  // Of a histogram, of which there may be one for each `of`: so many at most `limit`.
  void bucket(std::string_view limit, std::uint64_t count, const Label& of = {});
  void end_of_histogram(double sum, std::uint64_t count, const Label& of = {});

  [[nodiscard]] std::string take();

 private:
  void begin(std::string_view name, std::string_view type, std::string_view help, std::string_view unit);
  void line(std::string_view suffix, const Labels& labels, double value);

  MetricsFormat format_;
  std::string name_;
  std::string_view suffix_;
  std::string out_;
};

}  // namespace bluetti::gateway::http
