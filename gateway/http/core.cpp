// SPDX-License-Identifier: MIT
#include "gateway/http/core.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <string.h>  // explicit_bzero is not in <cstring>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>

#include "gateway/base/digests.h"
#include "gateway/base/host_port.h"
#include "gateway/http/listen.h"

namespace bluetti::gateway::http {
namespace {

constexpr std::size_t kEpochBytes = 4;
constexpr std::string_view kSetupPath = "/setup/";

TimePoint now() {
  return std::chrono::steady_clock::now();
}

Peer peer_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == nullptr || info->client_addr == nullptr) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (info->client_addr->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, info->client_addr, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, info->client_addr, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  std::string address = text.data();
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped) && address.find('.') != std::string::npos) address.erase(0, kMapped.size());
  const bool is_this_machine = address.starts_with("127.") || address == "::1";
  return {std::move(address), is_this_machine};
}

struct Reading {
  RequestHeaders headers;
  int hosts = 0;
};

MHD_Result on_header(void* to, MHD_ValueKind, const char* key, const char* value) {
  auto& reading = *static_cast<Reading*>(to);
  RequestHeaders& headers = reading.headers;
  const std::array<std::pair<std::string_view, std::string*>, 13> known{{{"host", &headers.host},
                                                                         {"origin", &headers.origin},
                                                                         {"sec-fetch-site", &headers.fetch_site},
                                                                         {"authorization", &headers.authorization},
                                                                         {"cookie", &headers.cookie},
                                                                         {"content-type", &headers.content_type},
                                                                         {"accept", &headers.accept},
                                                                         {"accept-language", &headers.accept_language},
                                                                         {"last-event-id", &headers.last_event_id},
                                                                         {"if-none-match", &headers.if_none_match},
                                                                         {"forwarded", &headers.forwarded},
                                                                         {"x-forwarded-for", &headers.forwarded},
                                                                         {"x-real-ip", &headers.forwarded}}};
  const std::string_view name = key;
  const auto is_same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  };
  for (const auto& [known_name, text] : known) {
    if (!std::ranges::equal(name, known_name, is_same)) continue;
    if (text == &headers.host) ++reading.hosts;
    *text = value != nullptr ? value : "";
  }
  return MHD_YES;
}

Request request_of(MHD_Connection* connection, const char* url, const char* method) {
  Reading reading;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &on_header, &reading);
  if (reading.hosts != 1) reading.headers.host.clear();
  const char* language = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "lang");
  return {.method = method,
          .path = url,
          .query = language != nullptr ? language : "",
          .headers = std::move(reading.headers),
          .peer = peer_of(connection),
          .body = {}};
}

void add_headers(MHD_Response* response, const Answer& answer) {
  // No script, style or image but our own; nobody else may frame, read or be told of us.
  static constexpr std::array<std::pair<const char*, const char*>, 7> kAlways{
      {{"Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action "
        "'self'; base-uri 'none'; frame-ancestors 'self'"},
       {"X-Content-Type-Options", "nosniff"},
       {"X-Frame-Options", "SAMEORIGIN"},
       {"Referrer-Policy", "same-origin"},
       {"Cross-Origin-Resource-Policy", "same-origin"},
       {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
       {"Cache-Control", "no-cache"}}};
  for (const auto& [name, value] : kAlways) MHD_add_response_header(response, name, value);
  MHD_add_response_header(response, "Content-Type", std::string(answer.content_type).c_str());
  for (const auto& [name, value] : answer.headers) MHD_add_response_header(response, name.c_str(), value.c_str());
}

// What is wrong with a request is the client's affair.
void ignore_log(void*, const char*, va_list) {}

}  // namespace

MHD_Result send(MHD_Connection* connection, const Answer& answer) {
  using Body = std::shared_ptr<const std::string>;
  auto* body = new Body(answer.body ? answer.body : std::make_shared<const std::string>());
  MHD_Response* response = MHD_create_response_from_buffer_with_free_callback_cls(
      (*body)->size(), const_cast<char*>((*body)->data()), [](void* kept) { delete static_cast<Body*>(kept); }, body);
  if (response == nullptr) {
    delete body;
    return MHD_NO;
  }
  add_headers(response, answer);
  const MHD_Result result = MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
  MHD_destroy_response(response);
  return result;
}

