#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// The newest record that was taken of a partition, so that another log in its place is told from it.
struct kafka_mark {
  /// -1: none was taken yet.
  int64_t offset = -1;
  /// The record's timestamp, and the hash of its payload and key.
  int64_t time = 0;
  uint64_t hash = 0;

  friend bool operator==(const kafka_mark&, const kafka_mark&) = default;
};

/// The stored form, behind a version byte; never empty.
std::string encode(const kafka_mark& mark);
/// None when it is damaged or of a newer version.
std::optional<kafka_mark> decode_kafka_mark(std::string_view in);

} // namespace millwright
