#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

namespace millwright {

/// The user whose process is at the other end of a Unix-domain connection, as the kernel knows it: "anna", or "uid
/// 1001" where no name is known; "unknown" where there is no such end.
std::string peer_user(int connection);

/// Who did something: what the client says of itself is believed, but the user that it ran as stands beside it.
/// "anna" where both are the same, else "anna (user root)".
std::string said_and_seen(std::string_view said, std::string_view seen);

} // namespace millwright
