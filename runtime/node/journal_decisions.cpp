#include "runtime/node/journal_decisions.hpp"

#include <algorithm>

namespace millwright {

namespace {

// Entries of which the newest is kept: silent and awake replace each other.
constexpr const char* metadata_kind = "metadata";
constexpr const char* silence_kind = "silence";

} // namespace

void journal_decisions::append(const std::string& split, const decision& entry) {
  log_decision stored{split, entry.position, 0, metadata_kind, entry.content};
  if (entry.what != decision::kind::metadata) {
    stored.kind = silence_kind;
    stored.content = entry.what == decision::kind::silent ? "silent" : "awake";
  }
  for (const auto& there : in_.decisions(split, entry.position))
    if (there.position == entry.position)
      stored.sequence = std::max(stored.sequence, there.sequence + 1);
  in_.append_decision(stored);
}

std::vector<decision> journal_decisions::since(const std::string& split, uint64_t position) {
  std::vector<decision> before, behind;
  for (const auto& stored : in_.decisions(split, 0)) {
    decision entry{decision::kind::metadata, stored.position, stored.content};
    if (stored.kind == silence_kind)
      entry = {stored.content == "silent" ? decision::kind::silent : decision::kind::awake, stored.position, {}};
    if (stored.position >= position) {
      behind.push_back(std::move(entry));
      continue;
    }
    const bool about_metadata = entry.what == decision::kind::metadata;
    std::erase_if(before,
                  [&](const decision& each) { return (each.what == decision::kind::metadata) == about_metadata; });
    before.push_back(std::move(entry));
  }
  before.insert(before.end(), std::make_move_iterator(behind.begin()), std::make_move_iterator(behind.end()));
  return before;
}

void journal_decisions::prune(const std::string& split, uint64_t position) {
  in_.prune_decisions(split, position);
}

} // namespace millwright
