// SPDX-License-Identifier: MIT
// What can go wrong, in four classes that are named by what happens next, and the results that carry it. Where data or
// the outside world is wrong, calls return a Result; exceptions are for mistakes of the program that calls. Plain
// values; any thread.
#pragma once

#include <bluetti/export.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace bluetti {

enum class ErrorClass : std::uint8_t {
  transport,     // not connected, no answer, a deadline: may be tried again
  protocol,      // the station refuses, or what came is no sound message: the same request fails the same way
  schema,        // nobody has described it, or a schema is wrong
  configuration  // what the caller has given cannot work: nothing was sent
};
[[nodiscard]] BLUETTI_API std::string_view name_of(ErrorClass kind) noexcept;  // "transport"

struct Error {
  ErrorClass kind = ErrorClass::transport;
  std::string message;  // for a person: what happened, where and what to do; never a secret
};

// Thrown by Result::value() where there is none.
class BLUETTI_API BadResult : public std::logic_error {
 public:
  explicit BadResult(Error error);
  ~BadResult() override;
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

// A value, or why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}      // NOLINT(google-explicit-constructor): `return value;`
  Result(Error error) : content_(std::move(error)) {}  // NOLINT(google-explicit-constructor): `return error;`

  [[nodiscard]] bool ok() const noexcept { return std::holds_alternative<T>(content_); }
  explicit operator bool() const noexcept { return ok(); }

  // Throws BadResult if there is none.
  [[nodiscard]] const T& value() const& {
    if (!ok()) throw BadResult(error());
    return *std::get_if<T>(&content_);
  }
  [[nodiscard]] T&& value() && {
    if (!ok()) throw BadResult(error());
    return std::move(*std::get_if<T>(&content_));
  }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  // Throws std::bad_variant_access if there is a value.
  [[nodiscard]] const Error& error() const { return std::get<Error>(content_); }

 private:
  std::variant<T, Error> content_;
};

// Of a call that has nothing to give.
struct Done {};

}  // namespace bluetti
