#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/transport/http_client.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// Lower-case hexadecimal HMAC-SHA256 of `body`.
std::string hmac_sha256(std::string_view secret, std::string_view body);

/// POSTs the whole page as JSON. Headers: Idempotency-Key, and with a secret X-Millwright-Signature: "sha256=" and the
/// HMAC over the body. A page that the journal could not take carries X-Millwright-May-Repeat: true; the body stays
/// the same, so that a repeat is the same bytes.
class webhook_transport final : public transport {
public:
  /// @param secret key of the signature; empty: unsigned.
  webhook_transport(std::string url, std::string secret, http_way way);

  delivery_result deliver(const page& x) override;
  void cancel() override { client_.cancel(); }

private:
  std::string url_, secret_;
  http_client client_;
};

} // namespace millwright
