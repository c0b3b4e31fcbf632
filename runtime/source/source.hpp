#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// One record as a source hands it over: bytes that nobody has looked at yet.
struct raw_record {
  /// Mutable: it is parsed in place. Valid until the next call of `poll`.
  char* data = nullptr;
  uint32_t size = 0;
  /// Index into the source's `splits()`.
  uint16_t split = 0;
  /// Rises strictly within its split.
  uint64_t position = 0;
  /// When the broker took it (LogAppendTime), or the simulator's time; none in a file, nor where a Kafka record has its
  /// producer's time.
  std::optional<event_time> arrival;
  /// The Kafka record's key; empty elsewhere.
  std::string_view key;
  /// What stands in the source where `data` was made of it (a row of a CSV file); empty: `data` itself.
  std::string_view written = {};
};

/// Where a split stands behind what was polled. Committed, and given back at the next start.
struct split_place {
  /// Of the first record not yet taken. Behind the last one handed out, where nothing that is a record lies between.
  uint64_t position = 0;
  /// What the source knows the place again by, in its own form; never empty.
  std::string mark;
};

/// What a source tells beside records.
struct source_event {
  enum class kind : uint8_t {
    /// The source cannot be reached; it keeps trying by itself.
    unreachable,
    reachable,
    /// Readings from `from` on are gone: of `split`, taken up again at `to`. Before `from` where the log was made anew;
    /// at `from` where nobody knows how many they are.
    lost,
    /// `splits()` has grown at its end.
    split_added,
    /// An input could not be read to its end, or a line was too long.
    damaged,
  };
  kind what{};
  uint16_t split = 0;
  uint64_t from = 0, to = 0;
  std::string detail;
};

struct record_batch {
  std::vector<raw_record> records;
  std::vector<source_event> events;

  void clear() {
    records.clear();
    events.clear();
  }
};

/// An ordered log of readings, in splits. Used by one thread, the node's driver.
class source {
public:
  virtual ~source() = default;

  /// What the ledger remembers, so that it is never continued with another source: "kafka:CLUSTER/TOPIC",
  /// "file:PATHS:HASH of the first bytes", "simulation:SEED...".
  virtual std::string identity() = 0;

  /// Names of the splits ("sensor-readings/3", a file's path, "simulation"). Fixed order; may grow at the end.
  virtual const std::vector<std::string>& splits() const = 0;

  /// Starts every split behind its committed position (split name -> position of the first record not yet taken).
  /// Splits without one start as configured. Called once, before the first poll. Throws `failure` on a user's mistake.
  virtual void start(const std::map<std::string, uint64_t>& positions) = 0;

  /// The marks of committed places (split name -> split_place::mark), before `start`. A committed position without a
  /// mark is of a version that kept none; then 0 says nothing. Throws `failure` where what is there now is another log.
  virtual void recall(const std::map<std::string, std::string>& marks) { static_cast<void>(marks); }

  /// None: where the records say, and nothing to know it by; or not known yet.
  virtual std::optional<split_place> place(uint16_t split) const {
    static_cast<void>(split);
    return std::nullopt;
  }

  /// Replaces the batch's content by what has come, at most `most` records; waits at most `patience` when there is
  /// nothing. Records of a split come in order; splits are served fairly.
  virtual void poll(record_batch& batch, size_t most, milliseconds patience) = 0;

  /// True when there is and will be nothing more (the end of files, of a bounded simulation).
  virtual bool finished() const = 0;

  /// Its readings were recorded: nothing but themselves says how far one's clock is ahead (a file read to its end).
  virtual bool recorded() const { return false; }

  /// Its readings' times are those of the node's own days: false for a plant that lives at another time or pace.
  virtual bool by_wall_clock() const { return true; }

  /// Records of the split known to wait behind what was polled last: 0 when it is read to its end. nullopt where the
  /// source cannot tell now.
  virtual std::optional<uint64_t> waiting([[maybe_unused]] uint16_t split) const { return std::nullopt; }

  /// Records known to wait behind what was polled; nullopt where the source cannot tell.
  virtual std::optional<uint64_t> backlog() const { return std::nullopt; }
};

} // namespace millwright
