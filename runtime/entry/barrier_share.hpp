#pragma once

#include "runtime/barrier/collector.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace millwright {

/// What the driver adds to the barrier under way: counters, dead letters, transitions of the node itself.
class barrier_share {
public:
  void count(std::string counter, std::string label, uint64_t n = 1) {
    output_.counters[{std::move(counter), std::move(label)}] += n;
  }
  /// A position moved: that is worth a commit.
  void moved() { ++moved_; }

  /// For whoever adds to it.
  barrier_output& output() { return output_; }

  /// Nothing of it is worth a commit.
  bool is_empty() const { return moved_ == 0 && output_.transitions.empty() && output_.node_entries.empty(); }
  /// Into the barrier's own output, under its lock; `begin_anew` follows.
  void hand_over(barrier_output& to);
  void begin_anew() {
    output_ = {};
    moved_ = 0;
  }

private:
  barrier_output output_;
  uint64_t moved_ = 0;
};

} // namespace millwright
