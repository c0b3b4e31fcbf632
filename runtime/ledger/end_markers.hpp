#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace millwright {

/// What stands beside the data file to tell how the last run ended.
/// - `clean` is there only after an orderly end: without it every record is checked at the start.
/// - `newest` holds the number of the last commit. It is written behind each commit without waiting for the disk, so it
///   may lag, never lead: a data file that knows less has lost a commit (a damaged page, or an older copy).
class end_markers {
public:
  explicit end_markers(std::string directory) : directory_{std::move(directory)} {}
  end_markers(const end_markers&) = delete;
  end_markers& operator=(const end_markers&) = delete;
  ~end_markers();

  /// Whether the last run ended orderly; takes the marker away, durably. Throws failure(ledger_unwritable).
  bool take_clean();
  /// Best effort: without it the next start only checks more.
  void leave_clean();

  /// None when there is none, or none that can be trusted.
  std::optional<uint64_t> newest() const;
  /// Best effort, cheap.
  void note_newest(uint64_t number);
  std::string newest_path() const { return directory_ + "/newest"; }

private:
  std::string directory_;
  int newest_file_ = -1;
};

/// Makes names created in or removed from `directory` durable.
void sync_directory(const std::string& directory);

} // namespace millwright
