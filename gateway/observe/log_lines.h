// SPDX-License-Identifier: MIT
// What becomes of a log line on its way: what it is about, serial numbers shortened, and what is said twice in a row
// about one thing counted instead, for a minute. No output, no clock. Not thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace bluetti::gateway {

// "[cloud home] connected" -> "cloud home"; nothing without brackets.
[[nodiscard]] std::string_view tag_of(std::string_view line);
// An index into kLogAreas.
[[nodiscard]] std::size_t area_of(std::string_view line);

// "2345000000001" -> "2345…0001": enough to tell one's own stations apart, not enough to name them to others.
[[nodiscard]] std::string short_serial(std::string_view serial);

// Shortens whatever is as long as a serial number. False: there was nothing to shorten, and `to` is left alone.
bool shorten_serials(std::string_view text, std::string& to);

// Makes a line of whatever it holds: control characters, what turns the direction of writing, and bytes that are not
// UTF-8 are written as \n, \x1b or \u202e; of a long one the middle is left out, and how much that was is said. A
// backslash stays as it is. False: there was nothing to do, and `to` is left alone.
inline constexpr std::size_t kLongestLine = 600;  // bytes, before escaping
bool make_printable(std::string_view text, std::string& to);
// The same without a cut, for what commands show of others' texts.
[[nodiscard]] std::string printable_of(std::string_view text);

// After its first lines it allocates nothing.
class RepeatedLines {
 public:
  using Time = std::chrono::system_clock::time_point;
  using Tell = std::function<void(Time now, int level, std::string_view line)>;
  static constexpr std::chrono::seconds kWindow{60};

  // `tell` is given "... (repeated 12 times in 60 s)".
  explicit RepeatedLines(Tell tell) : tell_(std::move(tell)) {}

  // True: it was counted and need not be told.
  bool is_repeated(Time now, int level, std::string_view line);
  void tell_old(Time now);  // of more than a minute ago
  void tell_all(Time now);

 private:
  struct Said {
    std::string line;
    int level = -1;  // -1: nothing
    Time first;
    int repeated = 0;  // beside the first
  };
  void settle(Said& said, Time now);

  Tell tell_;
  std::array<Said, 32> said_;  // the last line about each of so many things
};

// Whoever may send messages can have lines written about them: of one level about one thing no more than so many a
// minute; the others are counted, and how many they were is told at its end. Not thread-safe.
class LineBudget {
 public:
  using Time = RepeatedLines::Time;
  using Tell = RepeatedLines::Tell;
  static constexpr std::chrono::seconds kWindow{60};

  // `info`: the first level that is not for who looks for something only.
  LineBudget(int info, Tell tell) : info_(info), tell_(std::move(tell)) {}

  // True: it was counted and is not to be told.
  bool is_left_out(Time now, int level, std::string_view line);
  void tell_old(Time now);
  void tell_all(Time now);

  static constexpr int kMost = 120;
  static constexpr int kMostOfDetails = 3000;

 private:
  struct Spent {
    std::string tag;
    int level = -1;  // -1: nothing
    Time since;
    int lines = 0;
    int left_out = 0;
  };
  void settle(Spent& spent, Time now);

  int info_;
  Tell tell_;
  std::array<Spent, 64> spent_;
};

}  // namespace bluetti::gateway
