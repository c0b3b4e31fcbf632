#pragma once

#include "runtime/source/listener_probe.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// Why a cluster cannot be used, the more telling ones last.
enum class kafka_trouble : uint8_t { unknown, address, security };

/// What kind of trouble librdkafka's words are about.
kafka_trouble kind_of_trouble(std::string_view said);

/// librdkafka's words without its threads and counts, and what to do about them where that can be known. Pure.
/// @param protocol security.protocol as configured.
std::string words_on_trouble(std::string_view protocol, std::string_view said);

/// What a listener is that a client with `protocol` gets no word out of; empty where that explains nothing.
std::string words_on_listener(std::string_view protocol, listener_kind found);

} // namespace millwright
