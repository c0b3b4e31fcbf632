#include "runtime/source/kafka_trouble.hpp"

#include <doctest/doctest.h>

namespace kafka_trouble_test {

using namespace millwright;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a refused login is told as that, without librdkafka's own names") {
  const auto words = words_on_trouble(
      "SASL_PLAINTEXT",
      "[thrd:sasl_plaintext://127.0.0.1:9/bootstrap]: sasl_plaintext://127.0.0.1:9/bootstrap: SASL "
      "authentication error: Authentication failed: Invalid username or password (after 303ms in state "
      "AUTH_REQ, 1 identical error(s) suppressed)");
  CHECK(words ==
        "the login was refused: SASL authentication error: Authentication failed: Invalid username or password");
}

TEST_CASE("a client with TLS or a login at a listener without is told which setting is wrong") {
  const auto tls =
      words_on_trouble("SSL", "ssl://h:1/bootstrap: SSL handshake failed: error:0A000126:SSL "
                              "routines::unexpected eof while reading (after 26ms in state SSL_HANDSHAKE)");
  CHECK(has(tls, "does not speak TLS"));
  CHECK(has(tls, "security.protocol is SSL"));
  const auto login =
      words_on_trouble("SASL_SSL", "SASL PLAIN mechanism handshake failed: Broker: Request not valid in "
                                   "current SASL state: broker's supported mechanisms:  (after 8ms in x)");
  CHECK(has(login, "knows no login"));
}

TEST_CASE("a certificate that is not trusted and other words are told as they are") {
  CHECK(
      has(words_on_trouble("SSL", "ssl://h:1/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate "
                                  "verify failed: verify that ssl.ca.location is correctly configured"),
          "certificate verify failed: verify that ssl.ca.location"));
  CHECK(words_on_trouble("PLAINTEXT",
                         "127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused "
                         "(after 0ms in state CONNECT)") == "Connect to ipv4#127.0.0.1:1 failed: Connection refused");
  CHECK(words_on_trouble("PLAINTEXT", "") == "");
}

TEST_CASE("words about a login or TLS tell more than those about an address, and both more than a time that ran out") {
  CHECK(kind_of_trouble("Connection refused") > kind_of_trouble("Local: Timed out"));
  CHECK(kind_of_trouble("SASL authentication error") > kind_of_trouble("Connection refused"));
  CHECK(kind_of_trouble("SSL handshake failed") == kafka_trouble::security);
}

TEST_CASE("what listens where a client hears nothing explains it only when it is what the client is not") {
  CHECK(has(words_on_listener("PLAINTEXT", listener_kind::login), "wants a login (SASL)"));
  CHECK(words_on_listener("SASL_PLAINTEXT", listener_kind::login) == "");
  CHECK(has(words_on_listener("PLAINTEXT", listener_kind::tls), "speaks TLS"));
  CHECK(has(words_on_listener("SASL_PLAINTEXT", listener_kind::tls), "SASL_SSL"));
  CHECK(words_on_listener("PLAINTEXT", listener_kind::plain) == "");
}

} // namespace kafka_trouble_test
