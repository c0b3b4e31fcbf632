#include "runtime/health/tree_ensemble.hpp"
#include "tests/runtime/health/grown_model.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <vector>

namespace tree_ensemble_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

float predicted(const tree_ensemble& trees, float value, float quality) {
  const std::vector<float> row{value, quality, 0, 1, 0, 1};
  float out = 0;
  trees.predict(row.data(), 1, &out);
  return out;
}

/// What is wrong with these trees.
std::string refused(std::string json, const std::string& from, const std::string& to) {
  const auto at = json.find(from);
  REQUIRE(at != json.npos);
  json.replace(at, from.size(), to);
  try {
    tree_ensemble::from_xgboost(json);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "taken";
}

} // namespace

TEST_CASE("a row goes left below a threshold, and a missing number where the tree sends it") {
  const auto trees = tree_ensemble::from_xgboost(two_trees());
  CHECK(trees.features() == 6);
  CHECK(trees.trees() == 2);
  CHECK(predicted(trees, 9.99f, 0) == 0.5f + 0.4f + 0.25f);
  CHECK(predicted(trees, 10, 0.4f) == 0.5f + -0.1f + 0.25f);
  CHECK(predicted(trees, 10, 0.5f) == 0.5f + 0.2f + 0.25f);
  CHECK(predicted(trees, 10, missing) == 0.5f + 0.2f + 0.25f);
  CHECK(predicted(trees, missing, 0) == 0.5f + 0.4f + 0.25f);
}

TEST_CASE("rows are judged alike alone and in batches of any size") {
  const auto trees = tree_ensemble::from_xgboost(two_trees());
  std::vector<float> rows, alone;
  for (int i = 0; i < 1000; ++i) {
    const float value = static_cast<float>(i % 20), quality = i % 7 == 0 ? missing : static_cast<float>(i % 11) / 10;
    rows.insert(rows.end(), {value, quality, 0, 1, 0, 1});
    alone.push_back(predicted(trees, value, quality));
  }
  for (const size_t size : {1, 7, 8, 9, 255, 256, 257, 1000}) {
    std::vector<float> out(size);
    trees.predict(rows.data(), size, out.data());
    CHECK(out == std::vector<float>(alone.begin(), alone.begin() + static_cast<ptrdiff_t>(size)));
  }
}

TEST_CASE("what is no forest of trees is refused with what is wrong") {
  const auto json = two_trees();
  CHECK(refused(json, "{\"learner", "[") == "it is no JSON");
  CHECK(refused(json, "\"learner\"", "\"teacher\"") == "there is no \"learner\"");
  CHECK(refused(json, "reg:squarederror", "reg:logistic") == "it was not trained for squared error");
  CHECK(refused(json, "\"name\":\"gbtree\"", "\"name\":\"gblinear\"") == "it is not made of trees");
  CHECK(refused(json, "\"num_feature\":\"6\"", "\"num_feature\":\"0\"") == "1 to 255 features expected");
  CHECK(refused(json, "\"split_indices\":[0,0,1,0,0]", "\"split_indices\":[0,0,6,0,0]") == "a tree is no tree");
  CHECK(refused(json, "\"split_indices\":[0,0,1,0,0]", "\"split_indices\":[0,0,1,0]") ==
        "\"split_indices\" is no list of a number a node");
  CHECK(refused(json, "1E1", "\"x\"") == "\"split_conditions\" is no number");
  // Two parents, a child that is its own parent, a child outside.
  CHECK(refused(json, "\"left_children\":[1,-1,3,-1,-1]", "\"left_children\":[1,-1,2,-1,-1]") == "a tree is no tree");
  CHECK(refused(json, "\"left_children\":[1,-1,3,-1,-1]", "\"left_children\":[1,-1,5,-1,-1]") == "a tree is no tree");
  CHECK(refused(json, "\"right_children\":[2,-1,4,-1,-1]", "\"right_children\":[0,-1,4,-1,-1]") == "a tree is no tree");
  CHECK(refused(json, "\"right_children\":[2,-1,4,-1,-1]", "\"right_children\":[-1,-1,4,-1,-1]") ==
        "a tree is no tree");
}

} // namespace tree_ensemble_test
