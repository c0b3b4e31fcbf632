#include "runtime/node/untold_alarms.hpp"

#include "runtime/journal/journal_store.hpp"
#include "runtime/ledger/private_files.hpp"

#include <filesystem>

namespace millwright {

namespace {

bool is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

bool note_if_new(const std::string& journal, const std::string& marker, bool lived) {
  if (lived && !is_there(begun_marker(journal))) {
    make_private_file(marker);
    return true;
  }
  return is_there(marker);
}

} // namespace

untold_alarms::untold_alarms(const std::string& journal, bool lived)
    : marker_{journal + "/untold"}, due_{note_if_new(journal, marker_, lived)} {}

void untold_alarms::tells(const uuid& alarm, uint32_t number) {
  std::lock_guard guard{mutex_};
  waiting_.emplace(alarm, number);
}

void untold_alarms::all_told() {
  std::lock_guard guard{mutex_};
  all_told_ = true;
  end_when_done();
}

void untold_alarms::journaled(const uuid& alarm, uint32_t number) {
  if (!due_)
    return;
  std::lock_guard guard{mutex_};
  waiting_.erase(waiting_.lower_bound({alarm, 0}), waiting_.upper_bound({alarm, number}));
  end_when_done();
}

void untold_alarms::end_when_done() {
  if (!all_told_ || !waiting_.empty() || over_)
    return;
  std::error_code error;
  over_ = std::filesystem::remove(marker_, error) || !error;
}

} // namespace millwright
