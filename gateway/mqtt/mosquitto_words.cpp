// SPDX-License-Identifier: MIT
#include "gateway/mqtt/mosquitto_words.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace bluetti::gateway {
namespace {

constexpr std::size_t kPacketFrame = std::size_t{8} << 10;  // topic, properties and header beside the payload

constexpr std::array kFinal{MOSQ_ERR_OVERSIZE_PACKET, MOSQ_ERR_PAYLOAD_SIZE,         MOSQ_ERR_QOS_NOT_SUPPORTED,
                            MOSQ_ERR_MALFORMED_UTF8,  MOSQ_ERR_RETAIN_NOT_SUPPORTED, MOSQ_ERR_INVAL};

int connect_with_limit(mosquitto* library, const BrokerUrl& url, int keepalive, std::size_t most_incoming) {
  mosquitto_property* properties = nullptr;
  mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE,
                               static_cast<std::uint32_t>(most_incoming + kPacketFrame));
  const Properties owned(properties);
  return mosquitto_connect_bind_v5(library, url.place().c_str(), url.port, keepalive, nullptr, properties);
}

}  // namespace

void FreeProperties::operator()(mosquitto_property* properties) const noexcept {
  mosquitto_property_free_all(&properties);
}

Properties properties_of(MqttProtocol protocol, const Delivery& delivery) {
  if (protocol != MqttProtocol::v5) return nullptr;
  mosquitto_property* properties = nullptr;
  if (delivery.expiry.count() > 0) {
    const auto seconds = static_cast<std::uint32_t>(delivery.expiry.count());
    mosquitto_property_add_int32(&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, seconds);
  }
  if (const std::string_view data = delivery.correlation; !data.empty()) {
    const auto size = static_cast<std::uint16_t>(data.size());
    mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, data.data(), size);
  }
  return Properties(properties);
}

ReplyTo reply_to_of(const mqtt5__property* properties) {
  ReplyTo reply;
  char* topic = nullptr;
  mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &topic, false);
  const std::unique_ptr<char, decltype(&std::free)> topic_owner(topic, &std::free);
  if (topic == nullptr) return reply;
  reply.topic = topic;
  void* data = nullptr;
  std::uint16_t size = 0;
  mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &data, &size, false);
  const std::unique_ptr<void, decltype(&std::free)> data_owner(data, &std::free);
  if (data != nullptr) reply.correlation.assign(static_cast<const char*>(data), size);
  return reply;
}

std::string connect_library(mosquitto* library, const ConnectionOptions& options, std::size_t most_incoming) {
  const BrokerUrl& url = options.url;
  const int keepalive = static_cast<int>(options.keepalive.count());
  const int result = options.protocol == MqttProtocol::v5
                         ? connect_with_limit(library, url, keepalive, most_incoming)
                         : mosquitto_connect(library, url.place().c_str(), url.port, keepalive);
  const int error_number = errno;
  if (result == MOSQ_ERR_SUCCESS) return {};
  if (result == MOSQ_ERR_EAI) return "host name " + url.host + " not found";
  return "cannot connect: " + text_of(result, error_number);
}

std::string text_of(int result, int error_number) {
  if (result == MOSQ_ERR_ERRNO) return std::system_category().message(error_number);
  if (result == MOSQ_ERR_CONN_LOST) return "the connection was closed";
  if (result == MOSQ_ERR_KEEPALIVE) return "the broker does not answer any more";
  return mosquitto_strerror(result);
}

bool is_final(int result) {
  return std::ranges::find(kFinal, result) != kFinal.end();
}

std::string refusal_of(int result) {
  switch (result) {
    case MOSQ_ERR_OVERSIZE_PACKET:
      return "it is larger than the broker says it takes; raise the broker's limit (mosquitto: max_packet_size), or "
             "publish less";
    case MOSQ_ERR_RETAIN_NOT_SUPPORTED:
      return "the broker keeps no retained messages; switch them on there (mosquitto: retain_available)";
    case MOSQ_ERR_QOS_NOT_SUPPORTED:
      return "the broker does not support its QoS; let it (mosquitto: max_qos)";
    default:
      return mosquitto_strerror(result);
  }
}

}  // namespace bluetti::gateway
