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
/// lines count, but are not handed out. Files that are followed are no replay: each is a split of its own, which never
/// finishes, and whose positions go on over rotations.
///
/// Text is handed out in place, and a poll gives at most what one buffer holds.
class file_source : public source {
public:
  /// A record's time, if it can be read; must leave the text as it is. Called only where files are merged.
  using time_reader = std::function<std::optional<event_time>(std::string_view record)>;

  /// Throws `failure` input_unreadable or bad_mapping.
  /// @param known_identity of the ledger, if it has one: then a file that is followed need not be there at the start.
  file_source(const file_settings& settings, time_reader time_of, std::optional<std::string> known_identity = {});
  ~file_source() override;

  /// "file:" and for each file its path and a hash of its first 4 KiB (that of a followed file changes: none).
  std::string identity() override;
  const std::vector<std::string>& splits() const override;
  void recall(const std::map<std::string, std::string>& marks) override;
  /// Finds the place of what is followed by its mark, wherever it was rotated to. Else skips by reading again; standard
  /// input cannot be, and what comes from it goes on at the position. Throws `failure` source_data_lost where a file
  /// ends before its position or is another log than the one of the mark, unless that is tolerated: then a `lost`
  /// event.
  void start(const std::map<std::string, uint64_t>& positions) override;
  void poll(record_batch& batch, size_t most, milliseconds patience) override;
  bool finished() const override;
  bool recorded() const override { return !settings_.follow; }
  std::optional<uint64_t> waiting(uint16_t split) const override;
  std::optional<split_place> place(uint16_t split) const override;

private:
  class merger;

  std::unique_ptr<merger> make_merger(size_t split) const;
  bool names_these_files(std::string_view known) const;
  void start(size_t split, uint64_t position);
  void tell_trouble(record_batch& batch);

  file_settings settings_;
  time_reader time_of_;
  std::optional<std::string> known_identity_;
  std::map<std::string, std::string> marks_;
  std::vector<source_event> losses_;
  bool unreachable_ = false;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<merger>> mergers_;
  size_t first_served_ = 0;
};

} // namespace millwright
