#pragma once

#include <cstdint>
#include <string>

namespace millwright {

/// Messages to an actor that its node hosts by its kind (actors/kit). Sent by one thread, a step at a time.

/// A barrier is complete: take what was gathered up to it, and answer.
struct hosted_step {
  uint32_t barrier = 0;
  /// An encoded hosted_input (actors/kit).
  std::string input;
  /// Answer with the whole state.
  bool whole = false;
};

/// What one of the shards has gathered, since it last said so, behind a barrier that is not complete yet: for people,
/// who see it at once.
struct hosted_gathered {
  uint32_t shard = 0;
  uint32_t barrier = 0;
  /// As the part's `encode` wrote it.
  std::string part;
};

} // namespace millwright
