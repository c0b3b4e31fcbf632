#pragma once

#include "runtime/health/health_features.hpp"
#include "runtime/health/health_model.hpp"

#include <string>

namespace millwright::testing {

/// Two trees over the health features, as XGBoost writes them. The first asks the value (below 10: 0.4; a missing one
/// goes there too) and else the quality (below 0.5: -0.1, else 0.2; a missing one goes right); the second is a leaf.
inline std::string two_trees(const std::string& base = "5E-1") {
  return R"({"learner":{"attributes":{},"feature_names":[],"gradient_booster":{"model":{"gbtree_model_param":)"
         R"({"num_parallel_tree":"1","num_trees":"2"},"tree_info":[0,0],"trees":[)"
         R"({"default_left":[1,0,0,0,0],"left_children":[1,-1,3,-1,-1],"right_children":[2,-1,4,-1,-1],)"
         R"("split_conditions":[1E1,4E-1,5E-1,-1E-1,2E-1],"split_indices":[0,0,1,0,0]},)"
         R"({"default_left":[0],"left_children":[-1],"right_children":[-1],"split_conditions":[2.5E-1],)"
         R"("split_indices":[0]}]},"name":"gbtree"},"learner_model_param":{"base_score":")" +
         base + R"(","num_class":"0","num_feature":"6","num_target":"1"},)" +
         R"("objective":{"name":"reg:squarederror","reg_loss_param":{"scale_pos_weight":"1"}}},"version":[1,7,4]})";
}

/// A model of pumps with these trees, trained with values of 0 to 100, qualities of 0 to 1, at any hour of any day.
inline health_model model_of_two_trees(std::string sensor_type = "vibration") {
  health_model out;
  out.sensor_type = std::move(sensor_type);
  for (const auto& each : health_features())
    out.features.push_back({std::string{each.name}, -1, 1, false});
  out.features[0].low = 0;
  out.features[0].high = 100;
  out.features[1].low = 0;
  out.kind = model_kind::forest;
  out.seed = 7;
  out.program = "0.2.0";
  out.trained_readings = 1000;
  out.trained_machines = 5;
  out.held_out = {300, 2, 0.125, 0.75};
  out.trees = two_trees("0E0");
  return out;
}

} // namespace millwright::testing
