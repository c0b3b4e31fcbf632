#pragma once

#include "protocol/reading.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace millwright {

/// The readings that sensor actors may still look at: those behind barriers that are not committed yet. An actor that
/// dies is restarted from them. Used by the driver's thread alone; readings stay where they are until released.
class reading_log {
public:
  static constexpr size_t chunk_readings = 1024;

  /// Room for one more reading behind barrier number `barrier`, which never falls.
  reading& append(uint32_t barrier) {
    auto& segment = segment_of(barrier);
    if (segment.chunks.empty() || used_ == chunk_readings) {
      segment.chunks.push_back(fresh());
      ++chunks_;
      used_ = 0;
    }
    return (*segment.chunks.back())[used_++];
  }

  /// How many there are behind `barrier`, the newest number or one to come.
  uint64_t count(uint32_t barrier) const {
    if (segments_.empty() || segments_.back().barrier != barrier || segments_.back().chunks.empty())
      return 0;
    return (segments_.back().chunks.size() - 1) * chunk_readings + used_;
  }

  /// Those behind `barrier`, the newest number, in order; they stay until it is released.
  std::vector<std::span<const reading>> of(uint32_t barrier) const {
    std::vector<std::span<const reading>> out;
    if (count(barrier) > 0)
      for (const auto& each : segments_.back().chunks)
        out.emplace_back(each->data(), each == segments_.back().chunks.back() ? used_ : chunk_readings);
    return out;
  }

  /// Counts so many bytes that are held for `barrier` beside the readings, until that is committed.
  void charge(uint32_t barrier, size_t bytes) {
    segment_of(barrier).beside += bytes;
    beside_ += bytes;
  }

  /// Forgets everything up to and with `barrier`: it is committed.
  void release(uint32_t barrier) {
    while (!segments_.empty() && segments_.front().barrier <= barrier) {
      auto& chunks = segments_.front().chunks;
      chunks_ -= chunks.size();
      beside_ -= segments_.front().beside;
      // The next barrier needs about as many: what a backlog took goes back to the system.
      free_.resize(std::min(free_.size(), chunks.size()));
      for (auto& chunk : chunks)
        if (free_.size() < chunks.size())
          free_.push_back(std::move(chunk));
      segments_.pop_front();
      if (segments_.empty())
        used_ = chunk_readings;
    }
  }

  /// Bytes held for what is not committed.
  size_t bytes() const { return chunks_ * sizeof(chunk) + beside_; }

private:
  using chunk = std::array<reading, chunk_readings>;
  struct segment {
    uint32_t barrier;
    std::vector<std::unique_ptr<chunk>> chunks;
    size_t beside = 0;
  };

  segment& segment_of(uint32_t barrier) {
    if (segments_.empty() || segments_.back().barrier != barrier)
      segments_.push_back({barrier, {}, 0});
    return segments_.back();
  }

  std::unique_ptr<chunk> fresh() {
    if (free_.empty())
      return std::make_unique<chunk>();
    auto result = std::move(free_.back());
    free_.pop_back();
    return result;
  }

  std::deque<segment> segments_;
  std::vector<std::unique_ptr<chunk>> free_;
  size_t used_ = chunk_readings;
  size_t chunks_ = 0;
  size_t beside_ = 0;
};

} // namespace millwright
