// A sensor's life as the driver stamps it, three times: as it is, stored and read again now and then, and without a
// single tick. All three must tell the same.
#include "runtime/entry/split_clock.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/sensor_world.hpp"

#include <algorithm>
#include <cmath>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

constexpr int64_t first_ms = -62'135'596'800'000, last_ms = 253'402'300'799'999;
constexpr int64_t steps[] = {1,      100,    1000,    999,       5000,       29'999,     30'000,     30'001,
                             60'000, 61'000, 120'000, 300'000,   301'000,    600'000,    0,          3'600'000,
                             10'000, 10'001, 900'000, 1'800'000, 43'200'000, 86'400'000, 86'400'001, 2'592'000'000};

class plant {
public:
  plant(input_bytes in, const sensor_world& world) : in_{in}, world_{world}, context_{world.context} {}

  void run() {
    // More would only be more of the same, and slow.
    for (int i = 0; i < 400 && !in_.empty(); ++i)
      step();
    sweep(true);
    for (auto* each : {&plain_, &stored_, &quiet_})
      each->model.finish(context_, each->out);
    compare(stored_.out, true, "a sensor that is stored and read again goes on as if it had not been");
    // Silence is on another clock than windows: without ticks it may be noticed before a window that closes.
    compare(quiet_.out, false, "it makes no difference when ticks come, or whether");
    must(encoded(stored_.model) == encoded(plain_.model), "both know the same at the end");
  }

private:
  struct life {
    explicit life(const sensor_world& world) : model{world.book} {}
    sensor_model model;
    sensor_output out;
  };

  void compare(const sensor_output& out, bool in_order, const char* promise) const {
    auto rows = told(out), wanted_rows = told(plain_.out);
    if (!in_order) {
      std::sort(rows.begin(), rows.end());
      std::sort(wanted_rows.begin(), wanted_rows.end());
    }
    if (rows == wanted_rows)
      return;
    const auto got = shown(out, world_.types), wanted = shown(plain_.out, world_.types);
    size_t at = 0;
    while (at < got.size() && at < wanted.size() && got[at] == wanted[at])
      ++at;
    at = at == 0 ? 0 : got.rfind('\n', at - 1) + 1;
    const auto line = [&](const std::string& text) { return text.substr(at, text.find('\n', at) - at); };
    std::fprintf(stderr, "wanted %s\ngot    %s\n", line(wanted).c_str(), line(got).c_str());
    must(false, promise);
  }

  void step() {
    switch (const uint8_t what = in_.byte(); what % 16) {
    case 0:
      return sweep();
    case 1:
      return store();
    case 2:
      // Another sensor of the split moves the time.
      stamped(other_, clock_.watermark() == never ? from_epoch_ms(now_) : clock_.watermark() + next_step());
      return;
    case 3:
      return change_metadata();
    case 4:
      value_ = in_.real();
      return take();
    case 5:
      now_ = std::clamp(in_.number<int64_t>() % last_ms, first_ms, last_ms);
      return take();
    case 6:
      quality_ = in_.choice(4) == 0 ? absent : in_.byte() / 255.0;
      return take();
    case 7:
      type_ = static_cast<sensor_type_index>(in_.byte() % world_.types.size());
      return take();
    case 8:
      now_ -= next_step().count();
      return take();
    case 9:
      arrivals_ = !arrivals_;
      return;
    case 10:
      // The same for a while.
      for (int n = in_.byte() % 32; n > 0; --n)
        advance_by(1000);
      return;
    default:
      value_ += static_cast<double>(static_cast<int8_t>(in_.byte())) / 4;
      now_ += next_step().count();
      return take();
    }
  }

  milliseconds next_step() { return milliseconds{steps[in_.choice(std::size(steps))]}; }
  void advance_by(int64_t ms) {
    now_ += ms;
    take();
  }

  split_clock::stamp stamped(const sensor_key& whose, event_time time) {
    if (!arrivals_)
      return clock_.take_replayed(whose, time);
    const auto arrival = from_epoch_ms(now_);
    return clock_.take_live(time, arrival + split_clock::arrival_tolerance, arrival + split_clock::far);
  }

  void take() {
    now_ = std::clamp(now_, first_ms, last_ms);
    if (!std::isfinite(value_))
      value_ = 0;
    const auto stamp = stamped(context_.key, from_epoch_ms(now_));
    reading r;
    r.time = from_epoch_ms(now_);
    r.value = value_;
    r.quality = quality_;
    r.watermark = r.closing = stamp.watermark;
    r.activity = stamp.activity;
    r.position = ++position_;
    r.context = &context_;
    r.type = type_;
    r.hour = static_cast<uint8_t>((now_ / 3'600'000 % 24 + 24) % 24);
    r.flags = static_cast<uint8_t>((stamp.ahead ? reading::ahead : 0) | (stamp.far_ahead ? reading::far_ahead : 0) |
                                   (arrivals_ ? 0 : reading::replayed));
    for (auto* each : {&plain_, &stored_, &quiet_})
      each->model.take(r, each->out);
  }

  void sweep(bool all = false) {
    sensor_tick tick;
    tick.closing = clock_.watermark();
    tick.activity = clock_.activity();
    tick.context = &context_;
    for (auto* each : {&plain_, &stored_})
      each->model.tick(tick, context_, 0, each->out);
    if (all)
      quiet_.model.tick(tick, context_, 0, quiet_.out);
  }

  // Whole, or the changes behind what was kept; and the sensor goes on as it is, or as it was read.
  void store() {
    const uint8_t how = in_.choice(4);
    const auto now = encoded(stored_.model);
    if (how & 1 && stored_.model.can_encode_changes()) {
      stored_.model.encode_changes(kept_);
    } else {
      kept_ = now;
      stored_.model.kept();
    }
    sensor_model read{world_.book};
    must(read.decode(kept_), "a state that was stored is read");
    must(encoded(read) == now, "a state is stored as the same bytes again");
    if (how & 2)
      stored_.model = std::move(read);
  }

  void change_metadata() {
    // What fell due before is decided by what was known before.
    sweep(true);
    const uint8_t what = in_.byte();
    auto& t = context_.thresholds;
    const double around = std::isfinite(value_) ? value_ : 0;
    t.high = what & 1 ? around + 5 : absent;
    t.high_high = what & 2 ? around + 10 : absent;
    t.low = what & 4 ? around - 5 : absent;
    t.low_low = what & 8 ? around - 10 : absent;
    t.rate = what & 16 ? 1 : absent;
    context_.calibration_date = what & 32 ? "2026-01-02" : "";
    context_.unit = what & 64 ? "bar" : "";
  }

  input_bytes in_;
  const sensor_world& world_;
  sensor_context context_;
  const sensor_key other_{{"plant-a"}, {"other"}};
  split_clock clock_;
  life plain_{world_}, stored_{world_}, quiet_{world_};
  int64_t now_ = 1'795'000'000'000;
  double value_ = 20, quality_ = absent;
  uint64_t position_ = 0;
  sensor_type_index type_ = 0;
  bool arrivals_ = false;
  std::string kept_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const sensor_world world;
  plant{input_bytes{data, size}, world}.run();
  return 0;
}
