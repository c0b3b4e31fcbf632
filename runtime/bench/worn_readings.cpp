#include "runtime/bench/worn_readings.hpp"

#include "runtime/health/health_features.hpp"

#include <random>

namespace millwright {

worn_readings::worn_readings(size_t count) {
  std::mt19937_64 random{1};
  std::normal_distribution<double> noise{0, 1};
  std::uniform_real_distribution<double> worn{0, 1};
  for (size_t i = 0; i < count; ++i) {
    const double x = worn(random);
    inputs.push_back({50 + 40 * x * x + 3 * noise(random), i % 50 ? 0.98 - 0.1 * x + 0.01 * noise(random) : absent,
                      static_cast<uint8_t>(random() % 24), static_cast<uint8_t>(1 + random() % 7)});
    health.push_back(static_cast<float>(1 - x));
  }
}

labelled_readings worn_readings::labelled(uint32_t machines) const {
  labelled_readings out;
  out.rows.features = health_features().size();
  out.rows.values.resize(inputs.size() * out.rows.features);
  out.rows.labels = health;
  for (uint32_t i = 0; i < machines; ++i)
    out.machines.push_back("machine " + std::to_string(i));
  for (size_t i = 0; i < inputs.size(); ++i) {
    put_health_features(inputs[i], out.rows.values.data() + i * out.rows.features);
    out.machine_of.push_back(static_cast<uint32_t>(i % machines));
  }
  return out;
}

} // namespace millwright
