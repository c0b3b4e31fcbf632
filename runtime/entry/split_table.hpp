#pragma once

#include "runtime/entry/split_state.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// The splits of a source by number, and what follows from several of them. Pure.
class split_table {
public:
  size_t size() const { return all_.size(); }
  bool empty() const { return all_.empty(); }
  split_state& operator[](size_t number) { return all_[number]; }
  const split_state& operator[](size_t number) const { return all_[number]; }
  auto begin() { return all_.begin(); }
  auto end() { return all_.end(); }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }

  /// Behind the others; moves them.
  split_state& add(split_state split) { return all_.emplace_back(std::move(split)); }
  /// Of one of them.
  uint16_t number_of(const split_state& split) const { return static_cast<uint16_t>(&split - all_.data()); }

  /// Of the others that speak; `never` where none does.
  event_time smallest_time_but(const split_state& own) const;
  /// Where they stand, for what stands above the sensors. @param ended nothing more comes of any.
  time_passed time_now(bool ended) const;
  /// `never` before the first reading.
  event_time newest_time() const;
  /// What a person said before a crash is still to be carried out, at a place that is read again.
  bool said_is_ahead() const;

private:
  std::vector<split_state> all_;
};

} // namespace millwright
