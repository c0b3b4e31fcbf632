#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace millwright {

/// Regression trees as XGBoost grew them, laid out for judging many rows at once: the same sums as its own predictor's,
/// bit for bit, at several times its pace, and without its threads. Immutable: any thread may ask it.
class tree_ensemble {
public:
  /// From the JSON that XGBoost saves a model as: trees (gbtree) for squared error. Throws std::invalid_argument with
  /// what is wrong with it.
  static tree_ensemble from_xgboost(std::string_view json);

  size_t features() const { return features_; }
  size_t trees() const { return trees_.size(); }

  /// @param rows `count` times `features()` numbers, row by row; NaN is missing, none is infinite.
  /// @param out room for `count`.
  void predict(const float* rows, size_t count, float* out) const;

private:
  friend class tree_reader;

  /// Eight bytes. The children of a node are neighbours; a leaf is its own left child, whatever the row says.
  struct node {
    float threshold;
    /// Index of the left child in its tree, the feature, and which way a missing one goes.
    uint32_t left : 23, feature : 8, missing_left : 1;
  };
  struct tree {
    uint32_t begin;
    uint32_t depth;
  };

  size_t features_ = 0;
  float base_ = 0;
  std::vector<tree> trees_;
  std::vector<node> nodes_;
  /// Of each node, where it is a leaf.
  std::vector<float> values_;
};

} // namespace millwright
