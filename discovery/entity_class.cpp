// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "discovery/discovery.h"

namespace bluetti::discovery {
namespace {

using schemas::Field;
using schemas::Prominence;
using schemas::Transform;
using schemas::Type;

enum class Shape { number, boolean, option, bits, text, clock };

Shape shape_of(Type type) {
  switch (type) {
    case Type::boolean:
      return Shape::boolean;
    case Type::enumeration:
      return Shape::option;
    case Type::text:
    case Type::serial:
    case Type::version:
    case Type::ipv4:
      return Shape::text;
    case Type::clock:
      return Shape::clock;
    case Type::bitmap:
      return Shape::bits;
    default:
      return Shape::number;
  }
}

struct Rule {
  Shape shape;
  std::string_view unit;
  std::string_view kind;
  std::string_view platform;
  std::string_view device_class;
  std::string_view state_class;
};

constexpr std::string_view kAny = "*";
constexpr std::string_view kNone = "";
constexpr std::string_view kSensor = "sensor";
constexpr std::string_view kBinarySensor = "binary_sensor";
constexpr std::string_view kMeasurement = "measurement";
constexpr std::string_view kTotalIncreasing = "total_increasing";

// The first row that fits holds. Home Assistant checks unit against device class, and device class against state class:
// what it does not know together stays without a class.
constexpr Rule kRules[] = {
    {Shape::number, kNone, kAny, kSensor, kNone, kNone},
    {Shape::number, kAny, "plain", kSensor, kNone, kMeasurement},
    {Shape::number, "Wh", "stored_energy", kSensor, "energy_storage", kMeasurement},
    {Shape::number, "kWh", "stored_energy", kSensor, "energy_storage", kMeasurement},
    {Shape::number, "%", "battery", kSensor, "battery", kMeasurement},
    {Shape::number, "W", kAny, kSensor, "power", kMeasurement},
    {Shape::number, "VA", kAny, kSensor, "apparent_power", kMeasurement},
    {Shape::number, "var", kAny, kSensor, "reactive_power", kMeasurement},
    {Shape::number, "Wh", kAny, kSensor, "energy", kTotalIncreasing},
    {Shape::number, "kWh", kAny, kSensor, "energy", kTotalIncreasing},
    {Shape::number, "V", kAny, kSensor, "voltage", kMeasurement},
    {Shape::number, "mV", kAny, kSensor, "voltage", kMeasurement},
    {Shape::number, "A", kAny, kSensor, "current", kMeasurement},
    {Shape::number, "Hz", kAny, kSensor, "frequency", kMeasurement},
    {Shape::number, "°C", kAny, kSensor, "temperature", kMeasurement},
    {Shape::number, "min", kAny, kSensor, "duration", kMeasurement},
    {Shape::number, "h", kAny, kSensor, "duration", kMeasurement},
    {Shape::number, "s", kAny, kSensor, "duration", kMeasurement},
    {Shape::number, "dBm", kAny, kSensor, "signal_strength", kMeasurement},
    {Shape::number, kAny, kAny, kSensor, kNone, kMeasurement},
    {Shape::boolean, kAny, "problem", kBinarySensor, "problem", kNone},
    {Shape::boolean, kAny, "connectivity", kBinarySensor, "connectivity", kNone},
    {Shape::boolean, kAny, "power", kBinarySensor, "power", kNone},
    {Shape::boolean, kAny, kAny, kBinarySensor, kNone, kNone},
    {Shape::option, kAny, kAny, kSensor, "enum", kNone},
    {Shape::bits, kAny, "problem", kBinarySensor, "problem", kNone},
    {Shape::bits, kAny, kAny, kSensor, kNone, kNone},
    {Shape::text, kAny, kAny, kSensor, kNone, kNone},
    {Shape::clock, kAny, kAny, kSensor, "timestamp", kNone},
};

const Rule& rule_for(const Field& field) {
  const auto fits = [](std::string_view pattern, std::string_view word) { return pattern == kAny || pattern == word; };
  return *std::ranges::find_if(kRules, [&, shape = shape_of(field.type)](const Rule& rule) {
    return rule.shape == shape && fits(rule.unit, field.unit) && fits(rule.kind, field.kind);
  });
}

// Digits behind the point of a decimal fraction: 0.1 has one, 10 none.
int decimals_of(double number) {
  constexpr int kMost = 6;
  int decimals = 0;
  while (decimals < kMost && std::abs(number - std::round(number)) > 1e-6) {
    number *= 10;
    ++decimals;
  }
  return decimals;
}

// Registers hold whole numbers, so the steps of a value are those of its scale.
int precision_of(const Field& field) {
  if (field.derive) return field.derive->decimals;
  if (field.type == Type::f32) return field.decimals;
  double step = 1;
  for (const schemas::VersionedScale& scale : field.scales) step = std::min(step, scale.factor);
  for (const Transform& transform : field.transforms) {
    if (transform.kind == Transform::Kind::scale) step *= transform.first;
  }
  return decimals_of(step);
}

}  // namespace

bool is_entity(const Field& field) {
  return field.prominence != Prominence::none && !field.secret;
}

EntityClass entity_class(const Field& field) {
  const Rule& rule = rule_for(field);
  const bool measured = rule.shape == Shape::number && !field.unit.empty();
  return {.platform = rule.platform,
          .device_class = rule.device_class,
          .state_class = rule.state_class,
          .unit = measured ? std::string_view(field.unit) : kNone,
          .category = field.prominence == Prominence::primary ? kNone : "diagnostic",
          .enabled = field.prominence != Prominence::disabled,
          .precision = measured ? precision_of(field) : -1};
}

}  // namespace bluetti::discovery
