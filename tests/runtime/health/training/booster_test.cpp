#include "runtime/health/training/booster.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>

namespace booster_test {

using namespace millwright;

namespace {

constexpr size_t width = 6;
constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// Rows of six features, one in ten of the second missing; the label falls with the first and rises with the second.
training_rows random_rows(size_t count, uint64_t seed) {
  std::mt19937_64 random{seed};
  std::uniform_real_distribution<float> uniform{0, 1};
  training_rows out{width, {}, {}};
  for (size_t i = 0; i < count; ++i) {
    const float value = 10 * uniform(random), quality = uniform(random);
    const bool lacking = uniform(random) < 0.1f;
    out.values.insert(out.values.end(), {value, lacking ? missing : quality, uniform(random), uniform(random),
                                         uniform(random), uniform(random)});
    out.labels.push_back(0.8f - 0.06f * value + 0.2f * quality + 0.02f * uniform(random));
  }
  return out;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

} // namespace

TEST_CASE("the same rows and seed give the same trees, another seed gives others") {
  const auto rows = random_rows(5000, 1);
  for (const auto kind : {model_kind::boosted, model_kind::forest}) {
    const growth how{kind, 1, 20, 4};
    const auto first = booster::train(rows, how).save();
    CHECK(first == booster::train(rows, how).save());
    auto other = how;
    other.seed = 2;
    CHECK(first != booster::train(rows, other).save());
  }
}

TEST_CASE("our trees judge every row as XGBoost does, bit for bit") {
  const auto rows = random_rows(4000, 2);
  for (const auto kind : {model_kind::boosted, model_kind::forest})
    for (const int depth : {1, 6, 10}) {
      const auto grown = booster::train(rows, {kind, 3, 50, depth});
      const auto ours = tree_ensemble::from_xgboost(grown.save());
      CHECK(ours.features() == width);
      CHECK(ours.trees() == 50);
      // Rows as they were trained, others, all missing, and far outside.
      auto asked = rows.values;
      const auto more = random_rows(3001, 4).values;
      asked.insert(asked.end(), more.begin(), more.end());
      asked.insert(asked.end(), width, missing);
      asked.insert(asked.end(), width, std::numeric_limits<float>::max());
      asked.insert(asked.end(), width, -std::numeric_limits<float>::max());
      // And each on a threshold: what is equal goes right.
      for (size_t i = 0; i < 500 * width; ++i)
        asked.push_back(rows.values[(i * 7919) % rows.values.size()]);
      std::vector<float> out(asked.size() / width);
      ours.predict(asked.data(), out.size(), out.data());
      CHECK(same_bits(out, grown.predict(asked, width)));
    }
}

TEST_CASE("a model that was saved and loaded judges alike") {
  const auto rows = random_rows(2000, 5);
  const auto grown = booster::train(rows, {model_kind::boosted, 1, 30, 5});
  CHECK(same_bits(booster::load(grown.save()).predict(rows.values, width), grown.predict(rows.values, width)));
}

TEST_CASE("what matters is what the label follows, and the shares sum to 1") {
  const auto shares = booster::train(random_rows(5000, 6), {model_kind::boosted, 1, 50, 4}).importance(width);
  REQUIRE(shares.size() == width);
  CHECK(shares[0] > 0.5);
  CHECK(shares[1] > shares[2]);
  double sum = 0;
  for (const double each : shares)
    sum += each;
  CHECK(sum == doctest::Approx(1));
}

TEST_CASE("what XGBoost refuses is told in its words") {
  CHECK_THROWS_WITH_AS(booster::load("{}"), doctest::Contains("XGBoost: "), std::runtime_error);
}

} // namespace booster_test
