// SPDX-License-Identifier: MIT
#include "setting_support.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include "schemas/decoder.h"

namespace bluetti::schemas::testing {
namespace {

const SettingsOfModel& settings_of(const std::string& model) {
  static std::map<std::string, SettingsOfModel> known;
  const auto found = known.find(model);
  if (found != known.end()) return found->second;
  return known.emplace(model, SettingsOfModel(built_in_catalog(), *built_in_catalog().model(model))).first->second;
}

// What makes the comparison hold for every wish, or is the first value wanted.
std::string fitting_value(const Requirement& requirement) {
  if (requirement.kind == Requirement::Kind::below) return "100";
  return requirement.kind == Requirement::Kind::above ? "0" : requirement.values.front();
}

}  // namespace

const Setting& built_in_setting(std::string_view model, std::string_view path) {
  const Setting* setting = settings_of(std::string(model)).find(path);
  if (setting == nullptr) throw std::invalid_argument(std::string(model) + " has no setting " + std::string(path));
  return *setting;
}

RegisterImage::RegisterImage(std::string_view model, std::uint16_t block) : model_(model), block_(block) {
  const Catalog& catalog = built_in_catalog();
  bytes_.resize(std::size_t{2} * static_cast<std::size_t>(catalog.model(model)->registers_of(*catalog.block(block))));
}

RegisterImage& RegisterImage::put(std::string_view path, std::string_view value) {
  const Decoder decoder(*built_in_catalog().block(block_), *built_in_catalog().model(model_));
  for (std::size_t slot = 0; slot < decoder.slots().size(); ++slot) {
    if (decoder.slots()[slot].path != path) continue;
    EXPECT_TRUE(decoder.encode(slot, std::string(value), bytes_)) << path << " = " << value;
    return *this;
  }
  ADD_FAILURE() << "no value is published as " << path;
  return *this;
}

RegisterImage& RegisterImage::put(std::uint16_t address, std::uint16_t value) {
  const std::size_t at = std::size_t{2} * (address - block_);
  bytes_.at(at) = static_cast<std::byte>(value >> 8);
  bytes_.at(at + 1) = static_cast<std::byte>(value & 0xFF);
  return *this;
}

RegisterImage& RegisterImage::apply(const RegisterWrite& write) {
  for (std::size_t i = 0; i < write.values.size(); ++i) {
    put(static_cast<std::uint16_t>(write.first_register + i), write.values[i]);
  }
  return *this;
}

std::uint16_t RegisterImage::at(std::uint16_t address) const {
  const std::size_t at = std::size_t{2} * (address - block_);
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes_.at(at)) << 8 |
                                    std::to_integer<unsigned>(bytes_.at(at + 1)));
}

RegisterImage ready_for(const Setting& setting) {
  const Setting::Facts& facts = setting.facts();
  RegisterImage image(facts.model, facts.block);
  for (const Requirement& requirement : facts.rule.requirements) {
    image.put(requirement.field, fitting_value(requirement));
  }
  return image;
}

RegisterWrite written(const Setting& setting, std::string_view wish, BlockData current) {
  const auto result = setting.encode(wish, current);
  if (const auto* refused = std::get_if<WishRefused>(&result)) {
    ADD_FAILURE() << setting.path() << " = " << wish << ": " << refused->reason;
    return {};
  }
  return std::get<RegisterWrite>(result);
}

std::string refused(const Setting& setting, std::string_view wish, BlockData current) {
  const auto result = setting.encode(wish, current);
  const auto* refused = std::get_if<WishRefused>(&result);
  return refused == nullptr ? "taken" : refused->reason;
}

}  // namespace bluetti::schemas::testing
