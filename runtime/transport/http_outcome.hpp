#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/transport/http_client.hpp"

namespace millwright {

/// 2xx: taken. No answer, 408, 429 and 5xx: worth another try. Anything else: refused for good, with the answer's text.
delivery_result outcome_of(const http_answer& answer);

} // namespace millwright
