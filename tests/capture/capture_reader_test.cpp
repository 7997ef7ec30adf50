// SPDX-License-Identifier: MIT
// Records may come from anybody: what is wrong is told by its line, and the rest is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/capture/record_reader.h"

namespace bluetti::gateway::capture {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kHeader = "{\"format\":\"bluetti-gateway record\",\"version\":1,\"gateway\":\"0.1.0\"}\n";
const std::string kLine =
    R"({"t":1.25,"from":"station","model":"AP300","station":"7","payload":"00ff","retained":true,"masked":true})"
    "\n";

Record read(const std::string& text) {
  return std::get<Record>(parse_record(text, "x.jsonl"));
}

TEST(RecordReader, ReadsWhatTheRecorderWrites) {
  const Record record = read(kHeader + kLine);
  EXPECT_THAT(record.problems, IsEmpty());
  ASSERT_THAT(record.messages, SizeIs(1));
  const RecordedMessage& message = record.messages.front();
  EXPECT_EQ(message.time, 1.25);
  EXPECT_EQ(message.from, Sender::station);
  EXPECT_EQ(message.model, "AP300");
  EXPECT_EQ(message.station, "7");
  EXPECT_EQ(message.payload, (std::vector{std::byte{0}, std::byte{0xFF}}));
  EXPECT_TRUE(message.retained);
  EXPECT_TRUE(message.masked);
}

TEST(RecordReader, WhatIsNoRecordIsAnError) {
  const auto error = [](const std::string& text) { return std::get<std::string>(parse_record(text, "x.jsonl")); };
  for (const char* text :
       {"", "\n", "[]", "{}", "not JSON", "{\"format\":1}", "{\"format\":\"other\",\"version\":1}"}) {
    EXPECT_EQ(error(text), "x.jsonl: not a record of the gateway") << text;
  }
  EXPECT_THAT(error(R"({"format":"bluetti-gateway record"})"), HasSubstr("without a version"));
  EXPECT_THAT(error(R"({"format":"bluetti-gateway record","version":2})"), HasSubstr("version 2; this program reads"));
}

struct BadLine {
  const char* line;
  const char* complaint;
};

void PrintTo(const BadLine& row, std::ostream* out) {
  *out << row.line;
}

class BadLines : public testing::TestWithParam<BadLine> {};

TEST_P(BadLines, AreToldByTheirNumberAndLeftOut) {
  const Record record = read(kHeader + kLine + GetParam().line + "\n" + kLine);
  EXPECT_THAT(record.messages, SizeIs(2));
  ASSERT_THAT(record.problems, SizeIs(1));
  EXPECT_THAT(record.problems.front().text(), testing::StartsWith("x.jsonl:3:1: "));
  EXPECT_THAT(record.problems.front().message, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    RecordReader, BadLines,
    testing::Values(BadLine{"x", "not a JSON object"}, BadLine{"[1]", "not a JSON object"},
                    BadLine{"{\"t\":1", "not a JSON object"}, BadLine{"{}", "no time"},
                    BadLine{R"({"t":"1"})", "no time"}, BadLine{R"({"t":-1})", "out of range"},
                    BadLine{R"({"t":1e300})", "out of range"}, BadLine{R"({"t":1})", "\"from\""},
                    BadLine{R"({"t":1,"from":"nobody"})", "\"from\""}, BadLine{R"({"t":1,"from":1})", "\"from\""},
                    BadLine{R"({"t":1,"from":"station","model":"a/b"})", "\"model\""},
                    BadLine{R"({"t":1,"from":"station","model":"+","station":"7"})", "\"model\""},
                    BadLine{R"({"t":1,"from":"station","model":"A"})", "\"station\""},
                    BadLine{R"({"t":1,"from":"station","model":"A","station":"7"})", "\"payload\""},
                    BadLine{R"({"t":1,"from":"station","model":"A","station":"7","payload":"0"})", "\"payload\""},
                    BadLine{R"({"t":1,"from":"station","model":"A","station":"7","payload":"0g"})", "\"payload\""},
                    BadLine{R"({"t":1,"from":"station","model":"A","station":"7","payload":"-1"})", "\"payload\""},
                    BadLine{R"({"format":"bluetti-gateway record","version":9})", "version 9"}));

TEST(RecordReader, BoundsLinesPayloadsAndComplaints) {
  EXPECT_THAT(read(kHeader + std::string(5000, '[') + "\n").problems.front().message, HasSubstr("longer than 4096"));
  const std::string longest = R"({"t":1,"from":"station","model":"A","station":"7","payload":")";
  EXPECT_THAT(read(kHeader + longest + std::string(2048, '0') + "\"}").messages, SizeIs(1));
  EXPECT_THAT(read(kHeader + longest + std::string(2050, '0') + "\"}").messages, IsEmpty());
  const auto problems = [] {
    std::string text = kHeader;
    for (int line = 0; line < 100; ++line) text += "x\n";
    return read(text).problems;
  }();
  EXPECT_THAT(problems, SizeIs(21));
  EXPECT_EQ(problems.back().message, "80 more lines are wrong");
}

TEST(RecordReader, ALaterRunComesBehindTheEarlierOne) {
  const Record record = read(kHeader + kLine + kHeader + kLine);
  ASSERT_THAT(record.messages, SizeIs(2));
  EXPECT_EQ(record.messages[0].time, 1.25);
  EXPECT_EQ(record.messages[1].time, 1.25 + 1 + 1.25);
}

TEST(RecordReader, NamesAFileThatCannotBeRead) {
  EXPECT_EQ(std::get<std::string>(load_record("/nowhere/x.jsonl")), "/nowhere/x.jsonl: No such file or directory");
}

}  // namespace
}  // namespace bluetti::gateway::capture
