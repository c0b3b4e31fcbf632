// Bytes as a sensor's stored state. Whatever they are, it is read whole or refused; what was read is stored and read
// again as the same, and takes readings and time without harm.
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/sensor_world.hpp"

#include <algorithm>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

constexpr uint8_t taught_version = 3;

// The largest time in the windows' part: where this sensor's readings would go on.
event_time newest_in(std::string_view stored) {
  binary_reader in{stored};
  const auto version = in.u8();
  in.u16();
  if (version == taught_version)
    return in.time();
  if (version > 1)
    in.u32();
  const auto newest = from_epoch_ms(in.svarint()), closed = from_epoch_ms(in.svarint());
  const auto at = std::max(newest, closed);
  constexpr auto first = from_epoch_ms(-62'135'596'800'000), last = from_epoch_ms(253'402'300'799'999);
  return at >= first && at <= last ? at : from_epoch_ms(1'795'000'000'000);
}

// A type beyond the table becomes the first one: not the same bytes again.
bool types_in_table(std::string_view stored, const sensor_world& world) {
  sensor_windows windows{world.settings};
  binary_reader in{stored};
  const auto version = in.u8();
  in.u16();
  // No windows.
  if (version == taught_version)
    return true;
  if (version > 1)
    in.u32();
  bool all = windows.decode(in);
  windows.map_types([&](sensor_type_index type) {
    all = all && type < world.types.size();
    return type;
  });
  return all;
}

void live_on(sensor_model& model, event_time from, const sensor_world& world, sensor_output& out) {
  constexpr int steps[] = {1000, 1000, -500, 30'000, 0, 61'000, -200'000, 301'000, 5000, 86'400'000, 1000};
  reading r;
  r.context = &world.context;
  r.time = from;
  r.watermark = r.closing = from;
  double value = 20;
  for (const int step : steps) {
    r.time += milliseconds{step};
    r.value = value = value * -1.25 + 1;
    r.quality = step == 5000 ? 0.3 : absent;
    r.type = step == 0 ? 1 : 0;
    r.activity += milliseconds{std::clamp(step, 0, 10'000)};
    ++r.position;
    model.take(r, out);
    r.watermark = r.closing = std::max(r.watermark, r.time);
    sensor_tick tick;
    tick.closing = r.closing;
    tick.activity = r.activity;
    model.tick(tick, world.context, 0, out);
  }
  model.finish(world.context, out);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const sensor_world world;
  static sensor_output out, again;
  const std::string_view stored{reinterpret_cast<const char*>(data), size};
  const auto split = sensor_model::split_of(stored);
  sensor_model model{world.book};
  if (!model.decode(stored) || !types_in_table(stored, world))
    return 0;
  must(split.has_value(), "a state that is read names its split");

  const auto first = encoded(model);
  sensor_model second{world.book};
  must(second.decode(first), "what was stored is read");
  const auto second_form = encoded(second);
  sensor_model third{world.book};
  must(third.decode(second_form), "what was stored again is read");
  must(encoded(third) == second_form, "a state that was stored once is stored as the same bytes from then on");

  out.clear();
  again.clear();
  model.idle();
  live_on(model, newest_in(stored), world, out);
  must(model.decode(encoded(model)), "a state that has lived on is read");
  live_on(second, newest_in(stored), world, again);
  return 0;
}
