#include "runtime/source/kafka_trouble.hpp"

#include <algorithm>
#include <cctype>

namespace millwright {

namespace {

bool has(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
         }) != text.end();
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](auto each) { return has(text, each); });
}

/// "[thrd:ssl://h:1/bootstrap]: ssl://h:1/bootstrap: WORDS (after 3ms in state X, 1 identical error(s) suppressed)"
std::string_view plain(std::string_view said) {
  if (said.starts_with("[thrd:"))
    said.remove_prefix(std::min(said.find("]: ") + 3, said.size()));
  if (const auto name = said.substr(0, said.find(": ")); name.find("://") != name.npos || name.find('/') != name.npos)
    said.remove_prefix(std::min(name.size() + 2, said.size()));
  return said.substr(0, said.rfind(" (after "));
}

} // namespace

kafka_trouble kind_of_trouble(std::string_view said) {
  if (has_any(said, {"SASL", "SSL", "authenti", "authoriz", "certificate"}))
    return kafka_trouble::security;
  if (has_any(said, {"refused", "resolve", "unreachable", "no route"}))
    return kafka_trouble::address;
  return kafka_trouble::unknown;
}

std::string words_on_trouble(std::string_view protocol, std::string_view said) {
  std::string out{plain(said)};
  if (has_any(said, {"authentication failed", "authentication error"}))
    return "the login was refused: " + out;
  if (has(said, "not valid in current SASL state"))
    return "the listener at this address knows no login, and security.protocol is " + std::string{protocol} +
           ": take PLAINTEXT or SSL, or its other address";
  if (has(said, "unsupported SASL mechanism"))
    return "the login's sasl.mechanism is none of the cluster's: " + out;
  if (has(said, "SSL handshake") && has_any(said, {"unexpected eof", "wrong version number", "PLAINTEXT broker"}))
    return "the listener at this address does not speak TLS, and security.protocol is " + std::string{protocol} +
           ": take PLAINTEXT or SASL_PLAINTEXT, or its other address";
  return out;
}

std::string words_on_listener(std::string_view protocol, listener_kind found) {
  const bool login = protocol.starts_with("SASL");
  switch (found) {
  case listener_kind::login:
    return login ? ""
                 : "the listener at this address wants a login (SASL): set security.protocol: SASL_PLAINTEXT, "
                   "sasl.mechanism, sasl.username and sasl.password in source.kafka.properties";
  case listener_kind::tls:
    return std::string{"the listener at this address speaks TLS, and security.protocol is "} + std::string{protocol} +
           ": set it to " + (login ? "SASL_SSL" : "SSL, or SASL_SSL where a login is wanted as well,") +
           " in source.kafka.properties";
  case listener_kind::none:
    return "nobody answers at this address";
  case listener_kind::plain:
  case listener_kind::other:
    break;
  }
  return "";
}

} // namespace millwright
