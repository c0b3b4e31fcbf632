#pragma once

#include "runtime/health/tree_ensemble.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

enum class model_kind : uint8_t { boosted, forest };

std::string_view name_of(model_kind kind);
std::optional<model_kind> model_kind_named(std::string_view name);

/// What a feature was in the readings that a model was trained with.
struct trained_feature {
  std::string name;
  /// Smallest and largest; the first above the second where it was always missing.
  float low = 1, high = 0;
  /// It was missing in some.
  bool missing = false;

  /// A reading with this is like those.
  bool covers(float x) const { return x != x ? missing : x >= low && x <= high; }
};

/// How a model fared, by the readings of machines that it was not trained with.
struct held_out_figures {
  uint64_t readings = 0, machines = 0;
  double rmse = 0;
  /// NaN where all labels are the same.
  double r2 = 0;
};

/// A model of the health of one sensor type, as a file holds it.
struct health_model {
  std::string sensor_type;
  std::vector<trained_feature> features;
  model_kind kind = model_kind::boosted;
  uint64_t seed = 0;
  /// Of the program that trained it.
  std::string program;
  uint64_t trained_readings = 0, trained_machines = 0;
  held_out_figures held_out;
  /// As XGBoost saves it, in JSON.
  std::string trees;
};

/// The bytes of a model's file; the same model gives the same ones.
std::string to_bytes(const health_model& model);

/// A model that can judge. Immutable: any thread may ask it.
struct loaded_model {
  health_model about;
  tree_ensemble trees;
};

/// Reads what `to_bytes` gave. Throws `failure` (bad_configuration) with `name` and the reason when the bytes are
/// damaged, no model, of a newer version, or were trained with other features than `health_features`.
loaded_model model_of(std::string_view bytes, const std::string& name);

/// The bytes of a file, not validated. Throws `failure` (bad_configuration) when it cannot be read.
std::string read_model_file(const std::string& path);

/// `model_of` what the file holds, which must be for `sensor_type`.
loaded_model load_model(const std::string& path, std::string_view sensor_type);

/// Throws `failure` (bad_configuration) when the model is for another type.
void check_model_type(const health_model& model, std::string_view sensor_type, const std::string& name);

} // namespace millwright
