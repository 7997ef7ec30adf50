// SPDX-License-Identifier: MIT
// Requests that wait: for what becomes of a change, or for work that is not for the server's thread.
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <optional>

#include "gateway/http/core.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::size_t kMostWorks = 4;  // steps at a time, with those whose page is closed

}  // namespace

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
  give_up_work();
  if (works_ != 0 || running_ >= kMostWorks) {
    return send(connection, text_answer(429,
                                        "Another step is under way. It ends by itself, and at once if its page is "
                                        "closed: try again in a moment.\n"));
  }
  pending.is_work = true;
  pending.change = works_ = ++last_change_;
  ++running_;
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

// While it is suspended, nobody looks at its connection. What it has begun goes on, and its answer is dropped.
void Server::Core::give_up_work() {
  const auto found = changing_.find(works_);
  if (found == changing_.end()) return;
  const auto watched = watched_.find(found->second);
  char byte = 0;
  if (watched == watched_.end()) return;
  const auto size = recv(watched->second.socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (size > 0 || (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))) return;
  MHD_resume_connection(found->second);
  changing_.erase(found);
  works_ = 0;
}

void Server::Core::finish_work(std::uint64_t number, Answer answer) {
  const std::lock_guard lock(mutex_);
  --running_;
  if (works_ == number) works_ = 0;
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
    return answer ? send(connection, *answer) : MHD_NO;  // else its client is gone, or the server stops
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
