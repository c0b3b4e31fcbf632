#include "runtime/decisions/journal_decisions.hpp"

#include <algorithm>

namespace millwright {

namespace {

// Names of which the newest entry is kept: silent and awake replace each other.
constexpr const char *metadata_kind = "metadata", *silence_kind = "silence", *bound_kind = "bound",
                     *moved_kind = "moved", *maintenance_kind = "maintenance", *mode_kind = "mode",
                     *sensor_kind = "sensor";
constexpr std::string_view silent_content = "silent", awake_content = "awake";

const char* kind_of(decision::kind what) {
  switch (what) {
  case decision::kind::metadata:
    return metadata_kind;
  case decision::kind::bound:
    return bound_kind;
  case decision::kind::moved:
    return moved_kind;
  case decision::kind::maintenance:
    return maintenance_kind;
  case decision::kind::mode:
    return mode_kind;
  case decision::kind::sensor:
    return sensor_kind;
  default:
    return silence_kind;
  }
}

decision decision_of(log_decision&& stored) {
  decision entry{decision::kind::metadata, stored.position, std::move(stored.content)};
  if (stored.kind == bound_kind) {
    entry.what = decision::kind::bound;
  } else if (stored.kind == moved_kind) {
    entry.what = decision::kind::moved;
  } else if (stored.kind == maintenance_kind) {
    entry.what = decision::kind::maintenance;
  } else if (stored.kind == mode_kind) {
    entry.what = decision::kind::mode;
  } else if (stored.kind == sensor_kind) {
    entry.what = decision::kind::sensor;
  } else if (stored.kind == silence_kind) {
    entry.what = entry.content.starts_with(awake_content) ? decision::kind::awake : decision::kind::silent;
    entry.content.erase(0, entry.what == decision::kind::awake ? awake_content.size() : entry.content.size());
    if (entry.content.starts_with(' '))
      entry.content.erase(0, 1);
  }
  return entry;
}

log_decision stored_form(const std::string& split, const decision& entry) {
  log_decision stored{split, entry.position, 0, kind_of(entry.what), entry.content};
  if (entry.what == decision::kind::silent)
    stored.content = silent_content;
  else if (entry.what == decision::kind::awake)
    stored.content = std::string{awake_content} + (entry.content.empty() ? "" : " ") + entry.content;
  return stored;
}

} // namespace

void journal_decisions::append(const std::string& split, const decision& entry) {
  auto stored = stored_form(split, entry);
  // Its place among those of its position follows from what is there.
  for (const auto& there : in_.decisions(split, entry.position)) {
    if (there.position != entry.position)
      break;
    // No position was read by the bound before: it is replaced, however long the split is idle.
    if (entry.what == decision::kind::bound && there.kind == bound_kind) {
      stored.sequence = there.sequence;
      break;
    }
    stored.sequence = std::max(stored.sequence, there.sequence + 1);
  }
  in_.append_decision(stored);
}

void journal_decisions::take_back(const std::string& split, const decision& entry) {
  const auto stored = stored_form(split, entry);
  const auto all = in_.decisions(split, entry.position);
  const auto newest = std::find_if(all.rbegin(), all.rend(), [&](const log_decision& each) {
    return each.position == stored.position && each.kind == stored.kind && each.content == stored.content;
  });
  if (newest != all.rend())
    in_.remove_decision(*newest);
}

std::vector<decision> journal_decisions::since(const std::string& split, uint64_t position) {
  std::vector<decision> before, behind;
  for (auto& stored : in_.decisions(split, 0)) {
    const std::string kind = stored.kind;
    auto entry = decision_of(std::move(stored));
    if (entry.position >= position) {
      behind.push_back(std::move(entry));
      continue;
    }
    std::erase_if(before, [&](const decision& each) { return kind_of(each.what) == kind; });
    before.push_back(std::move(entry));
  }
  before.insert(before.end(), std::make_move_iterator(behind.begin()), std::make_move_iterator(behind.end()));
  return before;
}

void journal_decisions::prune(const std::string& split, uint64_t position) {
  in_.prune_decisions(split, position);
}

} // namespace millwright
