#include "runtime/health/health_scorer.hpp"

#include "runtime/settings/health_settings.hpp"
#include "tests/runtime/health/grown_model.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace health_scorer_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

/// A model whose only tree is a leaf: every score is this.
loaded_model model_that_says(const std::string& score) {
  auto model = model_of_two_trees();
  auto json = two_trees("0E0");
  const std::string leaf = "\"split_conditions\":[2.5E-1]";
  const auto first = json.find("{\"default_left\":[1"), second = json.find("{\"default_left\":[0]");
  json.replace(json.find(leaf), leaf.size(), "\"split_conditions\":[" + score + "]");
  json.erase(first, second - first);
  model.trees = json;
  return model_of(to_bytes(model), "leaf");
}

health_score score_of(const loaded_model& model, const health_input& input) {
  health_scorer scorer;
  return scorer.score(model, {}, {&input, 1})[0];
}

} // namespace

TEST_CASE("a score is a critical risk below 0.3, a warning below 0.6, and below 0.4 maintenance is recommended") {
  const auto judged = [](const std::string& score) { return score_of(model_that_says(score), {50, 0.9, 3, 2}); };
  CHECK(judged("2.9E-1").risk == risk_level::critical);
  CHECK(judged("2.9E-1").maintenance_recommended);
  CHECK(judged("3.1E-1").risk == risk_level::warning);
  CHECK(judged("3.9E-1").maintenance_recommended);
  CHECK_FALSE(judged("4.1E-1").maintenance_recommended);
  CHECK(judged("5.9E-1").risk == risk_level::warning);
  CHECK(judged("6.1E-1").risk == risk_level::normal);
  CHECK(name_of(judged("6.1E-1").risk) == "normal");
}

TEST_CASE("a score is within 0 and 1 whatever the trees sum to") {
  CHECK(score_of(model_that_says("-7E-1"), {50, 0.9, 3, 2}).score == 0);
  CHECK(score_of(model_that_says("1.5E0"), {50, 0.9, 3, 2}).score == 1);
}

TEST_CASE("what is outside of the trained ranges says so and is judged all the same") {
  const auto model = model_of(to_bytes(model_of_two_trees()), "two");
  CHECK_FALSE(score_of(model, {50, 0.9, 3, 2}).extrapolated);
  CHECK(score_of(model, {101, 0.9, 3, 2}).extrapolated);
  CHECK(score_of(model, {-0.5, 0.9, 3, 2}).extrapolated);
  // Its training never met a missing quality.
  CHECK(score_of(model, {50, absent, 3, 2}).extrapolated);
  CHECK(score_of(model, {101, 0.9, 3, 2}).score == doctest::Approx(0.45));
}

TEST_CASE("each score depends on its reading alone, not on the batch") {
  const auto model = model_of(to_bytes(model_of_two_trees()), "two");
  std::vector<health_input> inputs;
  for (int i = 0; i < 700; ++i)
    inputs.push_back(
        {i * 0.3, i % 5 ? i % 10 / 10.0 : absent, static_cast<uint8_t>(i % 24), static_cast<uint8_t>(1 + i % 7)});
  health_scorer scorer;
  const auto together = scorer.score(model, {}, inputs);
  REQUIRE(together.size() == inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto alone = score_of(model, inputs[i]);
    CHECK(together[i].score == alone.score);
    CHECK(together[i].risk == alone.risk);
    CHECK(together[i].extrapolated == alone.extrapolated);
  }
}

} // namespace health_scorer_test
