#pragma once

#include "protocol/reading.hpp"

namespace millwright {

/// Hears of every reading that its sensor has accepted, once, on the thread that judged it.
class reading_taker {
public:
  virtual ~reading_taker() = default;

  virtual void take(const reading& r) = 0;
};

} // namespace millwright
