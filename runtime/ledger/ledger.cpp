#include "runtime/ledger/ledger.hpp"

#include <algorithm>

namespace millwright {

ledger::~ledger() = default;

namespace {

// The same in every build, since it is stored: FNV-1a.
uint32_t turn_of(std::string_view facility, std::string_view sensor) {
  uint64_t h = 0xcbf29ce484222325ull;
  for (const auto part : {facility, sensor})
    for (const char c : part)
      h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return static_cast<uint32_t>((h ^ h >> 32) % ledger_turns);
}

} // namespace

uint32_t ledger_turn(const sensor_key& key) {
  return turn_of(key.facility.text, key.sensor.text);
}

void append_ledger_key(std::string& to, const sensor_key& key) {
  to += static_cast<char>(1 + ledger_turn(key));
  to += key.facility.text;
  to += '\0';
  to += key.sensor.text;
}

std::string ledger_key(const sensor_key& key) {
  std::string out;
  out.reserve(key.facility.text.size() + 2 + key.sensor.text.size());
  append_ledger_key(out, key);
  return out;
}

sensor_key sensor_of_ledger_key(std::string_view key) {
  if (!key.empty())
    key.remove_prefix(1);
  // A NUL is possible in an id ("\u0000" in JSON), yet in a facility's only by malice: the first one parts.
  const auto cut = key.find('\0');
  if (cut == std::string_view::npos)
    return {{}, {std::string{key}}};
  return {{std::string{key.substr(0, cut)}}, {std::string{key.substr(cut + 1)}}};
}

std::string actor_ledger_key(const entity_key& key) {
  std::string out;
  out.reserve(key.type.size() + key.facility.text.size() + key.id.size() + 2);
  out.append(key.type).append(1, '\0').append(key.facility.text).append(1, '\0').append(key.id);
  return out;
}

entity_key actor_of_ledger_key(std::string_view key) {
  entity_key out;
  for (auto* part : {&out.type, &out.facility.text}) {
    const auto cut = std::min(key.find('\0'), key.size());
    part->assign(key.substr(0, cut));
    key.remove_prefix(std::min(cut + 1, key.size()));
  }
  out.id.assign(key);
  return out;
}

result_source results_of(std::vector<result_block> blocks) {
  return [blocks = std::move(blocks)](const block_visitor& visit) {
    for (const auto& block : blocks)
      visit(block);
  };
}

} // namespace millwright
