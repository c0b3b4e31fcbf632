#include "runtime/ledger/ledger.hpp"

namespace millwright {

ledger::~ledger() = default;

std::string ledger_key(const sensor_key& key) {
  std::string out;
  out.reserve(key.facility.text.size() + 1 + key.sensor.text.size());
  out += key.facility.text;
  out += '\0';
  out += key.sensor.text;
  return out;
}

sensor_key sensor_of_ledger_key(std::string_view key) {
  // A NUL is possible in an id ("\u0000" in JSON), yet in a facility's only by malice: the first one parts.
  const auto cut = key.find('\0');
  if (cut == std::string_view::npos)
    return {{}, {std::string{key}}};
  return {{std::string{key.substr(0, cut)}}, {std::string{key.substr(cut + 1)}}};
}

} // namespace millwright