Server::Core::Pending::~Pending() {
  explicit_bzero(request.body.data(), request.body.size());
}

Server::Core::Core(const HttpConfig& config, const std::string& language, Wake wake, Change change,
                   std::shared_ptr<SetupDesk> desk)
    : desk_(std::move(desk)),
      site_(config, language, history_, random_hex(kEpochBytes), std::chrono::system_clock::now(), desk_),
      wake_(std::move(wake)),
      change_(std::move(change)) {
  loop_seen_ = now();
}

std::string Server::Core::listen(const HttpConfig& config) {
  auto listening = listen_on(config.host, config.port);
  if (auto* problem = std::get_if<std::string>(&listening)) return std::move(*problem);
  const auto [socket, port] = std::get<Listening>(listening);
  url_ = fmt::format("http://{}/", host_port_text(config.host, port));
  daemon_ = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, port,
                             nullptr, nullptr, &on_request, this, MHD_OPTION_EXTERNAL_LOGGER, &ignore_log, nullptr,
                             MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_CONNECTION_LIMIT, kMostConnections,
                             MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(kIdle.count()),
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, kMostHeaderBytes, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                             MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this, MHD_OPTION_NOTIFY_CONNECTION,
                             &on_connection, this, MHD_OPTION_END);
  if (daemon_ != nullptr) return {};
  close(socket);
  return fmt::format("cannot serve {}: libmicrohttpd does not start", url_);
}

// Whoever is suspended has to go on before the server can stop.
Server::Core::~Core() {
  if (daemon_ == nullptr) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (MHD_Connection* connection : suspended_) MHD_resume_connection(connection);
    suspended_.clear();
    for (const auto& [number, connection] : changing_) MHD_resume_connection(connection);
    changing_.clear();
  }
  MHD_stop_daemon(daemon_);
}

void Server::Core::hand_over(SnapshotPointer snapshot) {
  const std::lock_guard lock(mutex_);
  news_ = std::move(snapshot);
  awaited_ = false;
  for (MHD_Connection* connection : suspended_) MHD_resume_connection(connection);
  suspended_.clear();
}

// Half requests and slow readers, which libmicrohttpd ends only if nothing at all happens. The socket stays open, since
// whose it is may still be written to; libmicrohttpd sees the end and closes it.
void Server::Core::close_overdue(TimePoint at) {
  if (desk_) desk_->expire(at);
  const std::lock_guard lock(mutex_);
  for (auto& [connection, watched] : watched_) {
    if (!watched.may_last && at > watched.since + kLongest) shutdown(watched.socket, SHUT_RDWR);
  }
}

void Server::Core::take_over() {
  SnapshotPointer snapshot;
  {
    const std::lock_guard lock(mutex_);
    snapshot = std::exchange(news_, nullptr);
  }
  if (snapshot) site_.use(std::move(snapshot), streams_);
}

void Server::Core::watch(MHD_Connection* connection, bool may_last) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(connection);
  if (found == watched_.end()) return;
  found->second.may_last = may_last;
  found->second.since = now();
}

void Server::Core::on_connection(void* self, MHD_Connection* connection, void**, MHD_ConnectionNotificationCode what) {
  auto& core = *static_cast<Core*>(self);
  const std::lock_guard lock(core.mutex_);
  if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
    core.watched_.erase(connection);
  } else if (const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)) {
    core.watched_[connection] = {.socket = info->connect_fd, .since = now()};
  }
}

MHD_Result Server::Core::on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                                    const char*, const char* data, std::size_t* size, void** pending) {
  auto& core = *static_cast<Core*>(self);
  try {
    if (*pending == nullptr) {
      *pending = new Pending{request_of(connection, url, method)};
      return MHD_YES;
    }
    auto& under_way = *static_cast<Pending*>(*pending);
    if (*size == 0) return core.handle(connection, under_way);
    const std::size_t most = under_way.request.path.starts_with(kSetupPath) ? kMostSetupBytes : kMostBodyBytes;
    under_way.too_large |= under_way.request.body.size() + *size > most;
    if (under_way.request.body.empty()) under_way.request.body.reserve(most);  // a copy would not be wiped
    if (!under_way.too_large) under_way.request.body.append(data, *size);
    *size = 0;
    return MHD_YES;
  } catch (const std::exception&) {
    return MHD_NO;
  }
}

