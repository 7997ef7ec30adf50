// SPDX-License-Identifier: MIT
// Reads and changes stations; each call returns when it is done. May be used by several threads at the same time, but
// not from a callback, which would wait for itself.
#pragma once

#include <bluetti/async_client.h>

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bluetti {

class GroupStream;

class BLUETTI_API Client {
 public:
  explicit Client(ClientOptions options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();  // disconnects

  Result<Done> connect();
  void disconnect();
  [[nodiscard]] bool is_connected() const;

  [[nodiscard]] Result<BlockValues> read_block(std::uint16_t block, const CallOptions& options = {});
  // So many registers from the beginning of the block; values beyond them are missing.
  [[nodiscard]] Result<BlockValues> read_block(std::uint16_t block, int registers, const CallOptions& options = {});
  [[nodiscard]] Result<Registers> read_registers(std::uint16_t first, int count, const CallOptions& options = {});
  // All blocks of the station's model in a group: "core", "battery", "cells".
  [[nodiscard]] Result<GroupValues> read_group(std::string_view group, OnError on_error = OnError::stop,
                                               const CallOptions& options = {});
  // The same one after the other: each block is read when the loop asks for it.
  //
  //   for (const auto& block : client.stream_group("battery")) ...   // Result<BlockValues>
  //
  // A group that does not exist gives one error. The client must outlive the stream.
  [[nodiscard]] GroupStream stream_group(std::string_view group, OnError on_error = OnError::stop,
                                         CallOptions options = {});

  // Changes a setting and proves it, as AsyncClient::write().
  Result<WriteResult> write(std::string_view path, std::string_view value, const CallOptions& options = {});

  // Called on the executor, else on the library's thread.
  void on_push(std::function<void(BlockValues)> callback);
  void on_reverted(std::function<void(WriteResult)> callback);

  // As those of AsyncClient.
  void add_sink(std::string name, std::unique_ptr<Sink> sink, SinkOptions options = {});
  [[nodiscard]] std::vector<SinkCounters> sinks() const;

  Result<Done> register_schema(std::string_view name, std::string_view text);
  Result<Done> register_schema(const BlockSchema& schema);

  // The client below, for calls that shall not wait.
  [[nodiscard]] AsyncClient& async() { return async_; }

 private:
  AsyncClient async_;
};

// A range over the blocks of a group; goes through once.
class BLUETTI_API GroupStream {
 public:
  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Result<BlockValues>;
    using difference_type = std::ptrdiff_t;

    explicit iterator(GroupStream* stream) : stream_(stream) {}
    [[nodiscard]] const value_type& operator*() const { return *stream_->current_; }
    [[nodiscard]] const value_type* operator->() const { return &*stream_->current_; }
    iterator& operator++() {
      stream_->next();
      return *this;
    }
    void operator++(int) { stream_->next(); }
    [[nodiscard]] bool operator==(std::default_sentinel_t) const { return !stream_->current_; }

   private:
    GroupStream* stream_;
  };

  GroupStream(Client& client, Result<std::vector<std::uint16_t>> blocks, OnError on_error, CallOptions options);
  GroupStream(GroupStream&&) noexcept;
  GroupStream& operator=(GroupStream&&) noexcept;
  ~GroupStream();

  [[nodiscard]] iterator begin();
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  void next();

  Client* client_;
  std::vector<std::uint16_t> blocks_;
  std::size_t next_ = 0;
  OnError on_error_;
  CallOptions options_;
  std::optional<Error> error_;  // of the group itself
  std::optional<Result<BlockValues>> current_;
};

}  // namespace bluetti
