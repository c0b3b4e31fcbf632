#pragma once

#include "protocol/logged_reading.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace millwright {

/// The readings that sensor actors may still look at: those behind barriers that are not committed yet. An actor that
/// dies is restarted from them. Used by the driver's thread alone; readings stay where they are until released.
class reading_log {
public:
  static constexpr size_t chunk_readings = reading_chunk::most;

  /// Of a reading, larger than those before; no two ever have the same. 0: of none.
  using number = uint64_t;

  /// Keeps one more reading behind barrier `r.barrier`, which never falls.
  /// @param before the sensor's reading before it; 0 for none.
  number append(const reading& r, number before = 0) {
    auto& segment = segment_of(r.barrier);
    if (segment.chunks.empty() || used_ == chunk_readings)
      add_chunk(segment);
    const number out = number_of(segment.first_chunk + segment.chunks.size() - 1, used_);
    auto& kept = segment.chunks.back()->readings[used_++];
    kept.time = r.time;
    kept.value = r.value;
    kept.quality = r.quality;
    kept.position = r.position;
    kept.context = r.context;
    kept.stretch = stretch_of(r, segment, kept.since);
    kept.before = before != 0 && out - before <= UINT32_MAX ? static_cast<uint32_t>(out - before) : 0;
    kept.behind = 0;
    kept.type = r.type;
    kept.hour = r.hour;
    kept.day = r.day;
    kept.flags = r.flags;
    kept.judged = kept.dropped = false;
    return out;
  }

  /// Where it lies; nowhere, where it is released.
  reading_place find(number of) const {
    const uint64_t chunk = of / reading_place::index_end;
    for (auto it = segments_.rbegin(); it != segments_.rend(); ++it)
      if (chunk >= it->first_chunk)
        return chunk - it->first_chunk < it->chunks.size()
                   ? reading_place{it->chunks[chunk - it->first_chunk].get(),
                                   static_cast<uint32_t>(of % reading_place::index_end)}
                   : reading_place{};
    return {};
  }

  /// `second` is the one behind `first` in a run; both are behind the newest barrier. False: it is too far behind.
  bool link(number first, number second) {
    const uint64_t chunks = second / reading_place::index_end - first / reading_place::index_end;
    if (chunks > reading_place::chunks_most)
      return false;
    auto& segment = segments_.back();
    auto& chunk = *segment.chunks[first / reading_place::index_end - segment.first_chunk];
    chunk.readings[first % reading_place::index_end].behind =
        static_cast<uint16_t>(chunks * reading_place::index_end + second % reading_place::index_end);
    return true;
  }

  /// How many there are behind `barrier`, the newest number or one to come.
  uint64_t count(uint32_t barrier) const {
    if (segments_.empty() || segments_.back().barrier != barrier || segments_.back().chunks.empty())
      return 0;
    return (segments_.back().chunks.size() - 1) * chunk_readings + used_;
  }

  /// Those behind `barrier`, the newest number, in order; they stay until it is released.
  std::vector<std::span<const logged_reading>> of(uint32_t barrier) const {
    std::vector<std::span<const logged_reading>> out;
    if (count(barrier) > 0)
      for (const auto& each : segments_.back().chunks)
        out.emplace_back(each->readings.data(), each == segments_.back().chunks.back() ? used_ : chunk_readings);
    return out;
  }

  /// Counts so many bytes that are held for `barrier` beside the readings, until that is committed.
  void charge(uint32_t barrier, size_t bytes) { charge(segment_of(barrier), bytes); }

  /// Forgets everything up to and with `barrier`: it is committed.
  void release(uint32_t barrier) {
    while (!segments_.empty() && segments_.front().barrier <= barrier) {
      auto& chunks = segments_.front().chunks;
      chunks_ -= chunks.size();
      beside_ -= segments_.front().beside;
      // The next barrier needs about as many, but over some seconds: most of it is of more use to whoever commits, or
      // to the system, and the allocator gives it again for next to nothing.
      const size_t kept = (chunks.size() + kept_of - 1) / kept_of;
      free_.resize(std::min(free_.size(), kept));
      for (auto& chunk : chunks)
        if (free_.size() < kept)
          free_.push_back(std::move(chunk));
      segments_.pop_front();
      if (segments_.empty())
        used_ = chunk_readings;
    }
  }

  /// Bytes held for what is not committed.
  size_t bytes() const { return chunks_ * sizeof(reading_chunk) + beside_; }
  /// Bytes held for what is to come.
  size_t free_bytes() const { return free_.size() * sizeof(reading_chunk); }

private:
  /// Of the chunks that a barrier had, one in so many is kept for the next.
  static constexpr size_t kept_of = 4;

  struct segment {
    uint32_t barrier;
    /// Chunks are numbered from the first that there ever was.
    uint64_t first_chunk;
    std::vector<std::unique_ptr<reading_chunk>> chunks;
    std::deque<split_stretch> stretches;
    /// By split: the newest stretch of sensors that it alone feeds.
    std::vector<const split_stretch*> newest;
    size_t beside = 0;
  };

  static number number_of(uint64_t chunk, size_t index) { return chunk * reading_place::index_end + index; }

  segment& segment_of(uint32_t barrier) {
    if (segments_.empty() || segments_.back().barrier != barrier)
      segments_.push_back({barrier, next_chunk_, {}, {}, {}});
    return segments_.back();
  }

  void charge(segment& to, size_t bytes) {
    to.beside += bytes;
    beside_ += bytes;
  }

  void add_chunk(segment& to) {
    auto next = fresh();
    next->next = nullptr;
    if (!to.chunks.empty())
      to.chunks.back()->next = next.get();
    to.chunks.push_back(std::move(next));
    ++next_chunk_;
    ++chunks_;
    used_ = 0;
  }

  // Nearly always the one before.
  const split_stretch* stretch_of(const reading& r, segment& of, uint32_t& since) {
    if (r.split < of.newest.size() && of.newest[r.split])
      if (const auto found = of.newest[r.split]->reach(r)) [[likely]] {
        since = *found;
        return of.newest[r.split];
      }
    since = 0;
    of.stretches.push_back({r.watermark, r.activity, r.watermark - r.closing, r.awake_from, r.barrier, r.split});
    charge(of, sizeof(split_stretch));
    const auto* out = &of.stretches.back();
    // What is closed by several splits' times would only take turns with the others.
    if (r.closing == r.watermark) {
      if (of.newest.size() <= r.split)
        of.newest.resize(r.split + size_t{1});
      of.newest[r.split] = out;
    }
    return out;
  }

  std::unique_ptr<reading_chunk> fresh() {
    if (free_.empty())
      return std::make_unique<reading_chunk>();
    auto result = std::move(free_.back());
    free_.pop_back();
    return result;
  }

  std::deque<segment> segments_;
  std::vector<std::unique_ptr<reading_chunk>> free_;
  /// Of the newest chunk.
  size_t used_ = chunk_readings;
  size_t chunks_ = 0;
  size_t beside_ = 0;
  uint64_t next_chunk_ = 1;
};

} // namespace millwright
