#pragma once

#include "runtime/settings/settings.hpp"
#include "runtime/source/source.hpp"

#include <functional>
#include <memory>

namespace millwright {

/// Recorded readings: NDJSON, CSV by a mapping, or standard input.
///
/// What is replayed is one split, "input" (or the file's path where there is one only): several files are merged by the
/// time of each file's next reading. A record without a readable time is taken when its file's turn comes, at the
/// file's last time; of equal times the file named first goes first. A position is the record's ordinal, from 0; blank
/// lines count, but are not handed out. Files that are followed are no replay: each is a split of its own.
///
/// Text is handed out in place, and a poll gives at most what one buffer holds.
class file_source : public source {
public:
  /// A record's time, if it can be read; must leave the text as it is. Called only where files are merged.
  using time_reader = std::function<std::optional<event_time>(std::string_view record)>;

  /// Throws `failure` input_unreadable or bad_mapping.
  file_source(const file_settings& settings, time_reader time_of);
  ~file_source() override;

  /// "file:" and for each file its path and a hash of its first 4 KiB (of a followed file, device and inode).
  std::string identity() override;
  const std::vector<std::string>& splits() const override;
  /// Skips by reading again; standard input cannot be, and what comes from it goes on at the position. Throws `failure`
  /// source_data_lost where a file ends before its position.
  void start(const std::map<std::string, uint64_t>& positions) override;
  void poll(record_batch& batch, size_t most, milliseconds patience) override;
  bool finished() const override;
  bool recorded() const override { return !settings_.follow; }
  std::optional<uint64_t> waiting(uint16_t split) const override;

private:
  class merger;

  file_settings settings_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<merger>> mergers_;
  size_t first_served_ = 0;
};

} // namespace millwright
