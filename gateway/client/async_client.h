// SPDX-License-Identifier: MIT
// Reads and changes stations without waiting: each call returns at once, and its result comes as a future or to a
// callback. One thread of the library's own per client does the work. Every function may be called from any thread at
// any time, also from a callback. Calls for one station are carried out in their order, for several side by side.
#pragma once

#include <bluetti/error.h>
#include <bluetti/options.h>
#include <bluetti/sink.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bluetti {

namespace gateway::client {
class Engine;  // internal
}

template <typename T>
using Callback = std::function<void(Result<T>)>;

class BLUETTI_API AsyncClient {
 public:
  explicit AsyncClient(ClientOptions options);
  AsyncClient(AsyncClient&&) noexcept;
  AsyncClient& operator=(AsyncClient&&) noexcept;
  // Disconnects. What was not done yet ends with a transport error; no callback runs on the library's thread after it.
  ~AsyncClient();

  // Done once the session is up; the first try decides. A session that is lost later is built up again by itself.
  // Connected already: done at once.
  std::future<Result<Done>> connect();
  void connect(Callback<Done> done);
  // Ends the session. What was not done yet ends with a transport error.
  void disconnect();
  [[nodiscard]] bool is_connected() const;

  [[nodiscard]] std::future<Result<BlockValues>> read_block(std::uint16_t block, CallOptions options = {});
  void read_block(std::uint16_t block, CallOptions options, Callback<BlockValues> done);

  // So many registers from the beginning of the block; values beyond them are missing.
  [[nodiscard]] std::future<Result<BlockValues>> read_block(std::uint16_t block, int registers,
                                                            CallOptions options = {});
  void read_block(std::uint16_t block, int registers, CallOptions options, Callback<BlockValues> done);

  [[nodiscard]] std::future<Result<Registers>> read_registers(std::uint16_t first, int count, CallOptions options = {});
  void read_registers(std::uint16_t first, int count, CallOptions options, Callback<Registers> done);

  // All blocks of the station's model in a group: "core", "battery", "cells". An error if there is no such group.
  [[nodiscard]] std::future<Result<GroupValues>> read_group(std::string group, OnError on_error = OnError::stop,
                                                            CallOptions options = {});
  void read_group(std::string group, OnError on_error, CallOptions options, Callback<GroupValues> done);

  // The numbers of a group's blocks, to be read one after the other.
  [[nodiscard]] std::future<Result<std::vector<std::uint16_t>>> blocks_of(std::string group, CallOptions options = {});

  // Changes a setting, named by the path of its value, and proves it: checked, written, read back. Takes seconds.
  // Settings, consents and outcomes are those of docs/control.md.
  [[nodiscard]] std::future<Result<WriteResult>> write(std::string path, std::string value, CallOptions options = {});
  void write(std::string path, std::string value, CallOptions options, Callback<WriteResult> done);

  // Every block that a station sends by itself, from now on; an empty function ends it.
  void on_push(std::function<void(BlockValues)> callback);
  // Every later result of a change: one that went back by itself.
  void on_reverted(std::function<void(WriteResult)> callback);

  // Every value that was read or pushed and is not what it was before goes to this sink too, from now on.
  void add_sink(std::string name, std::unique_ptr<Sink> sink, SinkOptions options = {});
  [[nodiscard]] std::vector<SinkCounters> sinks() const;

  // Schemas of the application's own, from now on.
  [[nodiscard]] std::future<Result<Done>> register_schema(std::string name, std::string text);

 private:
  std::shared_ptr<gateway::client::Engine> engine_;
};

}  // namespace bluetti