void Server::Core::on_completed(void* self, MHD_Connection* connection, void** pending, MHD_RequestTerminationCode) {
  delete static_cast<Pending*>(*pending);
  *pending = nullptr;
  static_cast<Core*>(self)->watch(connection, false);  // until its next request is complete
}

MHD_Result Server::Core::handle(MHD_Connection* connection, Pending& pending) {
  if (pending.change != 0) return finish_change(connection, pending);
  if (pending.too_large) return send(connection, text_answer(413, "This is too large.\n"));
  take_over();
  Site::Outcome outcome = site_.answer(pending.request, loop_seen_, now());
  if (const auto* answer = std::get_if<Answer>(&outcome)) return send(connection, *answer);
  if (auto* open = std::get_if<Site::OpenStream>(&outcome)) return open_stream(connection, std::move(*open));
  if (auto* change = std::get_if<Site::OpenChange>(&outcome))
    return open_change(connection, pending, std::move(*change));
  if (auto* work = std::get_if<Site::OpenWork>(&outcome)) return open_work(connection, pending, std::move(*work));
  return wait_for_snapshot(connection, pending);
}

MHD_Result Server::Core::wait_for_snapshot(MHD_Connection* connection, Pending& pending) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return MHD_NO;
  pending.request.waited = true;
  MHD_suspend_connection(connection);
  suspended_.push_back(connection);
  if (!awaited_.exchange(true)) wake_();
  return MHD_YES;
}

MHD_Result Server::Core::open_stream(MHD_Connection* connection, Site::OpenStream open) {
  if (streams_ >= kMostStreams) return send(connection, text_answer(503, "Too many follow the events already.\n"));
  constexpr std::size_t kBlock = 4096;
  auto* stream = new Stream{*this, connection, open.after, std::move(open.begin), 0, now()};
  ++streams_;
  MHD_Response* response =
      MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kBlock, &on_read, stream, &on_stream_end);
  if (response == nullptr) {
    on_stream_end(stream);
    return MHD_NO;
  }
  add_headers(
      response,
      {.content_type = "text/event-stream; charset=utf-8", .body = nullptr, .headers = {{"X-Accel-Buffering", "no"}}});
  watch(connection, true);
  const MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  if (streams_ == 1) wake_();  // the loop has to keep the pace from now on
  return result;
}

void Server::Core::on_stream_end(void* stream) {
  auto* ended = static_cast<Stream*>(stream);
  Core& core = ended->core;
  --core.streams_;
  {
    const std::lock_guard lock(core.mutex_);
    std::erase(core.suspended_, ended->connection);
  }
  delete ended;
}

ssize_t Server::Core::on_read(void* stream, std::uint64_t, char* to, std::size_t most) {
  auto& under_way = *static_cast<Stream*>(stream);
  try {
    return under_way.core.read(under_way, to, most);
  } catch (const std::exception&) {
    return MHD_CONTENT_READER_END_WITH_ERROR;
  }
}

ssize_t Server::Core::read(Stream& stream, char* to, std::size_t most) {
  constexpr std::chrono::seconds kBeat{2};
  while (stream.sent == stream.text.size()) {
    take_over();
    stream.sent = 0;
    stream.text = site_.events().next(stream.after);
    if (stream.text.empty() && now() >= stream.beat_at) stream.text = "event: tick\ndata: {}\n\n";
    if (!stream.text.empty()) {
      stream.beat_at = now() + kBeat;
      break;
    }
    if (!suspend(stream)) continue;
    return stopping_ ? MHD_CONTENT_READER_END_OF_STREAM : 0;
  }
  const std::size_t size = std::min(most, stream.text.size() - stream.sent);
  std::memcpy(to, stream.text.data() + stream.sent, size);
  stream.sent += size;
  return static_cast<ssize_t>(size);
}

// False: something has come meanwhile.
bool Server::Core::suspend(Stream& stream) {
  const std::lock_guard lock(mutex_);
  if (news_) return false;
  if (stopping_) return true;
  MHD_suspend_connection(stream.connection);
  suspended_.push_back(stream.connection);
  return true;
}

}  // namespace bluetti::gateway::http
