#pragma once

#include "protocol/reading.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace millwright {

/// What readings of one split behind one barrier have in common, as long as nothing but their time goes on: the split's
/// clocks move together until its time leaps.
struct split_stretch {
  /// At its first reading.
  event_time watermark = never;
  milliseconds activity{0};
  /// Of its readings: how far `closing` is behind `watermark`; 0 but for a sensor that several splits feed.
  milliseconds closing_behind{0};
  event_time awake_from = never;
  uint32_t barrier = 0;
  uint16_t split = 0;

  /// How far into the stretch `r` is; none where it has to begin another.
  std::optional<uint32_t> reach(const reading& r) const {
    const milliseconds since = r.watermark - watermark;
    if (since < milliseconds{0} || since > milliseconds{UINT32_MAX} || r.activity != activity + since ||
        r.watermark - r.closing != closing_behind || r.awake_from != awake_from)
      return std::nullopt;
    return static_cast<uint32_t>(since.count());
  }
};

/// A reading as it is kept until the barrier behind it is committed, for its sensor's actor, for one that is begun
/// anew, and for health models: one line of memory, and its stretch. It stays where it is; nobody may keep a pointer
/// for longer.
struct alignas(64) logged_reading {
  event_time time;
  double value = 0;
  double quality = absent;
  uint64_t position = 0;
  const sensor_context* context = nullptr;
  const split_stretch* stretch = nullptr;
  /// Its watermark is so much later than the stretch's.
  uint32_t since = 0;
  /// How many places of the log before this one the sensor's reading before it is; 0: none, or it is long committed.
  uint32_t before = 0;
  /// Where the next one of the same run is, for `reading_place`.
  uint16_t behind = 0;
  sensor_type_index type = 0;
  uint8_t hour : 5 = 0;
  uint8_t day : 3 = 1;
  uint8_t flags = 0;
  /// Set by the sensor's actor; a restarted one does not count the reading again.
  mutable bool judged = false;
  /// Likewise, or where no actor takes it: it is not among the accepted ones (a repeat, or a dead letter).
  mutable bool dropped = false;

  uint16_t split() const { return stretch->split; }
  uint32_t barrier() const { return stretch->barrier; }
  /// The reading as it came.
  reading whole() const {
    reading out;
    out.time = time;
    out.value = value;
    out.quality = quality;
    out.watermark = stretch->watermark + milliseconds{since};
    out.closing = out.watermark - stretch->closing_behind;
    out.activity = stretch->activity + milliseconds{since};
    out.awake_from = stretch->awake_from;
    out.position = position;
    out.context = context;
    out.barrier = stretch->barrier;
    out.type = type;
    out.split = stretch->split;
    out.hour = hour;
    out.day = day;
    out.flags = flags;
    return out;
  }
};
static_assert(sizeof(logged_reading) == 64, "some seven readings a sensor wait for their commit");

/// Readings lie in these, in the log's order.
struct reading_chunk {
  static constexpr size_t most = 1023;

  /// Of the same barrier; null: none yet.
  reading_chunk* next = nullptr;
  std::array<logged_reading, most> readings;
};
static_assert(sizeof(reading_chunk) == size_t{64} << 10, "an allocator has room of that size without any to spare");

/// Where a reading lies.
struct reading_place {
  const reading_chunk* chunk = nullptr;
  uint32_t index = 0;

  explicit operator bool() const { return chunk != nullptr; }
  const logged_reading& operator*() const { return chunk->readings[index]; }
  const logged_reading* operator->() const { return &**this; }
  /// Of the same run.
  reading_place following() const {
    const uint32_t behind = (**this).behind;
    reading_place out{chunk, behind % index_end};
    for (uint32_t i = behind / index_end; i > 0; --i)
      out.chunk = out.chunk->next;
    return out;
  }

  /// Indexes are below; a reading of the same run is at most so many chunks behind.
  static constexpr uint32_t index_end = 1024, chunks_most = 63;
};
static_assert(reading_chunk::most <= reading_place::index_end, "an index is what is left of a reading's number");
static_assert((reading_place::chunks_most + 1) * reading_place::index_end - 1 <= UINT16_MAX,
              "`behind` of a reading holds chunks and index");

} // namespace millwright
