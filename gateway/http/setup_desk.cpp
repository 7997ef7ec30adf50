// SPDX-License-Identifier: MIT
#include "gateway/http/setup_desk.h"

#include <fmt/format.h>
#include <string.h>  // explicit_bzero is not in <cstring>

#include <algorithm>
#include <utility>

#include "gateway/base/digests.h"
#include "gateway/http/setup_pages.h"
#include "gateway/setup/certificate_check.h"
#include "gateway/setup/configuration_file.h"
#include "gateway/setup/lan_check.h"
#include "gateway/sign_in/sign_in.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::size_t kDraftBytes = 16;
constexpr std::chrono::seconds kLookWithin{10};
constexpr std::size_t kMostStations = 50;
constexpr int kWrong = 422;

std::string field(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

Secret secret(const Fields& fields, std::string_view name) {
  return Secret(field(fields, name));
}

Answer page(int status, std::string text) {
  Answer answer = text_answer(status, std::move(text));
  answer.content_type = kHtmlType;
  return answer;
}

// Whatever becomes of a step, what was typed is not left behind.
class Wiped {
 public:
  explicit Wiped(Fields& fields) : fields_(fields) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() {
    for (auto& [name, value] : fields_) explicit_bzero(value.data(), value.size());
  }

 private:
  Fields& fields_;
};

}  // namespace

SetupDesk::SetupDesk(std::filesystem::path config, Environment environment, Done done)
    : config_(std::move(config)), environment_(std::move(environment)), done_(std::move(done)) {}

std::optional<Answer> SetupDesk::form(std::string_view step, const Words& words) {
  std::string text = setup_form({.step = step}, words);
  return text.empty() ? std::nullopt : std::optional(page(200, std::move(text)));
}

Answer SetupDesk::take(std::string_view step, Fields fields, const Words& words, TimePoint now) {
  const Wiped wiped(fields);
  expire(now);
  const auto catalog = schemas::Catalog::load(schema_folders_of(config_, environment_));
  if (step == "finish") return finish(fields, catalog, words);
  Checked checked = std::string();
  if (step == "lan") {
    checked = check_lan(fields, catalog);
  } else if (step == "certificate") {
    checked = check_certificate_of(fields);
  } else if (step == "account") {
    checked = check_account(fields, catalog, now);
  } else {
    return text_answer(404, "There is no such step.\n");
  }
  if (auto* draft = std::get_if<Draft>(&checked)) return keep(std::move(*draft), catalog, words, now);
  return page(kWrong, setup_form({.step = step,
                                  .problem = std::get<std::string>(checked),
                                  .address = field(fields, "address"),
                                  .email = field(fields, "email")},
                                 words));
}

SetupDesk::Checked SetupDesk::check_lan(const Fields& fields, const schemas::Catalog& catalog) {
  auto found = look_at_station(field(fields, "address"), catalog, kLookWithin);
  if (auto* problem = std::get_if<std::string>(&found)) return std::move(*problem);
  Draft draft;
  draft.proposal.stations.push_back(std::get<ProposedStation>(std::move(found)));
  return draft;
}

SetupDesk::Checked SetupDesk::check_certificate_of(const Fields& fields) {
  Draft draft;
  Proposal& proposal = draft.proposal;
  proposal.certificate = secret(fields, "certificate");
  proposal.certificate_password = secret(fields, "password");
  if (proposal.certificate.empty()) return std::string("choose the file");
  if (proposal.certificate.reveal().size() > kMostCertificateBytes) return std::string("the file is too large");
  const auto checked =
      check_certificate(proposal.certificate, proposal.certificate_password, std::chrono::system_clock::now());
  if (const auto* problem = std::get_if<std::string>(&checked)) return *problem;
  const auto& facts = std::get<CertificateFacts>(checked);
  draft.facts = {fmt::format("{}, issued by {}", facts.subject, facts.issuer),
                 fmt::format("valid until {}", day_of(facts.not_after))};
  return draft;
}

SetupDesk::Checked SetupDesk::check_account(const Fields& fields, const schemas::Catalog& catalog, TimePoint now) {
  Draft draft;
  SignInConfig sign_in{.url = environment_.variable("BLUETTI_SIGN_IN_URL").value_or(SignInConfig{}.url),
                       .authorities = environment_.variable("BLUETTI_SIGN_IN_CA").value_or(""),
                       .email = field(fields, "email"),
                       .password = secret(fields, "password"),
                       .app_key = secret(fields, "app_key"),
                       .totp_shared_key = secret(fields, "totp_shared_key")};
  if (sign_in.email.empty() || sign_in.password.empty() || sign_in.app_key.empty() || sign_in.totp_shared_key.empty()) {
    return std::string("all four are needed");
  }
  SignInState known;
  {
    const std::lock_guard lock(mutex_);
    known = known_;
  }
  SignInResult result = gateway::sign_in(sign_in, std::move(known));
  {
    const std::lock_guard lock(mutex_);
    known_ = result.state;
    signed_in_at_ = now;
  }
  if (const auto* error = std::get_if<SignInError>(&result.outcome)) return error->message;
  const auto& signed_in = std::get<SignedIn>(result.outcome);
  for (const VendorStation& station : signed_in.stations) {
    if (draft.proposal.stations.size() < kMostStations) draft.proposal.stations.push_back(proposed(station, catalog));
  }
  draft.facts = {sign_in.email};
  if (!signed_in.stations_problem.empty()) draft.facts.push_back(signed_in.stations_problem);
  auto state = std::make_shared<AccountState>();
  state->sign_in = std::move(result.state);
  draft.signed_in = std::move(state);
  draft.proposal.sign_in = std::move(sign_in);
  return draft;
}

