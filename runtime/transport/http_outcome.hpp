#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/transport/http_client.hpp"

namespace millwright {

/// 2xx: taken. No answer, 408, 409, 425, 429 and 5xx: worth another try. 400, 413, 422: this page is refused. Anything
/// else (401, 403, 404, a redirect) concerns the channel. With the answer's text.
delivery_result outcome_of(const http_answer& answer);

} // namespace millwright
