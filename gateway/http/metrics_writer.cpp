// SPDX-License-Identifier: MIT
#include "gateway/http/metrics_writer.h"

#include <fmt/format.h>

namespace bluetti::gateway::http {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

}  // namespace

void MetricsWriter::begin(std::string_view name, std::string_view type, std::string_view help, std::string_view unit) {
  name_ = name;
  suffix_ = type == "counter" ? "_total" : "";
  const bool is_open = format_ == MetricsFormat::open_metrics;
  const std::string family = is_open ? name_ : name_ + std::string(suffix_);
  out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family, help, family, type);
  if (is_open && !unit.empty()) out_ += fmt::format("# UNIT {} {}\n", family, unit);
}

void MetricsWriter::gauge(std::string_view name, std::string_view help, std::string_view unit) {
  begin(name, "gauge", help, unit);
}

void MetricsWriter::counter(std::string_view name, std::string_view help, std::string_view unit) {
  begin(name, "counter", help, unit);
}

void MetricsWriter::histogram(std::string_view name, std::string_view help, std::string_view unit) {
  begin(name, "histogram", help, unit);
}

void MetricsWriter::line(std::string_view suffix, const Labels& labels, double value) {
  out_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [name, text] : labels) {
    if (text.empty()) continue;  // as good as not there
    out_ += before;
    out_.append(name).append("=\"");
    append_escaped(out_, text);
    out_ += '"';
    before = ',';
  }
  if (before == ',') out_ += '}';
  fmt::format_to(std::back_inserter(out_), " {}\n", value);
}

void MetricsWriter::sample(const Labels& labels, double value) {
  line(suffix_, labels, value);
}

void MetricsWriter::bucket(std::string_view limit, std::uint64_t count, const Label& of) {
  line("_bucket", {of, {"le", limit}}, static_cast<double>(count));
}

void MetricsWriter::end_of_histogram(double sum, std::uint64_t count, const Label& of) {
  bucket("+Inf", count, of);
  line("_sum", {of}, sum);
  line("_count", {of}, static_cast<double>(count));
}

std::string MetricsWriter::take() {
  if (format_ == MetricsFormat::open_metrics) out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace bluetti::gateway::http
