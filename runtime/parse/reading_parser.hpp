#pragma once

#include "protocol/quality_scale.hpp"
#include "runtime/parse/parse_outcome.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace millwright {

/// Turns payloads into readings by the rules of semantics 1, with RapidJSON's SAX reader and without allocating.
/// Used by one thread at a time.
class reading_parser {
public:
  /// @param types outlives the parser.
  /// @param most_ahead of its arrival, for a reading to be accepted.
  /// @param quality what the source means by quality_score.
  explicit reading_parser(const sensor_type_table& types, milliseconds most_ahead = milliseconds{300'000},
                          quality_scale quality = quality_scale::unit);
  ~reading_parser();
  reading_parser(reading_parser&&) noexcept;
  reading_parser& operator=(reading_parser&&) noexcept;

  /// Parses one payload, which needs no NUL behind it. An accepted reading's ids and unit are unescaped in the payload,
  /// where its views point; any other payload is left as it was, for the dead letters.
  /// @param record_key stands for an absent or empty sensor_id; the outcome may then point into it.
  /// @param arrival none: nothing is too far in the future.
  parse_outcome parse(char* data, size_t size, std::string_view record_key, std::optional<event_time> arrival);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace millwright
