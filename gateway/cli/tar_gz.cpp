// SPDX-License-Identifier: MIT
#include "gateway/cli/tar_gz.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>

namespace bluetti::gateway::cli {
namespace {

constexpr std::size_t kRecord = 512;
constexpr int kGzip = 15 + 16;  // the largest window, and a gzip header

void put(std::array<char, kRecord>& header, std::size_t offset, std::string_view text) {
  std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(offset));
}

// Field offsets of POSIX 1003.1, "ustar Interchange Format". The checksum is taken with its own field blank.
std::array<char, kRecord> header_of(const ArchivedText& text, std::time_t modified) {
  std::array<char, kRecord> header{};
  put(header, 0, text.name.substr(0, 100));
  put(header, 100, "0000600");  // mode
  put(header, 108, "0000000");  // user
  put(header, 116, "0000000");  // group
  put(header, 124, fmt::format("{:011o}", text.content.size()));
  put(header, 136, fmt::format("{:011o}", modified));
  put(header, 148, "        ");
  put(header, 156, "0");  // a regular file
  put(header, 257, std::string_view("ustar\00000", 8));
  const unsigned sum = std::accumulate(header.begin(), header.end(), 0U,
                                       [](unsigned total, char c) { return total + static_cast<unsigned char>(c); });
  put(header, 148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  return header;
}

std::string tar(std::span<const ArchivedText> texts, std::time_t modified) {
  std::string archive;
  for (const ArchivedText& text : texts) {
    const auto header = header_of(text, modified);
    archive.append(header.data(), header.size()).append(text.content);
    archive.append((kRecord - text.content.size() % kRecord) % kRecord, '\0');
  }
  return archive.append(2 * kRecord, '\0');
}

}  // namespace

std::string tar_gz(std::span<const ArchivedText> texts, std::time_t modified) {
  std::string plain = tar(texts, modified);
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot be used");
  }
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (!done) throw std::runtime_error("zlib could not pack the archive");
  return packed;
}

}  // namespace bluetti::gateway::cli
