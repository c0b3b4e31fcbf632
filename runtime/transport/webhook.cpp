#include "runtime/transport/webhook.hpp"

#include "runtime/message/http_request.hpp"
#include "runtime/transport/http_outcome.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>
#include <vector>

namespace millwright {

std::string hmac_sha256(std::string_view secret, std::string_view body) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), sum, &size);
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += digits[sum[i] >> 4];
    out += digits[sum[i] & 15];
  }
  return out;
}

webhook_transport::webhook_transport(std::string url, std::string secret, http_way way)
    : url_{std::move(url)}, secret_{std::move(secret)}, client_{std::move(way)} {}

delivery_result webhook_transport::deliver(const page& x) {
  std::string body;
  append_json(body, x);
  std::vector<std::string> headers{"Content-Type: application/json",
                                   header_line("Idempotency-Key", receiver_key_of(x))};
  if (!secret_.empty())
    headers.push_back("X-Millwright-Signature: sha256=" + hmac_sha256(secret_, body));
  if (x.may_repeat)
    headers.push_back("X-Millwright-May-Repeat: true");
  return outcome_of(client_.post(url_, headers, body));
}

} // namespace millwright
