// SPDX-License-Identifier: MIT
#include "schemas/layout.h"

#include <algorithm>

namespace bluetti::schemas {
namespace {

std::string joined(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : prefix + "_" + name;
}

std::string repeated(const std::string& topic, int item, const std::string& name) {
  return topic + "/" + std::to_string(item) + "/" + name;
}

// A group of the first pack is named as if there were one pack only, so that a second one changes no name.
std::string group_topic(const Block& block, const Group& group, int instance) {
  if (block.instance.empty() || instance == 1) return group.topic;
  return block.instance + "_" + std::to_string(instance) + "_" + group.topic;
}

}  // namespace

std::string path_of(const Block& block, const Group* group, const Field& field, int item, int instance) {
  if (group != nullptr && !group->is_record()) {
    return repeated(group_topic(block, *group, instance), item, field.name);
  }
  std::string name = group != nullptr ? joined(group->topic, field.name) : field.name;
  if (!block.instance.empty()) {
    name = repeated(block.instance, instance, name);
  } else if (group == nullptr) {
    name = joined(block.prefix, name);
  }
  return item == 0 ? name : repeated(name, item, "value");
}

std::string id_of(std::string path) {
  std::replace(path.begin(), path.end(), '/', '_');
  return path;
}

std::vector<std::string> published_ids(const Block& block) {
  std::vector<std::string> ids;
  const auto add = [&](const Group* group, const Field& field, int items) {
    for (int item = items == 0 ? 0 : 1; item <= items; ++item) {
      ids.push_back(id_of(path_of(block, group, field, item, 1)));
    }
  };
  for (const Field& field : block.fields) add(nullptr, field, field.count);
  for (const Group& group : block.groups) {
    for (const Field& field : group.fields) add(&group, field, group.is_record() ? 0 : group.max);
  }
  return ids;
}

std::uint64_t used_bits(const Field& field) {
  std::uint64_t bits = ~std::uint64_t{0} >> (64 - std::clamp(field.size, 1, 8) * 8);
  std::uint64_t shift = 0;
  for (const Transform& transform : field.transforms) {
    if (transform.kind == Transform::Kind::shift && shift + transform.bits < 64) {
      shift += transform.bits;
      bits &= ~std::uint64_t{0} << shift;
    } else if (transform.kind == Transform::Kind::bitmask) {
      bits &= transform.bits << shift;
    } else {
      if (transform.kind == Transform::Kind::hex_enable_list && shift == 0) {
        const int width = transform.mode == 3 ? 3 : 2;
        const int places = 16 - (transform.index + 1) * width;
        const std::uint64_t group = (std::uint64_t{1} << width) - 1;
        bits &= places >= 0 ? group << places : 0;
      }
      break;
    }
  }
  return bits;
}

std::vector<std::uint8_t> byte_masks(const Field& field) {
  std::vector<std::uint8_t> masks(static_cast<std::size_t>(field.size), 0xff);
  if (field.type > Type::bitmap) return masks;
  const std::uint64_t bits = used_bits(field);
  for (int place = 0; place < field.size; ++place) {
    const bool swap = field.size > 2 && field.order == Order::low_register_first;
    const int byte = swap ? (place & ~1) + 1 - (place & 1) : field.size - 1 - place;
    masks[static_cast<std::size_t>(byte)] = static_cast<std::uint8_t>(bits >> (8 * place));
  }
  return masks;
}

}  // namespace bluetti::schemas
