// SPDX-License-Identifier: MIT
#include "gateway/base/event_queue.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::Event;
using gateway::EventQueue;
using gateway::MessageArrived;

Event message(std::string_view topic) {
  return MessageArrived{{}, nullptr, topic, {}, false, {}};
}

std::vector<Event> drain(EventQueue& queue) {
  std::vector<Event> events;
  queue.pop_until(std::chrono::steady_clock::now(), events);
  return events;
}

TEST(EventQueue, KeepsTheOrder) {
  EventQueue queue;
  queue.push(gateway::Connected{});
  queue.push(message("a"));
  queue.push(gateway::ConnectionLost{});
  const auto events = drain(queue);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<gateway::Connected>(events[0]));
  EXPECT_TRUE(std::holds_alternative<gateway::ConnectionLost>(events[2]));
}

TEST(EventQueue, WhenFullDropsTheOldestMessageAndCounts) {
  EventQueue queue(2);
  for (const char* topic : {"a", "b", "c"}) queue.push(message(topic));
  const auto events = drain(queue);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<MessageArrived>(events[0]).topic, "b");
  EXPECT_EQ(queue.dropped(), 1U);
}

Event large_message(std::string_view topic, std::size_t size) {
  const auto text = std::make_shared<const std::string>(size, 'x');
  return MessageArrived{{}, text, topic, *text, false, {}};
}

TEST(EventQueue, FewLargeMessagesFillItAsManySmallOnesDo) {
  EventQueue queue(EventQueue::kCapacity, 10'000);
  queue.push(gateway::Connected{});
  for (const char* topic : {"a", "b", "c", "d"}) queue.push(large_message(topic, 3'000));
  const auto events = drain(queue);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<gateway::Connected>(events[0]));
  EXPECT_EQ(std::get<MessageArrived>(events[1]).topic, "b") << "the oldest went";
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST(EventQueue, AMessageLargerThanTheWholeQueueThrowsNoOtherOut) {
  EventQueue queue(EventQueue::kCapacity, 10'000);
  queue.push(message("small"));
  queue.push(large_message("large", 10'000));
  const auto events = drain(queue);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<MessageArrived>(events[0]).topic, "small");
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST(EventQueue, AFloodTakesNoMoreThanEightMebibytes) {
  EventQueue queue;
  for (int count = 0; count < 1000; ++count) queue.push(large_message("flood", 64 * 1024));
  EXPECT_LE(drain(queue).size(), 8U * 1024 / 64);
  EXPECT_GE(queue.dropped(), 1000U - 8U * 1024 / 64);
}

TEST(EventQueue, NeverDropsNewsOfConnections) {
  EventQueue queue(1);
  queue.push(gateway::Connected{});
  queue.push(message("a"));
  queue.push(message("b"));
  queue.push(gateway::StopRequested{15});
  const auto events = drain(queue);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<gateway::Connected>(events[0]));
  EXPECT_EQ(std::get<MessageArrived>(events[1]).topic, "b");
  EXPECT_EQ(std::get<gateway::StopRequested>(events[2]).signal, 15);
}

TEST(EventQueue, HasRoomAgainAfterItWasEmptied) {
  EventQueue queue(1);
  queue.push(message("a"));
  (void)drain(queue);
  queue.push(message("b"));
  EXPECT_EQ(drain(queue).size(), 1U);
  EXPECT_EQ(queue.dropped(), 0U);
}

TEST(EventQueue, WakesTheOneWhoWaits) {
  EventQueue queue;
  std::thread pusher([&queue] { queue.push(gateway::StopRequested{2}); });
  std::vector<Event> events;
  queue.pop_until(std::chrono::steady_clock::now() + 60s, events);
  pusher.join();
  EXPECT_EQ(events.size(), 1U);
}

TEST(EventQueue, WhereAnAnswerIsWantedCountsAmongItsBytes) {
  EventQueue queue(EventQueue::kCapacity, 10'000);
  const gateway::ReplyTo reply_to{.topic = std::string(3'000, 't'), .correlation = std::string(3'000, 'c')};
  for (const char* topic : {"a", "b"}) queue.push(MessageArrived{{}, nullptr, topic, {}, false, {}, &reply_to});
  EXPECT_EQ(drain(queue).size(), 1U);
  EXPECT_EQ(queue.dropped(), 1U);
}

class QueueBesideADescriptor : public testing::Test {
 protected:
  QueueBesideADescriptor() {
    EXPECT_EQ(pipe(ends), 0);
    queue.also_wait_for(ends[0]);
  }
  ~QueueBesideADescriptor() override {
    close(ends[0]);
    close(ends[1]);
  }
  std::vector<Event> pop(std::chrono::milliseconds within) {
    std::vector<Event> events;
    queue.pop_until(std::chrono::steady_clock::now() + within, events);
    return events;
  }

  int ends[2] = {-1, -1};
  EventQueue queue;
};

TEST_F(QueueBesideADescriptor, WakesForIt) {
  std::thread writer([this] { EXPECT_EQ(write(ends[1], "x", 1), 1); });
  EXPECT_TRUE(pop(20s).empty());
  writer.join();
}

TEST_F(QueueBesideADescriptor, WakesForAnEventFromAnotherThread) {
  for (int round = 0; round < 100; ++round) {
    std::thread pusher([this] { queue.push(gateway::Connected{}); });
    std::size_t came = 0;
    while (came == 0) came = pop(20s).size();
    pusher.join();
    EXPECT_EQ(came, 1U);
  }
}

TEST_F(QueueBesideADescriptor, ReturnsAtItsDeadline) {
  EXPECT_TRUE(pop(1ms).empty());
  std::vector<Event> events;
  queue.pop_until(gateway::TimePoint::min(), events);
  EXPECT_TRUE(events.empty());
  queue.push(gateway::Connected{});
  EXPECT_EQ(pop(0ms).size(), 1U);
}

}  // namespace
}  // namespace bluetti::test
