#pragma once

#include "protocol/reading.hpp"

#include <array>
#include <deque>
#include <memory>
#include <vector>

namespace millwright {

/// The readings that sensor actors may still look at: those behind barriers that are not committed yet. An actor that
/// dies is restarted from them. Used by the driver's thread alone; readings stay where they are until released.
class reading_log {
public:
  static constexpr size_t chunk_readings = 1024;

  /// Room for one more reading behind barrier number `barrier`, which never falls.
  reading& append(uint32_t barrier) {
    if (segments_.empty() || segments_.back().barrier != barrier)
      segments_.push_back({barrier, {}});
    auto& segment = segments_.back();
    if (segment.chunks.empty() || used_ == chunk_readings) {
      segment.chunks.push_back(fresh());
      ++chunks_;
      used_ = 0;
    }
    return (*segment.chunks.back())[used_++];
  }

  /// Forgets everything up to and with `barrier`: it is committed.
  void release(uint32_t barrier) {
    while (!segments_.empty() && segments_.front().barrier <= barrier) {
      auto& chunks = segments_.front().chunks;
      chunks_ -= chunks.size();
      for (auto& chunk : chunks)
        if (free_.size() < keep_free)
          free_.push_back(std::move(chunk));
      segments_.pop_front();
      if (segments_.empty())
        used_ = chunk_readings;
    }
  }

  /// Bytes held for readings that are not committed.
  size_t bytes() const { return chunks_ * sizeof(chunk); }

private:
  using chunk = std::array<reading, chunk_readings>;
  struct segment {
    uint32_t barrier;
    std::vector<std::unique_ptr<chunk>> chunks;
  };

  static constexpr size_t keep_free = 1024;

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
};

} // namespace millwright
