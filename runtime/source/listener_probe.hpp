#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <string>

namespace millwright {

/// What listens at a broker's address, as one finds out without a login.
enum class listener_kind : uint8_t { none, plain, login, tls, other };

/// Speaks to "HOST:PORT" as a Kafka client without TLS and login would, then as one with TLS. Blocks, about twice
/// `patience` at most.
listener_kind probe_listener(const std::string& address, milliseconds patience);

} // namespace millwright
