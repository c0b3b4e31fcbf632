#pragma once

#include "protocol/health_risk.hpp"
#include "runtime/health/health_features.hpp"
#include "runtime/health/health_model.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millwright {

struct health_settings;

struct health_score {
  /// 0 (worn out) .. 1.
  double score = 0;
  risk_level risk = risk_level::normal;
  bool maintenance_recommended = false;
  /// A feature is none that the model was trained with: the score is a guess.
  bool extrapolated = false;
};

/// Judges readings of one type in batches. For one thread at a time; it keeps its room from batch to batch.
class health_scorer {
public:
  /// The scores of `inputs`, in their order; valid until the next call. Each depends on its input alone, never on
  /// what it is judged with.
  std::span<const health_score> score(const loaded_model& model, const health_settings& limits,
                                      std::span<const health_input> inputs);

private:
  std::vector<float> rows_, predicted_;
  std::vector<health_score> scores_;
};

} // namespace millwright
