// SPDX-License-Identifier: MIT
#include <bluetti/client.h>

namespace bluetti {

Client::Client(ClientOptions options) : async_(std::move(options)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Done> Client::connect() {
  return async_.connect().get();
}
void Client::disconnect() {
  async_.disconnect();
}
bool Client::is_connected() const {
  return async_.is_connected();
}

Result<BlockValues> Client::read_block(std::uint16_t block, const CallOptions& options) {
  return async_.read_block(block, options).get();
}

Result<BlockValues> Client::read_block(std::uint16_t block, int registers, const CallOptions& options) {
  return async_.read_block(block, registers, options).get();
}

Result<Registers> Client::read_registers(std::uint16_t first, int count, const CallOptions& options) {
  return async_.read_registers(first, count, options).get();
}

Result<GroupValues> Client::read_group(std::string_view group, OnError on_error, const CallOptions& options) {
  return async_.read_group(std::string(group), on_error, options).get();
}

GroupStream Client::stream_group(std::string_view group, OnError on_error, CallOptions options) {
  auto blocks = async_.blocks_of(std::string(group), options).get();
  return {*this, std::move(blocks), on_error, std::move(options)};
}

Result<WriteResult> Client::write(std::string_view path, std::string_view value, const CallOptions& options) {
  return async_.write(std::string(path), std::string(value), options).get();
}

void Client::on_push(std::function<void(BlockValues)> callback) {
  async_.on_push(std::move(callback));
}
void Client::on_reverted(std::function<void(WriteResult)> callback) {
  async_.on_reverted(std::move(callback));
}

void Client::add_sink(std::string name, std::unique_ptr<Sink> sink, SinkOptions options) {
  async_.add_sink(std::move(name), std::move(sink), options);
}
std::vector<SinkCounters> Client::sinks() const {
  return async_.sinks();
}

Result<Done> Client::register_schema(std::string_view name, std::string_view text) {
  return async_.register_schema(std::string(name), std::string(text)).get();
}

Result<Done> Client::register_schema(const BlockSchema& schema) {
  return register_schema(schema.name(), schema.toml());
}

GroupStream::GroupStream(Client& client, Result<std::vector<std::uint16_t>> blocks, OnError on_error,
                         CallOptions options)
    : client_(&client), on_error_(on_error), options_(std::move(options)) {
  if (blocks) {
    blocks_ = std::move(blocks).value();
  } else {
    error_ = blocks.error();
  }
}

GroupStream::GroupStream(GroupStream&&) noexcept = default;
GroupStream& GroupStream::operator=(GroupStream&&) noexcept = default;
GroupStream::~GroupStream() = default;

GroupStream::iterator GroupStream::begin() {
  if (!current_) next();
  return iterator(this);
}

void GroupStream::next() {
  const bool stops = on_error_ == OnError::stop && current_ && !current_->ok();
  current_.reset();
  if (error_) {
    current_.emplace(*std::exchange(error_, std::nullopt));
  } else if (!stops && next_ < blocks_.size()) {
    current_.emplace(client_->read_block(blocks_[next_++], options_));
  }
}

}  // namespace bluetti
