#pragma once

#include "runtime/health/health_model.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What trees are grown from: `labels.size()` rows of `features` numbers each, NaN where missing.
struct training_rows {
  size_t features = 0;
  std::vector<float> values;
  std::vector<float> labels;

  size_t size() const { return labels.size(); }
};

struct growth {
  model_kind kind = model_kind::boosted;
  uint64_t seed = 1;
  int trees = 100;
  int depth = 6;
};

/// XGBoost by its C interface, on the calling thread alone. What it refuses is thrown as std::runtime_error.
class booster {
public:
  /// Grows trees: the same rows and growth give the same ones.
  static booster train(const training_rows& rows, const growth& how);
  /// From what `save` gave.
  static booster load(std::string_view json);

  booster(booster&& other) noexcept;
  booster& operator=(booster&& other) noexcept;
  ~booster();

  /// The model in JSON.
  std::string save() const;

  /// As `tree_ensemble::predict`.
  std::vector<float> predict(std::span<const float> rows, size_t features) const;

  /// Each feature's share of what the splits gained, 0..1, in the order of the features.
  std::vector<double> importance(size_t features) const;

private:
  explicit booster(void* handle) : handle_{handle} {}

  void* handle_ = nullptr;
};

} // namespace millwright