Answer SetupDesk::keep(Draft draft, const schemas::Catalog& catalog, const Words& words, TimePoint now) {
  const auto known = known_configuration(config_, environment_, catalog);
  const auto* configuration = std::get_if<KnownConfiguration>(&known);
  draft.since = now;
  const std::string id = random_hex(kDraftBytes);
  std::string text = setup_choice({.draft = id,
                                   .facts = draft.facts,
                                   .stations = draft.proposal.stations,
                                   .asks_for_broker = configuration != nullptr && !configuration->names_broker,
                                   .broker = LocalConfig{}.url.text()},
                                  words);
  const std::lock_guard lock(mutex_);
  if (drafts_.size() >= kMostDrafts) {
    drafts_.erase(std::ranges::min_element(drafts_, {}, [](const auto& one) { return one.second.since; }));
  }
  drafts_.insert_or_assign(id, std::move(draft));
  return page(200, std::move(text));
}

// Which stations it is to be, and where the broker is; or what is wrong.
std::string SetupDesk::take_choice(const Fields& fields, const schemas::Catalog& catalog, Draft& draft) {
  std::vector<ProposedStation> chosen;
  for (std::size_t at = 0; at < draft.proposal.stations.size(); ++at) {
    if (field(fields, fmt::format("station_{}", at)).empty()) continue;
    chosen.push_back(draft.proposal.stations[at]);
    if (!chosen.back().serial.empty()) continue;
    auto typed = proposed(field(fields, "serial"), catalog);
    if (auto* fault = std::get_if<std::string>(&typed)) return std::move(*fault);
    chosen.back().serial = std::get<ProposedStation>(typed).serial;
  }
  std::string labels = field(fields, "serials");
  std::ranges::replace_if(
      labels, [](char c) { return c == '\r' || c == '\n' || c == ',' || c == ' '; }, '\n');
  for (std::size_t begin = 0; begin < labels.size() && chosen.size() < kMostStations;) {
    const std::size_t end = std::min(labels.find('\n', begin), labels.size());
    if (end > begin) {
      auto typed = proposed(std::string_view(labels).substr(begin, end - begin), catalog);
      if (auto* fault = std::get_if<std::string>(&typed)) return std::move(*fault);
      chosen.push_back(std::get<ProposedStation>(std::move(typed)));
    }
    begin = end + 1;
  }
  if (chosen.empty()) return "choose a station, or give a serial number";
  draft.proposal.local_url = field(fields, "broker");
  if (!draft.proposal.local_url.empty() && !parse_broker_url(draft.proposal.local_url)) {
    return fmt::format("'{}' is not mqtt://host:port or mqtts://host:port", draft.proposal.local_url);
  }
  draft.proposal.stations = std::move(chosen);
  return {};
}

Answer SetupDesk::finish(const Fields& fields, const schemas::Catalog& catalog, const Words& words) {
  const std::lock_guard one_after_the_other(finishing_);
  const std::string id = field(fields, "draft");
  Draft draft;
  {
    const std::lock_guard lock(mutex_);
    const auto found = drafts_.find(id);
    if (found == drafts_.end()) return page(410, setup_over_page(words));
    draft = found->second;
  }
  if (const std::string fault = take_choice(fields, catalog, draft); !fault.empty()) {
    return page(kWrong, setup_problem_page(fault, words));
  }
  auto known = known_configuration(config_, environment_, catalog);
  std::string problem;
  if (auto* wrong = std::get_if<std::string>(&known)) {
    problem = std::move(*wrong);
    known = KnownConfiguration{};
  }
  const Addition addition = addition_of(draft.proposal, std::get<KnownConfiguration>(std::move(known)));
  if (problem.empty()) problem = write_addition(config_, addition, environment_, catalog);
  // What was typed stays for another try, as long as a draft does.
  if (!problem.empty()) {
    return page(409, setup_snippet_page({.problem = problem, .file = config_.string(), .addition = addition}, words));
  }
  {
    const std::lock_guard lock(mutex_);
    drafts_.erase(id);
    known_.token = Secret();
    has_written_ = true;
  }
  done_({.account = addition.account, .known = draft.signed_in});
  Answer answer = text_answer(303, "");
  answer.headers.emplace_back("Location", "done");
  return answer;
}

bool SetupDesk::has_written() const {
  const std::lock_guard lock(mutex_);
  return has_written_;
}

void SetupDesk::expire(TimePoint now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(drafts_, [now](const auto& one) { return now >= one.second.since + kDraftLasts; });
  if (now >= signed_in_at_ + kDraftLasts) known_.token = Secret();
}

std::size_t SetupDesk::drafts() const {
  const std::lock_guard lock(mutex_);
  return drafts_.size();
}

}  // namespace bluetti::gateway::http
