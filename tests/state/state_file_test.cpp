// SPDX-License-Identifier: MIT
#include "gateway/state/state_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <future>
#include <iostream>

#include "gateway/base/read_file.h"
#include "gateway/state/state_json.h"
#include "tests/support/config_fixture.h"
#include "tests/support/state_fixture.h"

namespace bluetti::gateway {
namespace {

namespace fs = std::filesystem;
using test::content_of;
using test::full_state;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

fs::perms permissions_of(const fs::path& file) {
  return fs::status(file).permissions();
}

std::ptrdiff_t entries_of(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

class StateFileTest : public testing::Test {
 protected:
  static State numbered(int number) {
    State state = full_state();
    state.accounts["home"].client_id = std::to_string(number);
    return state;
  }
  [[nodiscard]] StateFile::OnFailure remember_failure() {
    return [this](std::string message) { failures_.push_back(std::move(message)); };
  }
  [[nodiscard]] StateFile::Loaded load() { return StateFile(file_, remember_failure()).load(); }
  [[nodiscard]] std::string saved_client_id() { return load().state.accounts["home"].client_id; }
  [[nodiscard]] std::string content(const fs::path& file) const { return std::get<std::string>(read_file(file)); }
  [[nodiscard]] fs::path aside(const char* suffix = "") const { return file_.string() + ".set-aside" + suffix; }

  test::TemporaryFolder folder_;
  fs::path file_ = folder_.path() / "state.json";
  std::vector<std::string> failures_;  // look at them after flush()
};

TEST_F(StateFileTest, WithoutAFileTheMemoryIsEmptyAndTheInstallationNew) {
  const auto loaded = load();
  EXPECT_THAT(loaded.messages, IsEmpty());
  EXPECT_TRUE(loaded.state.accounts.empty());
  EXPECT_THAT(loaded.state.installation, MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(loaded.state.installation, load().state.installation);
  EXPECT_EQ(entries_of(folder_.path()), 0);
}

TEST_F(StateFileTest, WithoutAFileTheInstallationIsTheOneItIsGiven) {
  EXPECT_EQ(StateFile(file_, remember_failure()).load("00112233445566ff").state.installation, "00112233445566ff");
}

TEST_F(StateFileTest, AnInstallationThatIsKnownStays) {
  {
    StateFile state_file(file_, remember_failure());
    (void)state_file.load();
    state_file.save(full_state());
  }
  const auto loaded = StateFile(file_, remember_failure()).load("00112233445566ff");
  EXPECT_EQ(loaded.state.installation, full_state().installation);
}

TEST_F(StateFileTest, TheNextRunRemembers) {
  StateFile state_file(file_, remember_failure());
  state_file.save(full_state());
  EXPECT_TRUE(state_file.flush());
  const auto loaded = load();
  EXPECT_THAT(loaded.messages, IsEmpty());
  EXPECT_EQ(content_of(loaded.state), content_of(full_state()));
  EXPECT_THAT(failures_, IsEmpty());
}

TEST_F(StateFileTest, WhatWaitsIsWrittenAtTheEnd) {
  StateFile(file_, remember_failure()).save(numbered(5));
  EXPECT_EQ(saved_client_id(), "5");
}

TEST_F(StateFileTest, OnlyItsOwnerMayReadIt) {
  const mode_t before = umask(0);
  file_ = folder_.path() / "made" / "by_the_gateway" / "state.json";
  StateFile(file_, remember_failure()).save(full_state());
  umask(before);
  EXPECT_EQ(permissions_of(file_), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(permissions_of(file_.parent_path()), fs::perms::owner_all);
}

TEST_F(StateFileTest, AFileThatOthersCanReadIsMadePrivate) {
  folder_.write("state.json", state_to_json(full_state()), fs::perms(0644));
  const auto loaded = load();
  EXPECT_THAT(loaded.messages, ElementsAre(HasSubstr("others could read it")));
  EXPECT_EQ(permissions_of(file_), fs::perms(0600));
  EXPECT_EQ(content_of(loaded.state), content_of(full_state()));
}

TEST_F(StateFileTest, AFileThatCannotBeUnderstoodIsSetAside) {
  const std::string half = state_to_json(full_state()).substr(0, 200);
  folder_.write("state.json", half);
  const auto loaded = load();
  ASSERT_EQ(loaded.messages.size(), 1U);
  EXPECT_THAT(loaded.messages[0],
              AllOf(HasSubstr(file_.string() + ": it is not JSON"), HasSubstr("set aside as " + aside().string()),
                    HasSubstr("empty memory: it signs in again, trusts the certificate it sees next")));
  EXPECT_TRUE(loaded.state.accounts.empty());
  EXPECT_FALSE(fs::exists(file_));
  EXPECT_EQ(content(aside()), half);
}

TEST_F(StateFileTest, ALinkOfAnotherUserIsNeitherReadNorWrittenThroughNorSetAside) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make what belongs to somebody else";
  const fs::path victim = folder_.write("victim", "root:x:0:0\n", fs::perms(0644));
  fs::create_symlink(victim, file_);
  ASSERT_EQ(lchown(file_.c_str(), 65534, 65534), 0);
  StateFile state_file(file_, remember_failure());
  EXPECT_THAT(state_file.load().messages, ElementsAre(HasSubstr("it is a symbolic link of another user")));
  state_file.save(full_state());
  EXPECT_FALSE(state_file.flush());
  EXPECT_EQ(content(victim), "root:x:0:0\n");
  EXPECT_EQ(permissions_of(victim), fs::perms(0644));
  EXPECT_EQ(entries_of(folder_.path()), 2);
}

TEST_F(StateFileTest, WhatWasSetAsideBeforeStays) {
  for (const char* damaged : {"one", "two", "three"}) {
    folder_.write("state.json", damaged);
    EXPECT_EQ(load().messages.size(), 1U);
  }
  EXPECT_EQ(content(aside()), "one");
  EXPECT_EQ(content(aside("-2")), "two");
  EXPECT_EQ(content(aside("-3")), "three");
}

TEST_F(StateFileTest, AMemoryOfANewerGatewayIsSetAside) {
  folder_.write("state.json", R"({"format": "bluetti-gateway state", "version": 2, "accounts": []})");
  EXPECT_THAT(load().messages, ElementsAre(HasSubstr("it is of version 2, which this program does not know")));
  EXPECT_TRUE(fs::exists(aside()));
}

TEST_F(StateFileTest, WhatCannotBeReadIsLeftAsItIs) {
  fs::create_directory(file_);
  StateFile state_file(file_, remember_failure());
  EXPECT_THAT(state_file.load().messages,
              ElementsAre(AllOf(HasSubstr("it is not a regular file. It is left as it is"), HasSubstr("restart"))));
  fs::remove(file_);  // put right, but the memory of this run began without it
  state_file.save(full_state());
  EXPECT_FALSE(state_file.flush());
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(StateFileTest, WithoutPermissionItIsNotOverwritten) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  folder_.write("state.json", state_to_json(full_state()), fs::perms::none);
  StateFile state_file(file_, remember_failure());
  EXPECT_THAT(state_file.load().messages, ElementsAre(HasSubstr("Permission denied")));
  state_file.save(numbered(5));
  EXPECT_FALSE(state_file.flush());
  fs::permissions(file_, fs::perms::owner_read);
  EXPECT_EQ(content_of(load().state), content_of(full_state()));
}

TEST_F(StateFileTest, WithoutAPathNothingIsReadOrWritten) {
  StateFile state_file({}, remember_failure());
  EXPECT_THAT(state_file.load().state.installation, MatchesRegex("[0-9a-f]{16}"));
  state_file.save(full_state());
  EXPECT_TRUE(state_file.flush());
}

TEST_F(StateFileTest, ALinkStaysAndItsTargetIsReplaced) {
  fs::create_directory(folder_.path() / "disk");
  fs::create_symlink("disk/real.json", file_);  // leads nowhere yet
  StateFile(file_, remember_failure()).save(numbered(1));
  EXPECT_TRUE(fs::is_symlink(file_));
  EXPECT_TRUE(fs::is_regular_file(folder_.path() / "disk" / "real.json"));
  StateFile(file_, remember_failure()).save(numbered(2));
  EXPECT_EQ(saved_client_id(), "2");
  EXPECT_THAT(failures_, IsEmpty());
}

TEST_F(StateFileTest, LinksInACircleAreLeftAsTheyAre) {
  fs::create_symlink(file_, file_);
  EXPECT_THAT(load().messages, ElementsAre(HasSubstr("Too many levels of symbolic links")));
}

TEST_F(StateFileTest, WhatAKilledRunLeftIsCleanedUp) {
  folder_.write(".state.json.new", "half of it", fs::perms(0666));
  StateFile(file_, remember_failure()).save(numbered(3));
  EXPECT_EQ(saved_client_id(), "3");
  EXPECT_EQ(permissions_of(file_), fs::perms(0600));
  EXPECT_EQ(entries_of(folder_.path()), 1);
}

TEST_F(StateFileTest, TheThreadBeginsWithTheFirstVersion) {
  std::thread([] {}).join();  // a sanitizer's own thread comes with the first
  const auto threads = entries_of("/proc/self/task");
  StateFile state_file(file_, remember_failure());
  EXPECT_FALSE(state_file.load().state.installation.empty());
  EXPECT_TRUE(state_file.flush());
  EXPECT_EQ(entries_of("/proc/self/task"), threads);
  state_file.save(full_state());
  EXPECT_EQ(entries_of("/proc/self/task"), threads + 1);
}

// Counts the files that get a new name in a folder.
class Renames {
 public:
  explicit Renames(const fs::path& folder) { inotify_add_watch(descriptor_, folder.c_str(), IN_MOVED_TO); }
  Renames(const Renames&) = delete;
  Renames& operator=(const Renames&) = delete;
  ~Renames() { close(descriptor_); }

  [[nodiscard]] int count() const {
    alignas(inotify_event) std::array<char, 4096> events;
    const ssize_t size = ::read(descriptor_, events.data(), events.size());
    int count = 0;
    for (ssize_t at = 0; at < size; ++count) {
      inotify_event event;
      std::memcpy(&event, events.data() + at, sizeof event);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
    return count;
  }

 private:
  int descriptor_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
};

TEST_F(StateFileTest, OfSeveralVersionsInARowOnlyTheLastIsWritten) {
  const fs::path in_the_way = folder_.write("sub", "a file where a folder should be");
  file_ = in_the_way / "state.json";
  std::promise<void> busy;
  std::promise<void> go_on;
  StateFile state_file(file_, [&](const std::string&) {  // holds up the writing thread
    busy.set_value();
    go_on.get_future().wait();
  });
  state_file.save(numbered(1));
  busy.get_future().wait();
  for (const int number : {2, 3, 4}) state_file.save(numbered(number));
  fs::remove(in_the_way);
  fs::create_directory(in_the_way);
  const Renames renames(in_the_way);
  go_on.set_value();
  EXPECT_TRUE(state_file.flush());
  EXPECT_EQ(renames.count(), 1);
  EXPECT_EQ(saved_client_id(), "4");
}

TEST_F(StateFileTest, AFailureIsToldOncePerReason) {
  file_ = folder_.write("sub", "a file where a folder should be") / "state.json";
  StateFile state_file(file_, remember_failure());
  for (int time = 0; time < 3; ++time) {
    state_file.save(full_state());
    EXPECT_FALSE(state_file.flush());
  }
  const std::string folder = file_.parent_path().string();
  EXPECT_THAT(failures_, ElementsAre("state file " + file_.string() + " could not be written: File exists; " + folder +
                                     " must be a folder"));

  fs::remove(folder);
  fs::create_directories(file_);  // now a folder is where the file should be
  state_file.save(full_state());
  EXPECT_FALSE(state_file.flush());
  ASSERT_EQ(failures_.size(), 2U);
  EXPECT_THAT(failures_[1], HasSubstr("Is a directory"));

  fs::remove(file_);
  state_file.save(full_state());
  EXPECT_TRUE(state_file.flush());
  EXPECT_EQ(failures_.size(), 2U);
  EXPECT_EQ(content_of(load().state), content_of(full_state()));
}

// A disk that takes so many bytes of a file and no more.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);  // the error instead of the signal
};

TEST_F(StateFileTest, WhenTheDiskTakesHalfOfItTheOldOneStays) {
  StateFile state_file(file_, remember_failure());
  state_file.save(numbered(1));
  ASSERT_TRUE(state_file.flush());
  {
    const SmallDisk disk(100);
    state_file.save(numbered(2));
    EXPECT_FALSE(state_file.flush());
  }
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_THAT(failures_[0], AllOf(HasSubstr(file_.string() + " could not be written: File too large"),
                                  Not(HasSubstr("token-that-nobody-may-see"))));
  EXPECT_EQ(entries_of(folder_.path()), 1);
  EXPECT_EQ(saved_client_id(), "1");
}

// `scan --direct` beside a running gateway.
TEST_F(StateFileTest, AFileThatAnotherOneUsesIsReadAndLeftAsItIs) {
  StateFile running(file_, remember_failure());
  (void)running.load();
  running.save(numbered(1));
  ASSERT_TRUE(running.flush());
  {
    StateFile command(file_, remember_failure());
    const auto loaded = command.load();
    EXPECT_EQ(loaded.state.accounts.at("home").client_id, "1");
    EXPECT_THAT(loaded.messages, ElementsAre(HasSubstr("in use by another process")));
    running.save(numbered(2));
    ASSERT_TRUE(running.flush());
    command.save(numbered(1));
    EXPECT_FALSE(command.flush()) << "it was not remembered";
  }
  EXPECT_EQ(state_from_json(content(file_)).index(), 0U);
  EXPECT_EQ(std::get<State>(state_from_json(content(file_))).accounts.at("home").client_id, "2");
}

TEST_F(StateFileTest, ADamagedFileOfAnotherOneIsNotSetAside) {
  StateFile running(file_, remember_failure());
  (void)running.load();
  std::ofstream(file_) << "{";
  EXPECT_THAT(load().messages, ElementsAre(HasSubstr("in use"), HasSubstr("not JSON")));
  EXPECT_FALSE(fs::exists(aside()));
}

TEST_F(StateFileTest, TheLockGoesWithWhoeverHadItAndLeavesNothing) {
  {
    StateFile first(file_, remember_failure());
    (void)first.load();
    EXPECT_THAT(load().messages, ElementsAre(HasSubstr("in use")));
  }
  EXPECT_EQ(entries_of(folder_.path()), 0);
  EXPECT_THAT(load().messages, IsEmpty());
}

TEST_F(StateFileTest, ChangesInQuickSuccessionAreCopiedOnceInHalfASecond) {
  StateFile state_file(file_, remember_failure());
  (void)state_file.load();
  const TimePoint start{std::chrono::hours(1)};
  EXPECT_EQ(state_file.turn(numbered(0), start), TimePoint::max()) << "nothing has changed";
  state_file.changed();
  EXPECT_EQ(state_file.turn(numbered(1), start), TimePoint::max()) << "the first change does not wait";
  ASSERT_TRUE(state_file.flush());
  for (int count = 2; count < 100; ++count) {
    state_file.changed();
    const TimePoint now = start + std::chrono::milliseconds(count);
    ASSERT_EQ(state_file.turn(numbered(count), now), start + StateFile::kApart);
  }
  ASSERT_TRUE(state_file.flush());
  EXPECT_EQ(std::get<State>(state_from_json(content(file_))).accounts.at("home").client_id, "1");
  EXPECT_EQ(state_file.turn(numbered(100), start + StateFile::kApart), TimePoint::max());
  ASSERT_TRUE(state_file.flush());
  EXPECT_EQ(std::get<State>(state_from_json(content(file_))).accounts.at("home").client_id, "100");
}

// As at a first start, where every station's answer brings something to remember: 1,000 changes in 5 s.
TEST_F(StateFileTest, TenThousandStationsThatBeginAreCopiedElevenTimes) {
  State state = full_state();
  const StationState station = state.stations.begin()->second;
  for (int serial = 0; serial < 10'000; ++serial) state.stations[std::to_string(serial)] = station;
  StateFile state_file(file_, remember_failure());
  (void)state_file.load();
  TimePoint now{std::chrono::hours(1)};
  int copies = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int change = 0; change <= 1000; ++change, now += std::chrono::milliseconds(5)) {
    state_file.changed();
    if (state_file.turn(state, now) == TimePoint::max()) ++copies;
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(copies, 11);
  std::cout << "1,001 changes: " << took.count() << " ms on the loop's thread, " << took.count() / copies
            << " ms a copy\n";
}

}  // namespace
}  // namespace bluetti::gateway
