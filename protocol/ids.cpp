#include "protocol/ids.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace millwright {

namespace {

// Chosen once and never changed: ids agree across nodes and releases.
constexpr std::array<uint8_t, 16> own_namespace{0x6d, 0x69, 0x6c, 0x6c, 0x77, 0x72, 0x59, 0x67,
                                                0xa8, 0x74, 0x00, 0x61, 0x6c, 0x61, 0x72, 0x6d};

int digit_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

} // namespace

uuid uuid_v5(std::string_view name) {
  std::string input{reinterpret_cast<const char*>(own_namespace.data()), own_namespace.size()};
  input += name;
  std::array<uint8_t, 20> digest{};
  unsigned length = 0;
  EVP_Digest(input.data(), input.size(), digest.data(), &length, EVP_sha1(), nullptr);
  uuid id;
  std::copy_n(digest.begin(), 16, id.bytes.begin());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0f) | 0x50);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

std::string to_string(const uuid& id) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      out += '-';
    out += digits[id.bytes[i] >> 4];
    out += digits[id.bytes[i] & 15];
  }
  return out;
}

bool parse_uuid(std::string_view text, uuid& out) {
  if (text.size() != 36)
    return false;
  size_t at = 0;
  for (auto& byte : out.bytes) {
    if (at == 8 || at == 13 || at == 18 || at == 23)
      if (text[at++] != '-')
        return false;
    const int high = digit_value(text[at]), low = digit_value(text[at + 1]);
    if (high < 0 || low < 0)
      return false;
    byte = static_cast<uint8_t>(high << 4 | low);
    at += 2;
  }
  return true;
}

std::string short_form(const uuid& id) {
  return to_string(id).substr(0, 8);
}

} // namespace millwright
