#include "runtime/bench/flat_out.hpp"

#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <algorithm>

namespace millwright {

using namespace std::chrono_literals;

flat_out run_flat_out(hosted_node& hosted, double warm_up, double seconds) {
  const auto begin = std::chrono::steady_clock::now();
  hosted.start();
  wait_for(hosted, 60s, [&] {
    return hosted.host().status().commits > 0 &&
           std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() >= warm_up;
  });
  return measure_rate(hosted, seconds);
}

flat_out measure_rate(hosted_node& hosted, double seconds) {
  rate_meter whole{hosted.host()}, slice{hosted.host()};
  flat_out out;
  const double cpu_before = cpu_seconds();
  const uint64_t judged_before = whole.judged;
  while (whole.seconds() < seconds) {
    std::this_thread::sleep_for(5ms);
    hosted.check();
    if (slice.seconds() < std::min(5.0, seconds / 2))
      continue;
    const double rate = slice.rate();
    out.lowest = out.lowest == 0 ? rate : std::min(out.lowest, rate);
    out.highest = std::max(out.highest, rate);
    slice.restart();
  }
  out.rate = whole.rate();
  out.cpu = (cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(hosted.host().judged() - judged_before);
  return out;
}

} // namespace millwright
