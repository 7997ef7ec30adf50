// SPDX-License-Identifier: MIT
#include "vector_schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace bluetti::schemas::testing {
namespace {

using nlohmann::json;

// JSON writes texts and lists of texts the way TOML does.
std::string assignment(const std::string& key, const json& value) {
  return key + " = " + value.dump();
}

int size_of_base(const std::string& type) {
  return type.ends_with("32") ? 4 : type.ends_with("16") ? 2 : 1;
}

void add(std::string& row, const std::string& item) {
  row += (row.empty() ? "" : ", ") + item;
}

void add_common(std::string& row, const json& node) {
  const json transforms = node.value("transforms", json());
  if (transforms.is_array() && !transforms.empty()) add(row, assignment("transforms", transforms));
  const json version = node.value("min_protocol_version", json());
  if (version.is_number()) add(row, assignment("protocol", version));
}

std::string options(const json& names) {
  std::string result;
  for (const auto& [code, name] : names.items()) add(result, json(code).dump() + " = " + name.dump());
  return "options = { " + result + " }";
}

std::string field_row(const json& node, int origin) {
  std::string row = assignment("name", node["name"]);
  add(row, "offset = " + std::to_string(node["offset"].get<int>() - origin));
  const std::string type = node["type"];
  add(row, assignment("type", type == "string" ? "text" : type));
  if (type == "string") add(row, assignment("length", node["size"]));
  if (type == "bitmap") add(row, assignment("width", node["bits"]));
  if (type == "enum") {
    add(row, assignment("base", node["base"]));
    add(row, options(node["map"]));
  }
  add_common(row, node);
  return "{ " + row + " }";
}

std::string array_row(const json& node) {
  std::string row = assignment("name", node["name"]);
  add(row, assignment("offset", node["offset"]));
  add(row, assignment("type", node["item"]["type"]));
  add(row, assignment("count", node["count"]));
  add(row, assignment("stride_bytes", node["stride"]));
  add_common(row, node);
  return "{ " + row + " }";
}

// Bits "first:end", the end not included, as a shift and a mask before the transforms of its own.
std::string subfield_row(const json& subfield, const std::string& base) {
  const std::string bits = subfield["bits"];
  const int first = std::stoi(bits);
  const int end = std::stoi(bits.substr(bits.find(':') + 1));
  json chain = json::array();
  chain.push_back("shift:" + std::to_string(first));
  char mask[32];
  std::snprintf(mask, sizeof mask, "bitmask:0x%llx", (1ULL << (end - first)) - 1);
  chain.push_back(mask);
  if (subfield["transforms"].is_array())
    chain.insert(chain.end(), subfield["transforms"].begin(), subfield["transforms"].end());
  std::string row = assignment("name", subfield["name"]) + ", offset = 0";
  const bool coded = subfield["enum"].is_object();
  add(row, assignment("type", coded ? "enum" : base));
  if (coded) add(row, assignment("base", base) + ", " + options(subfield["enum"]));
  add(row, assignment("transforms", chain));
  return "{ " + row + " }";
}

std::string list(const std::vector<std::string>& rows) {
  std::string result = "fields = [\n";
  for (const std::string& row : rows) result += "  " + row + ",\n";
  return result + "]\n";
}

std::string packed_group(const json& node) {
  std::string text = "[[group]]\n" + assignment("name", node["name"]) + "\n" + assignment("count", node["count"]) +
                     "\n" + assignment("offset", node["offset"]) + "\n" + assignment("stride_bytes", node["stride"]) +
                     "\nwhole = true\n";
  if (node["min_protocol_version"].is_number()) text += assignment("protocol", node["min_protocol_version"]) + "\n";
  std::vector<std::string> rows;
  for (const json& subfield : node["subfields"]) rows.push_back(subfield_row(subfield, node["base"]));
  return text + list(rows);
}

std::string record_group(const json& node) {
  int origin = node["fields"].front()["offset"];
  for (const json& field : node["fields"]) origin = std::min(origin, field["offset"].get<int>());
  std::vector<std::string> rows;
  for (const json& field : node["fields"]) rows.push_back(field_row(field, origin));
  return "[[group]]\n" + assignment("name", node["name"]) + "\noffset = " + std::to_string(origin) + "\n" + list(rows);
}

// The bytes a node takes.
void collect_bytes(const json& node, std::set<int>& taken) {
  const auto take = [&taken](int first, int size) {
    for (int byte = first; byte < first + size; ++byte) taken.insert(byte);
  };
  const std::string kind = node["node"];
  if (kind == "field") take(node["offset"], node["size"]);
  if (kind == "group") {
    for (const json& field : node["fields"]) collect_bytes(field, taken);
  }
  if (kind != "array" && kind != "packed") return;
  const int size = kind == "array" ? node["item"]["size"].get<int>() : size_of_base(node["base"]);
  for (int item = 0; item < node["count"].get<int>(); ++item) {
    take(node["offset"].get<int>() + item * node["stride"].get<int>(), size);
  }
}

struct Draft {
  std::set<int> taken;
  std::vector<std::string> rows;
  std::string groups;

  bool has_room_for(const std::set<int>& bytes) const {
    return std::none_of(bytes.begin(), bytes.end(), [this](int byte) { return taken.contains(byte); });
  }

  void add(const json& node, const std::set<int>& bytes) {
    taken.insert(bytes.begin(), bytes.end());
    const std::string kind = node["node"];
    if (kind == "field") rows.push_back(field_row(node, 0));
    if (kind == "array") rows.push_back(array_row(node));
    if (kind == "packed") groups += packed_group(node);
    if (kind == "group") groups += record_group(node);
  }
};

// A group may overlap itself, in which case its fields are told apart like those of a block.
std::vector<json> without_overlap_inside(const json& node) {
  if (node["node"] != "group") return {node};
  std::vector<json> groups;
  std::vector<std::set<int>> taken;
  for (const json& field : node["fields"]) {
    std::set<int> bytes;
    collect_bytes(field, bytes);
    std::size_t index = 0;
    while (index < groups.size() &&
           std::any_of(bytes.begin(), bytes.end(), [&taken, index](int byte) { return taken[index].contains(byte); })) {
      ++index;
    }
    if (index == groups.size()) {
      groups.push_back(node);
      groups.back()["fields"] = json::array();
      taken.emplace_back();
    }
    groups[index]["fields"].push_back(field);
    taken[index].insert(bytes.begin(), bytes.end());
  }
  return groups;
}

}  // namespace

std::vector<std::string> to_schema_files(const json& definition) {
  std::vector<Draft> drafts;
  for (const json& whole : definition["fields"]) {
    for (const json& node : without_overlap_inside(whole)) {
      std::set<int> bytes;
      collect_bytes(node, bytes);
      auto draft = std::find_if(drafts.begin(), drafts.end(), [&](const Draft& d) { return d.has_room_for(bytes); });
      if (draft == drafts.end()) draft = drafts.insert(drafts.end(), Draft());
      draft->add(node, bytes);
    }
  }
  std::vector<std::string> files;
  files.reserve(drafts.size());
  for (const Draft& draft : drafts) {
    files.push_back(assignment("id", definition["block_id"]) +
                    "\nname = \"vector\"\nprefix = \"\"\npoll = \"core\"\nevidence = \"inferred\"\n" +
                    "registers = 1\norder = \"high\"\ntext = \"plain\"\n" + list(draft.rows) + draft.groups);
  }
  return files;
}

}  // namespace bluetti::schemas::testing
