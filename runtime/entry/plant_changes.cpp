#include "runtime/entry/plant_changes.hpp"

#include "protocol/failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

// In one go: sensors that get another context, and sensors that are looked at.
constexpr size_t join_slice = 1024, join_look = 65'536;

} // namespace

void plant_changes::recover(split_state& split) {
  const auto newest = decisions_.recover(split);
  const auto current = plant_.current_version();
  split.beginning.reset();
  if (newest.empty()) {
    split.beginning = decision{decision::kind::metadata, split.next, current};
    split.changed = true;
    decisions_.log_beginning(split);
  } else if (newest != current) {
    // The last run stored it, but did not come to apply it here.
    wanted_ = current;
  }
}

void plant_changes::change(split_state& split, std::shared_ptr<const plant_metadata> next) {
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

void plant_changes::note_models(const split_state& split) {
  const auto& models = split.metadata->models();
  auto& changes = share_.output().to_score.changes;
  if (models || !changes.empty())
    changes.push_back({keeper_.log().count(keeper_.barrier()), splits_.number_of(split), models});
}

// What fell due before the change is decided by what was known then, whenever the sensor is told of it. What the change
// itself decides (it has limits now, and has been silent for long) a sensor hears of at once: one that has nothing to
// do is told nothing else before its next reading.
bool plant_changes::follow(uint32_t slot, const split_state& split) {
  auto& entry = keeper_.sensors()[slot];
  const uint32_t joined = std::exchange(entry.joined, split.change);
  const auto tell = [&] {
    if (joined != 0 && split.change_watermark != never)
      keeper_.tick(slot, {.closing = std::min(split.change_watermark, feeds_.closing_of(slot, split)),
                          .activity = split.change_activity,
                          .split = splits_.number_of(split),
                          .position = split.newest()});
  };
  bool other = false;
  plant_.join(keeper_, slot, *split.metadata, [&] {
    other = true;
    tell();
  });
  if (other)
    tell();
  return other;
}

bool plant_changes::join_some() {
  auto& sensors = keeper_.sensors();
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

// False where the look failed.
bool plant_changes::take_look() {
  try {
    if (const auto id = plant_.changed_version())
      wanted_ = *id;
    if (!plant_.looked_at_models()) {
      if (plant_.files_sound())
        own_.fine(rule::misconfigured, "metadata", "the files are right again");
    } else if (const auto trouble = plant_.trouble_of_models(); !trouble.empty()) {
      own_.tell_reason(rule::misconfigured, "models", trouble);
    } else {
      own_.fine(rule::misconfigured, "models", "the files are right again");
    }
  } catch (const failure& problem) {
    const bool of_journal = problem.code() == failure_code::journal_unwritable;
    own_.wrong(of_journal ? rule::ledger : rule::misconfigured, "metadata", problem.what());
    return false;
  }
  own_.fine(rule::ledger, "metadata", "it can be written again");
  return true;
}

void plant_changes::look() {
  if (plant_.looked() && !take_look())
    return;
  if (wanted_.empty())
    return;
  const auto wanted = plant_.version(wanted_);
  const auto of_metadata = [](const decision& entry) { return entry.what == decision::kind::metadata; };
  bool everywhere = true;
  for (auto& split : splits_)
    // What the last run decided behind readings that are still to be read again comes first.
    if (std::any_of(split.ahead.begin(), split.ahead.end(), of_metadata))
      everywhere = false;
    else if (split.metadata != wanted && !decisions_.decide(split, {decision::kind::metadata, split.next, wanted_}))
      return;
  if (everywhere)
    spdlog::info("metadata changed: version {} from here on", std::exchange(wanted_, {}));
}

void plant_changes::reread(uint64_t oldest) {
  plant_.forget_before(oldest);
  // A split whose beginning is not logged begins, after a crash, with the newest version that is kept.
  if (std::none_of(splits_.begin(), splits_.end(), [](const auto& each) { return each.beginning.has_value(); }))
    plant_.look();
}

} // namespace millwright
