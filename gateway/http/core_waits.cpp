// SPDX-License-Identifier: MIT
// Requests that wait: for what becomes of a change, or for work that is not for the server's thread.
#include <fmt/format.h>

#include <exception>
#include <optional>

#include "gateway/http/core.h"

namespace bluetti::gateway::http {

MHD_Result Server::Core::open_change(MHD_Connection* connection, Pending& pending, Site::OpenChange change) {
  watch(connection, true);
  const std::lock_guard lock(mutex_);
  if (stopping_) return MHD_NO;
  if (changing_.size() >= kMostChanges) return send(connection, text_answer(429, "Too many changes wait already.\n"));
  pending.wanted = std::move(change);
  pending.change = ++last_change_;
  MHD_suspend_connection(connection);
  changing_.emplace(pending.change, connection);
  change_({pending.change, pending.wanted.station, pending.wanted.path, pending.wanted.value});
  return MHD_YES;
}

MHD_Result Server::Core::open_work(MHD_Connection* connection, Pending& pending, Site::OpenWork work) {
  watch(connection, true);
  const std::lock_guard lock(mutex_);
  if (stopping_) return MHD_NO;
  if (works_) return send(connection, text_answer(429, "Another step is under way. Try again in a moment.\n"));
  works_ = true;
  pending.is_work = true;
  pending.change = ++last_change_;
  MHD_suspend_connection(connection);
  changing_.emplace(pending.change, connection);
  background_.run([this, number = pending.change, work = std::move(work.work)] {
    Answer answer = text_answer(500, "This step failed.\n");
    try {
      answer = work();
    } catch (const std::exception& error) {
      answer = text_answer(500, fmt::format("This step failed: {}\n", error.what()));
    }
    return [this, number, answer = std::move(answer)] { finish_work(number, answer); };
  });
  return MHD_YES;
}

void Server::Core::finish_work(std::uint64_t number, Answer answer) {
  const std::lock_guard lock(mutex_);
  works_ = false;
  const auto found = changing_.find(number);
  if (found == changing_.end()) return;
  worked_.insert_or_assign(number, std::move(answer));
  MHD_resume_connection(found->second);
  changing_.erase(found);
}

MHD_Result Server::Core::finish_change(MHD_Connection* connection, Pending& pending) {
  if (pending.is_work) {
    std::optional<Answer> answer;
    {
      const std::lock_guard lock(mutex_);
      if (auto worked = worked_.extract(pending.change)) answer = std::move(worked.mapped());
    }
    return answer ? send(connection, *answer) : MHD_NO;  // else the server stops
  }
  ChangeResult result;
  {
    const std::lock_guard lock(mutex_);
    const auto found = changed_.find(pending.change);
    if (found == changed_.end()) return MHD_NO;  // the server stops
    result = std::move(found->second);
    changed_.erase(found);
  }
  return send(connection, site_.answer_change(pending.request, pending.wanted, result));
}

void Server::Core::answer_change(std::uint64_t number, ChangeResult result) {
  const std::lock_guard lock(mutex_);
  const auto found = changing_.find(number);
  if (found == changing_.end()) return;
  changed_.insert_or_assign(number, std::move(result));
  MHD_resume_connection(found->second);
  changing_.erase(found);
}

}  // namespace bluetti::gateway::http
