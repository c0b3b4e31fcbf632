#pragma once

#include <cstdint>
#include <string>

namespace millwright {

/// Something beside readings that an actor is told at a barrier, at its place in the log: a recovery tells it again.
struct hosted_notice {
  /// Stored: append only.
  enum class kind : uint8_t {
    /// The metadata give this sensor (its id) to something else of the actor's kind, or to nothing.
    left,
    /// A person has said something to it: as the actor's kind has written it.
    told,
  };

  kind what{};
  std::string text;

  friend bool operator==(const hosted_notice&, const hosted_notice&) = default;
};

} // namespace millwright
