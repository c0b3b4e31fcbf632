#pragma once

#include "protocol/ids.hpp"

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace millwright {

/// An alarm journal that was lost and begun anew knows nothing of the alarms that stand, and the sensors that do take
/// them for told: somebody has to tell of them once more. That this is to be done is a file beside the journal, made
/// before the new one holds anything, and gone when all that was told is on disk: so a crash in between loses none.
class untold_alarms {
public:
  /// Call it before anything is written to the journal.
  /// @param journal its directory, which is there.
  /// @param lived the ledger has commits: whoever made them may have told of alarms.
  untold_alarms(const std::string& journal, bool lived);

  /// The alarms that stand, and that the journal does not know, are to be told.
  bool due() const { return due_; }

  /// One of them is about to be told, under this number.
  void tells(const uuid& alarm, uint32_t number);
  /// All of them have been.
  void all_told();
  /// Any thread: this is on disk, and what was told of the alarm before.
  void journaled(const uuid& alarm, uint32_t number);

private:
  void end_when_done();

  const std::string marker_;
  const bool due_;
  std::mutex mutex_;
  std::set<std::pair<uuid, uint32_t>> waiting_;
  bool all_told_ = false, over_ = false;
};

} // namespace millwright
