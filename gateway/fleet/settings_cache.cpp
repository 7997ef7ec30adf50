// SPDX-License-Identifier: MIT
#include "gateway/fleet/settings_cache.h"

namespace bluetti::gateway {
namespace {

std::shared_ptr<const schemas::SettingsOfModel> limited(const schemas::Catalog& catalog, const schemas::Model& model,
                                                        const SettingsCache::Limits& limits, schemas::Way way) {
  auto settings = std::make_shared<schemas::SettingsOfModel>(catalog, model, way);
  for (schemas::Setting& setting : settings->all()) {
    const auto own = limits.find(setting.path());
    if (own != limits.end()) (void)setting.narrow(own->second.min, own->second.max);
  }
  return settings;
}

}  // namespace

std::shared_ptr<const schemas::SettingsOfModel> SettingsCache::of(const schemas::Catalog& catalog,
                                                                  const schemas::Model& model, const Limits& limits,
                                                                  schemas::Way way) {
  if (!limits.empty()) return limited(catalog, model, limits, way);
  auto& shared = shared_[{&model, way}];
  if (!shared) shared = limited(catalog, model, {}, way);
  return shared->all().empty() ? nullptr : shared;
}

}  // namespace bluetti::gateway
