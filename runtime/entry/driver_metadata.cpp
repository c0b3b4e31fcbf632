#include "runtime/entry/driver.hpp"

#include "protocol/failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

// How a change of the plant's metadata takes its place in each split, and reaches the sensors.

namespace millwright {

namespace {

// In one go: sensors that get another context, and sensors that are looked at.
constexpr size_t join_slice = 1024, join_look = 65'536;

bool of_metadata(const decision& entry) {
  return entry.what == decision::kind::metadata;
}

} // namespace

// It is pruned here alone: decision_pruning knows it by the split's name.
void driver::prune_log_made_anew(const split_state& split) {
  if (split.place.log == 0)
    return;
  try {
    parts_.decisions->prune(log_name(split.name, split.place.log), split.next);
  } catch (const failure& problem) {
    if (problem.code() != failure_code::journal_unwritable)
      throw;
    spdlog::warn("old decisions about {} stay for now: {}", split.name, problem.what());
  }
}

void driver::recover_decisions(split_state& split) {
  std::string newest;
  const auto log = log_name(split.name, split.place.log);
  prune_log_made_anew(split);
  for (auto& entry : parts_.decisions->since(log, split.next)) {
    if (of_metadata(entry))
      newest = entry.content;
    if (entry.what == decision::kind::bound)
      apply(split, entry);
    else if (entry.position >= split.next)
      split.ahead.push_back(std::move(entry));
    else if (of_metadata(entry))
      split.metadata = parts_.plant.version(entry.content);
    else if (entry.what != decision::kind::moved)
      apply(split, entry);
  }
  if (std::exchange(split.all_read, false))
    split.bound.forget_before(split.next);
  const auto current = parts_.plant.current_version();
  split.beginning.reset();
  if (newest.empty()) {
    split.beginning = decision{decision::kind::metadata, split.next, current};
    split.changed = true;
    log_beginning(split);
  } else if (newest != current) {
    // The last run stored it, but did not come to apply it here.
    metadata_wanted_ = current;
  }
}

// What was decided right behind the reading that was taken last, with none after it. A change right behind what is
// committed: whether the sensors were in step with it by then nobody knows. Twice is as good as once.
void driver::apply_reached(split_state& split) {
  const auto behind = [](const decision& entry) {
    return of_metadata(entry) || entry.what == decision::kind::silent || entry.what == decision::kind::moved;
  };
  while (!split.ahead.empty() && split.ahead.front().position <= split.next && behind(split.ahead.front())) {
    apply(split, split.ahead.front());
    split.ahead.pop_front();
  }
}

void driver::apply_reached_changes() {
  for (auto& split : splits_)
    apply_reached(split);
}

// Its sensors follow one by one, each before what it is sent next; until all have, nothing is committed. So what is
// committed never holds a sensor that is behind the metadata of its split.
void driver::change_metadata(split_state& split, std::shared_ptr<const plant_metadata> next) {
  // Another change of the same split, while sensors still follow the one before.
  while (split.joining && !join_some())
    continue;
  split.metadata = std::move(next);
  note_models(split);
  ++split.change;
  split.joining = true;
  split.change_watermark = split.clock.watermark();
  split.change_activity = split.clock.activity();
  join_at_ = 0;
}

// From the next reading of the split on.
void driver::note_models(const split_state& split) {
  const auto& models = split.metadata->models();
  auto& changes = own_.to_score.changes;
  if (models || !changes.empty())
    changes.push_back(
        {parts_.keeper.log().count(parts_.keeper.barrier()), static_cast<uint16_t>(&split - splits_.data()), models});
}

// What fell due before the change is decided by what was known then, whenever the sensor is told of it.
bool driver::join(uint32_t slot, const split_state& split) {
  auto& entry = parts_.keeper.sensors()[slot];
  if (entry.joined == split.change)
    return false;
  const uint32_t joined = std::exchange(entry.joined, split.change);
  bool other = false;
  parts_.plant.join(parts_.keeper, slot, *split.metadata, [&] {
    other = true;
    if (joined != 0 && split.change_watermark != never)
      parts_.keeper.tick(slot, std::min(split.change_watermark, closing_of(slot, split)), split.change_activity,
                         split.newest(), false);
  });
  return other;
}

bool driver::join_some() {
  auto& sensors = parts_.keeper.sensors();
  size_t joins = join_slice, looks = join_look;
  for (; join_at_ < sensors.size() && joins > 0 && looks > 0; ++join_at_, --looks) {
    const auto& entry = sensors[join_at_];
    if (entry.has_split && entry.split < splits_.size() && join(join_at_, splits_[entry.split]))
      --joins;
  }
  if (join_at_ < sensors.size())
    return false;
  for (auto& split : splits_)
    split.joining = false;
  return true;
}

void driver::look_at_metadata() {
  if (parts_.plant.looked()) {
    try {
      if (const auto id = parts_.plant.changed_version())
        metadata_wanted_ = *id;
      if (!parts_.plant.looked_at_models()) {
        if (parts_.plant.files_sound())
          fine(rule::misconfigured, "metadata", "the files are right again");
      } else if (const auto trouble = parts_.plant.trouble_of_models(); !trouble.empty()) {
        tell_reason(rule::misconfigured, "models", trouble);
      } else {
        fine(rule::misconfigured, "models", "the files are right again");
      }
    } catch (const failure& problem) {
      const bool of_journal = problem.code() == failure_code::journal_unwritable;
      wrong(of_journal ? rule::ledger : rule::misconfigured, "metadata", problem.what());
      return;
    }
    fine(rule::ledger, "metadata", "it can be written again");
  }
  if (metadata_wanted_.empty())
    return;
  const auto wanted = parts_.plant.version(metadata_wanted_);
  bool everywhere = true;
  for (auto& split : splits_)
    // What the last run decided behind readings that are still to be read again comes first.
    if (std::any_of(split.ahead.begin(), split.ahead.end(), of_metadata))
      everywhere = false;
    else if (split.metadata != wanted && !decide(split, {decision::kind::metadata, split.next, metadata_wanted_}))
      return;
  if (everywhere)
    spdlog::info("metadata changed: version {} from here on", std::exchange(metadata_wanted_, {}));
}

} // namespace millwright
