#pragma once

#include <cstdint>

namespace millwright {

/// How the way to a mail server is kept from others: not at all, by STARTTLS, or by TLS from the first byte on.
enum class mail_security : uint8_t { none, starttls, tls };

} // namespace millwright
