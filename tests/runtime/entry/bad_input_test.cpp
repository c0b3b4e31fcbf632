#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

namespace bad_input_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

TEST_CASE("a flood of malformed records is counted whole, and kept a thousand a minute of the readings beside it") {
  constexpr event_time start = from_epoch_ms(1'700'000'040'000);
  constexpr int minutes = 3, flood = 20'000;
  std::vector<std::string> lines;
  for (int minute = 0; minute < minutes; ++minute) {
    lines.push_back(reading_line("TI-1", start + minute * 60s, 20));
    for (int i = 0; i < flood; ++i)
      lines.push_back(fmt::format(R"({{"sensor_id":"TI-1","facility_id":"plant","timestamp":{})", i));
  }
  node_directory here;
  for (int life = 0; life < 2; ++life) {
    // The second half is taken by a second life: it goes on with the allowance of the minute that it finds.
    const auto end = life == 0 ? lines.begin() + flood + flood / 2 : lines.end();
    auto source = std::make_unique<lines_source>(std::vector<std::string>{lines.begin(), end});
    size_t most_held = 0;
    lines_source* const handed = source.get();
    auto settings = here.settings();
    // Nothing is committed before the end of a life: what it holds is what it keeps of the flood.
    settings.ledger.interval = 1h;
    node host{settings, {}, std::move(source)};
    // Each asking is a millisecond and more behind the one before, and what is held is looked at every 100 ms.
    handed->may_end = [&, asked = 0]() mutable {
      most_held = std::max<size_t>(most_held, host.status().log_bytes);
      return ++asked > 150;
    };
    host.run();
    CHECK(most_held > 100u << 10);
    CHECK(most_held < 2u << 20);
  }
  CHECK(here.counter("rejected", "not-json") == uint64_t{minutes} * flood);
  CHECK(here.counter("dead-letter-not-kept", "not-json") == uint64_t{minutes} * (flood - 1000));
  CHECK(here.rows(result_kind::dead_letters).size() == size_t{minutes} * 1000);
  CHECK(here.counter("accepted", "") == minutes);
}

} // namespace bad_input_test
