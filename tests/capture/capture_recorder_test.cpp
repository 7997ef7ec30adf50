// SPDX-License-Identifier: MIT
// The file a record is written to: what stands in it, who may read it, when it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "gateway/capture/record_reader.h"
#include "gateway/capture/recorder.h"
#include "tests/capture/capture_support.h"
#include "tests/support/config_fixture.h"

namespace bluetti::test {
namespace {

using namespace std::chrono_literals;
using gateway::TimePoint;
using gateway::capture::Recorder;
using gateway::capture::Sender;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kFromStation = "PUB/AP300/2345000000001";
constexpr std::string_view kToStation = "SUB/AP300/2345000000001";
constexpr std::string_view kHeader = "{\"format\":\"bluetti-gateway record\",\"version\":1,\"gateway\":\"";

class RecorderTest : public testing::Test {
 protected:
  Recorder::Opened try_open() {
    return Recorder::open({.file = file_, .most_bytes = most_bytes_},
                          std::shared_ptr<const schemas::Catalog>(&built_in_catalog(), [](auto*) {}), now_);
  }
  std::unique_ptr<Recorder> open() { return std::get<std::unique_ptr<Recorder>>(try_open()); }
  std::string refusal() { return std::get<std::string>(try_open()); }

  void hear_soc(Recorder& recorder, std::string_view topic = kFromStation) {
    const Bytes payload = push_of(100, composed(100, {{"soc", "87"}}));
    recorder.record(Sender::station, topic, text_of(payload), false, now_);
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    std::istringstream text(content());
    for (std::string line; std::getline(text, line);) result.push_back(line);
    return result;
  }
  void write(std::string_view text) const { std::ofstream(file_) << text; }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "record.jsonl";
  std::uint64_t most_bytes_ = 1'000'000;
  TimePoint now_{1h};
};

TEST_F(RecorderTest, WritesAHeaderAndOneObjectALine) {
  const auto recorder = open();
  now_ += 1500ms;
  const Bytes request = read_request(100, 2);
  recorder->record(Sender::gateway, kToStation, text_of(request), false, now_);
  now_ += 250ms;
  const Bytes answer = read_answer(Bytes(4));
  recorder->record(Sender::station, kFromStation, text_of(answer), true, now_);
  recorder->tick(now_ + 1s);
  const auto all = lines();
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_THAT(all[0], StartsWith(std::string(kHeader)));
  EXPECT_THAT(all[1], MatchesRegex(R"(\{"t":1\.500,"from":"gateway","model":"AP300","station":"[0-9]{13}",)"
                                   R"("payload":"01f80f0064000000000000030064000[0-9a-f]+"\})"));
  EXPECT_THAT(all[2], StartsWith("{\"t\":1.750,\"from\":\"station\""));
  EXPECT_THAT(all[2], HasSubstr("\",\"retained\":true}"));
  EXPECT_THAT(content(), Not(HasSubstr("2345000000001")));
}

TEST_F(RecorderTest, OnlyTheOwnerMayReadIt) {
  write("");
  std::filesystem::permissions(file_, std::filesystem::perms::all);
  const auto recorder = open();
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file_).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(RecorderTest, WritesOnceASecondAndAtTheEnd) {
  auto recorder = open();
  EXPECT_EQ(recorder->next_action(), TimePoint::max()) << "nothing waits";
  hear_soc(*recorder);
  EXPECT_THAT(lines(), SizeIs(1));
  EXPECT_EQ(recorder->next_action(), now_ + 1s);
  EXPECT_EQ(recorder->tick(now_ + 1s), TimePoint::max());
  EXPECT_THAT(lines(), SizeIs(2));
  hear_soc(*recorder);
  recorder.reset();
  EXPECT_THAT(lines(), SizeIs(3));
}

TEST_F(RecorderTest, WritesEarlierWhenMuchWaits) {
  const auto recorder = open();
  for (int message = 0; message < 200; ++message) hear_soc(*recorder);
  EXPECT_THAT(lines(), SizeIs(testing::Gt(100U)));
}

TEST_F(RecorderTest, LeavesOutTopicsOfNoStation) {
  auto recorder = open();
  hear_soc(*recorder, "PUB/AP300");
  hear_soc(*recorder, "SUB/AP300/2345000000001");
  hear_soc(*recorder, "PUB/AP300/2345\"000");
  recorder.reset();
  EXPECT_THAT(lines(), SizeIs(1));
}

TEST_F(RecorderTest, StopsAtItsLargestSize) {
  most_bytes_ = 2000;
  const auto recorder = open();
  for (int message = 0; message < 10; ++message) hear_soc(*recorder);
  EXPECT_FALSE(recorder->active());
  EXPECT_LE(std::filesystem::file_size(file_), 2000U);
  EXPECT_THAT(content(), testing::EndsWith("\"}\n")) << "ends with a whole line";
  EXPECT_GT(lines().size(), 1U);
}

TEST_F(RecorderTest, ContinuesARecordWithNewNames) {
  hear_soc(*open());
  const std::string first = content();
  hear_soc(*open());
  EXPECT_THAT(content(), StartsWith(first + std::string(kHeader)));
  const auto record = std::get<gateway::capture::Record>(gateway::capture::load_record(file_));
  ASSERT_THAT(record.messages, SizeIs(2));
  EXPECT_NE(record.messages[0].station, record.messages[1].station);
}

TEST_F(RecorderTest, ContinuesBehindALineThatWasCutOff) {
  write(std::string(kHeader) + "0.1.0\"}\n{\"t\":1.0,\"fr");
  open();
  EXPECT_THAT(content(), HasSubstr("{\"t\":1.0,\"fr\n{\"format\""));
}

TEST_F(RecorderTest, TouchesNoFileThatIsSomethingElse) {
  write("[local]\nurl = \"mqtt://127.0.0.1\"\n");
  const std::string before = content();
  EXPECT_THAT(refusal(), HasSubstr("holds something else"));
  EXPECT_EQ(content(), before);
  file_ = folder_.path();
  EXPECT_THAT(refusal(), StartsWith(file_.string()));
  file_ = folder_.path() / "pipe";
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("not a file"));
  file_ = folder_.path() / "missing" / "record.jsonl";
  EXPECT_THAT(refusal(), HasSubstr("No such file or directory"));
}

// No file of this process may grow beyond so many bytes: what a full disk is like.
class FullDisk {
 public:
  explicit FullDisk(std::uintmax_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(RecorderTest, AFullDiskEndsTheRecordingAndNothingElse) {
  const auto recorder = open();
  hear_soc(*recorder);
  {
    const FullDisk disk(std::filesystem::file_size(file_));
    recorder->tick(now_ + 1s);
  }
  EXPECT_FALSE(recorder->active());
  hear_soc(*recorder);
  EXPECT_EQ(recorder->tick(now_ + 2s), TimePoint::max());
  EXPECT_THAT(lines(), SizeIs(1));
}

TEST_F(RecorderTest, ALinkOfAnotherUserAndAFileWithASecondNameAreLeftAlone) {
  const auto victim = folder_.write("victim", "");
  std::filesystem::create_hard_link(victim, file_);
  EXPECT_THAT(refusal(), HasSubstr("has another name elsewhere"));
  std::filesystem::remove(file_);
  if (geteuid() != 0) GTEST_SKIP() << "only root can make what belongs to somebody else";
  std::filesystem::create_symlink(victim, file_);
  ASSERT_EQ(lchown(file_.c_str(), 65534, 65534), 0);
  EXPECT_THAT(refusal(), HasSubstr("Too many levels of symbolic links"));
  EXPECT_EQ(std::filesystem::file_size(victim), 0U);
}

}  // namespace
}  // namespace bluetti::test
