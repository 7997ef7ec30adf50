// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gateway/state/state_json.h"

namespace bluetti::gateway {
namespace {

using nlohmann::json;
using std::chrono::seconds;

struct Kind {
  bool (json::*matches)() const noexcept;
  std::string_view name;
};
constexpr Kind kObject{&json::is_object, "an object"};
constexpr Kind kList{&json::is_array, "a list"};
constexpr Kind kText{&json::is_string, "a text"};
constexpr Kind kNumber{&json::is_number, "a number"};
constexpr Kind kWhole{&json::is_number_unsigned, "a whole number, not negative"};

// Remembers the first thing that is wrong and reads on: what it has read counts only without a fault.
class Reader {
 public:
  std::variant<State, std::string> read(const json& document) {
    read_head(document);
    if (fault_.empty()) read_body(document);
    if (!fault_.empty()) return std::move(fault_);
    return std::move(state_);
  }

 private:
  void refuse(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

  // The member of an object, or nullptr if it is missing or of another kind.
  const json* find(const json& object, const char* key, const Kind& kind) {
    const auto found = object.find(key);
    if (found == object.end()) return nullptr;
    if (((*found).*kind.matches)()) return &*found;
    refuse(fmt::format("\"{}\" must be {}", key, kind.name));
    return nullptr;
  }

  // `use(name, item)` for all items of a member that is an object or list.
  template <typename Use>
  void each(const json& object, const char* key, const Kind& kind, const Kind& item_kind, const Use& use) {
    const json* items = find(object, key, kind);
    if (!items) return;
    for (const auto& [name, item] : items->items()) {
      if ((item.*item_kind.matches)()) {
        use(name, item);
      } else {
        refuse(fmt::format("every item of \"{}\" must be {}", key, item_kind.name));
      }
    }
  }

  void read(const json& object, const char* key, std::string& to) {
    if (const json* text = find(object, key, kText)) to = text->get_ref<const std::string&>();
  }

  WallTime time_of(const json& whole, const char* key) {
    constexpr auto kLast = static_cast<std::uint64_t>(std::chrono::floor<seconds>(WallTime::duration::max()).count());
    const auto count = whole.get<std::uint64_t>();
    if (count <= kLast) return WallTime(seconds(count));
    refuse(fmt::format("\"{}\" is later than any time", key));
    return {};
  }

  SharedTexts texts_at(const json& place, const char* key) {
    const auto index = place.get<std::uint64_t>();
    if (index < texts_.size()) return texts_[index];
    refuse(fmt::format("\"{}\" names texts that are not there", key));
    return nullptr;
  }

  void read_head(const json& document) {
    const auto format = document.find("format");
    if (format == document.end() || *format != kStateFormat) return refuse("it is not a state file of this program");
    const json* version = find(document, "version", kWhole);
    if (!version) return refuse("\"version\" is missing");
    if (*version != kStateVersion) {
      refuse(fmt::format("it is of version {}, which this program does not know", version->get<std::uint64_t>()));
    }
  }

  void read_body(const json& document) {
    read(document, "installation", state_.installation);
    if (state_.installation.size() != 16 ||
        state_.installation.find_first_not_of("0123456789abcdef") != std::string::npos) {
      refuse("\"installation\" must be 16 hexadecimal digits");
    }
    each(document, "texts", kList, kList, [&](const auto&, const json& list) { read_texts(list); });
    each(document, "accounts", kObject, kObject,
         [&](const std::string& id, const json& account) { read(account, state_.accounts[id]); });
    each(document, "stations", kObject, kObject,
         [&](const std::string& serial, const json& station) { read(station, state_.stations[serial]); });
    each(document, "clears", kList, kText,
         [&](const auto&, const json& topic) { state_.clears.insert(topic.get<std::string>()); });
    each(document, "departed", kObject, kWhole, [&](const std::string& topic, const json& place) {
      if (SharedTexts components = texts_at(place, "departed")) state_.departed.emplace(topic, std::move(components));
    });
  }

  void read_texts(const json& list) {
    std::vector<std::string> texts;
    for (const json& text : list) {
      if (!text.is_string()) return refuse("\"texts\" must hold lists of texts");
      texts.push_back(text.get_ref<const std::string&>());
    }
    texts_.push_back(std::make_shared<const std::vector<std::string>>(std::move(texts)));
  }

  void read(const json& object, AccountState& account) {
    read(object, "client_id", account.client_id);
    read(object, "pinned_certificate", account.pinned_certificate);
    if (const json* sign_in = find(object, "sign_in", kObject)) read(*sign_in, account.sign_in);
  }

  void read(const json& object, SignInState& sign_in) {
    if (const json* token = find(object, "token", kText)) sign_in.token = Secret(token->get<std::string>());
    if (const json* time = find(object, "token_expires", kWhole)) {
      sign_in.token_expires = time_of(*time, "token_expires");
    }
    read(object, "user", sign_in.user);
    read(object, "device", sign_in.device);
    each(object, "log_ins", kList, kWhole,
         [&](const auto&, const json& time) { sign_in.log_ins.push_back(time_of(time, "log_ins")); });
    read(object, "refused", sign_in.refused);
    read(object, "refused_credentials", sign_in.refused_credentials);
  }

  void read(const json& object, StationState& station) {
    read(object, "base", station.base);
    read(object, "id", station.id);
    if (const json* place = find(object, "paths", kWhole)) station.paths = texts_at(*place, "paths");
    each(object, "documents", kObject, kWhole, [&](const std::string& topic, const json& place) {
      station.documents.emplace(topic, texts_at(place, "documents"));
    });
    each(object, "buried", kObject, kWhole, [&](const std::string& topic, const json& place) {
      station.buried.emplace(topic, texts_at(place, "buried"));
    });
    each(object, "values_before", kObject, kText, [&](const std::string& path, const json& value) {
      station.values_before.emplace(path, value.get<std::string>());
    });
    each(object, "counters", kObject, kNumber,
         [&](const std::string& slot, const json& value) { station.counters.emplace(slot, value.get<double>()); });
  }

  State state_;
  std::vector<SharedTexts> texts_;
  std::string fault_;
};

}  // namespace

std::variant<State, std::string> state_from_json(std::string_view document) {
  const json parsed = json::parse(document, nullptr, false);
  if (parsed.is_discarded()) return "it is not JSON, or not all of it is there";
  return Reader().read(parsed);
}

}  // namespace bluetti::gateway
