// SPDX-License-Identifier: MIT
// A client that lost its connection goes on where it stopped, or knows that it cannot.
#include "gateway/http/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bluetti::gateway::http {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(EventLog, GivesEventsInTheirOrderAndOnce) {
  EventLog log("e");
  std::uint64_t after = 0;
  EXPECT_THAT(log.next(after), IsEmpty());
  log.add("values", "{1}");
  log.add("values", "{2}");
  EXPECT_EQ(log.next(after), "id: e-1\nevent: values\ndata: {1}\n\n");
  EXPECT_EQ(log.next(after), "id: e-2\nevent: values\ndata: {2}\n\n");
  EXPECT_THAT(log.next(after), IsEmpty());
}

TEST(EventLog, ResumesBehindTheLastEventOfTheClient) {
  EventLog log("e");
  for (const char* data : {"1", "2", "3"}) log.add("values", data);
  std::uint64_t after = 0;
  EXPECT_TRUE(log.resume("e-1", after));
  EXPECT_THAT(log.next(after), HasSubstr("data: 2"));
  EXPECT_TRUE(log.resume("e-3", after)) << "it has missed nothing";
  EXPECT_THAT(log.next(after), IsEmpty());
}

TEST(EventLog, ResumesNothingThatItDoesNotKnow) {
  EventLog log("e");
  log.add("values", "1");
  std::uint64_t after = 0;
  for (const char* id : {"", "f-1", "e-2", "e-", "e", "e--1", "1", "e-99999999999999999999"}) {
    EXPECT_FALSE(log.resume(id, after)) << id;
    EXPECT_EQ(after, 1U) << id << ": it begins at the newest";
  }
}

TEST(EventLog, TellsASlowClientToFetchEverythingAgain) {
  EventLog log("e");
  for (std::size_t i = 0; i <= EventLog::kMostEvents; ++i) log.add("values", "x");
  std::uint64_t after = 0;
  EXPECT_THAT(log.next(after), HasSubstr("event: reset"));
  EXPECT_EQ(after, log.last());
}

TEST(EventLog, KeepsNoMoreBytesThanItMay) {
  EventLog log("e");
  const std::string much(EventLog::kMostBytes / 4, 'x');
  for (int i = 0; i < 8; ++i) log.add("values", much);
  std::uint64_t after = log.last() - 5;
  EXPECT_THAT(log.next(after), HasSubstr("event: reset"));
  after = log.last() - 2;
  EXPECT_THAT(log.next(after), HasSubstr("event: values"));
}

TEST(EventLog, WhatComesAfterAPauseDoesNotFollowWhatWas) {
  EventLog log("e");
  log.add("values", "1");
  log.clear();
  log.add("values", "3");
  std::uint64_t after = 0;
  EXPECT_FALSE(log.resume("e-1", after));
}

}  // namespace
}  // namespace bluetti::gateway::http
