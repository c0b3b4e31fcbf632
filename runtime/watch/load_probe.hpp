#pragma once

#include "protocol/load.hpp"
#include "protocol/time.hpp"
#include "runtime/barrier/delay_samples.hpp"
#include "runtime/watch/load_rates.hpp"
#include "runtime/watch/node_status.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace millwright {

class collector;
class source;

/// Takes the node's samples of itself, on the driver's thread.
class load_probe {
public:
  struct parts {
    const node_status& status;
    collector& outputs;
    const source& readings;
    milliseconds every;
    milliseconds commit_interval;
    /// Told each sample.
    std::function<void(const load_sample&)> tell;
  };

  explicit load_probe(parts given);

  /// A reading of this time was accepted, as number `number`, when the node's clock said `now`.
  void accepted(uint64_t number, event_time time, event_time now) {
    if (ages_.wanted(number, 1))
      ages_.note(static_cast<double>((now - time).count()));
  }

  /// When it is time for one: takes a sample. @param sent readings that went to their actors so far.
  void look(std::chrono::steady_clock::time_point now, uint64_t sent, uint32_t facilities);

private:
  double commit_ms(std::chrono::steady_clock::time_point now) const;

  parts parts_;
  load_rates rates_;
  /// How old readings were when they were taken.
  delay_samples ages_;
  std::chrono::steady_clock::time_point last_{};
};

} // namespace millwright
