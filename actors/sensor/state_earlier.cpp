#include "actors/sensor/state_earlier.hpp"

namespace millwright {

namespace {

void skip_figures(binary_reader& in, uint64_t n) {
  for (uint64_t i = 0; i < n && in.ok(); ++i)
    in.f64();
}

} // namespace

void skip_earlier_state(binary_reader& in) {
  constexpr uint8_t learned = 1, moved = 4, lesson = 8, ring = 16;
  const uint8_t flags = in.u8();
  in.varint(); // readings
  skip_figures(in, 1);
  if (flags & learned) {
    skip_figures(in, 3);
    in.varint(); // a time
  }
  skip_figures(in, flags & moved ? 2 : 0);
  if (flags & lesson) {
    skip_figures(in, 8);
    in.u8();
  }
  if (flags & ring) {
    in.varint(); // its size
    skip_figures(in, in.count(sizeof(double)));
  }
}

void skip_earlier_step(binary_reader& in) {
  const uint64_t packed = in.varint();
  skip_figures(in, (packed >> 1 > 0 ? 1 : 0) + (packed & 1 ? 0 : 1));
}

} // namespace millwright
