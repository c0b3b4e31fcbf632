#pragma once

#include "protocol/logged_reading.hpp"
#include "protocol/row_schema.hpp"
#include "runtime/health/health_scorer.hpp"
#include "runtime/health/model_set.hpp"
#include "runtime/settings/health_settings.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace millwright {

/// The records `health` of semantics 12.
const row_schema& health_schema();

/// A reading, and what its type's model said of it.
struct scored_reading {
  const logged_reading* of = nullptr;
  health_score score;
};

/// Its record, without a line feed.
void append_json(std::string& out, const scored_reading& row);

/// A stretch of a log that is to be judged by models, when all its readings have been taken by their sensors.
struct judged_stretch {
  /// In the log's order. They, and their contexts, stay where they are until whoever made this is told that the
  /// stretch is done with.
  std::vector<std::span<const logged_reading>> readings;

  /// Which models hold for a split from a reading of the stretch on.
  struct change {
    /// Index of the reading in the stretch.
    uint64_t at = 0;
    uint16_t split = 0;
    /// Null: none.
    std::shared_ptr<const model_set> models;
  };
  /// In their order; those at 0 are the ones that held before.
  std::vector<change> changes;

  /// What they said, in the log's order: `health_judge` adds it.
  std::vector<scored_reading> scores;

  bool empty() const { return readings.empty(); }
};

/// Gives each accepted reading of a type with a model its score: which, and in which order, follows from the stretch
/// alone. For one thread.
class health_judge {
public:
  explicit health_judge(const health_settings& limits) : limits_{limits} {}

  /// Sets the stretch's scores.
  void judge(judged_stretch& stretch);

private:
  struct asked {
    const logged_reading* of;
    /// Which of the models of this part, and the place among its inputs.
    size_t model;
    size_t place;
  };
  struct batch {
    std::shared_ptr<const model_set> kept;
    const loaded_model* model;
    std::vector<health_input> inputs;
    health_scorer scorer;
    std::span<const health_score> scores;
  };

  void ask(const logged_reading& of, const std::shared_ptr<const model_set>& models, const loaded_model& model);
  void answer(std::vector<scored_reading>& out);

  health_settings limits_;
  std::vector<asked> asked_;
  std::vector<batch> batches_;
  size_t used_ = 0;
};

} // namespace millwright
