#include "runtime/health/health_scorer.hpp"

#include "runtime/settings/health_settings.hpp"

#include <algorithm>

namespace millwright {

std::span<const health_score> health_scorer::score(const loaded_model& model, const health_settings& limits,
                                                   std::span<const health_input> inputs) {
  const auto& features = model.about.features;
  const size_t width = features.size();
  rows_.resize(inputs.size() * width);
  predicted_.resize(inputs.size());
  scores_.resize(inputs.size());
  float* row = rows_.data();
  for (const auto& each : inputs) {
    put_health_features(each, row);
    row += width;
  }
  model.trees.predict(rows_.data(), inputs.size(), predicted_.data());
  row = rows_.data();
  for (size_t i = 0; i < inputs.size(); ++i, row += width) {
    auto& out = scores_[i];
    out.score = std::clamp(static_cast<double>(predicted_[i]), 0.0, 1.0);
    out.risk = out.score < limits.critical_below  ? risk_level::critical
               : out.score < limits.warning_below ? risk_level::warning
                                                  : risk_level::normal;
    out.maintenance_recommended = out.score < limits.maintenance_below;
    out.extrapolated = false;
    for (size_t k = 0; k < width; ++k)
      out.extrapolated |= !features[k].covers(row[k]);
  }
  return scores_;
}

} // namespace millwright
