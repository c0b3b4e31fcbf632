#include "runtime/health/training/booster.hpp"

#include <xgboost/c_api.h>

#include <dlfcn.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace millwright {

namespace {

void check(int result) {
  if (result != 0)
    throw std::runtime_error{std::string{"XGBoost: "} + XGBGetLastError()};
}

// Threads of OpenMP that wait would take the processor from whoever works; and one thread sums in one order.
void one_thread() {
  // By name: it is XGBoost that brings OpenMP along, and not every compiler has its header.
  static const auto set_threads = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  static const bool done = set_threads && (set_threads(1), true);
  static_cast<void>(done);
}

void set(BoosterHandle handle, const char* name, const std::string& value) {
  check(XGBoosterSetParam(handle, name, value.c_str()));
}

std::string text_of(double x) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.9g", x);
  return text.data();
}

struct free_matrix {
  void operator()(void* handle) const { XGDMatrixFree(handle); }
};

BoosterHandle fresh(std::span<const DMatrixHandle> known) {
  one_thread();
  BoosterHandle handle = nullptr;
  check(XGBoosterCreate(known.data(), known.size(), &handle));
  return handle;
}

} // namespace

booster booster::train(const training_rows& rows, const growth& how) {
  one_thread();
  DMatrixHandle matrix = nullptr;
  check(XGDMatrixCreateFromMat(rows.values.data(), rows.size(), rows.features, std::numeric_limits<float>::quiet_NaN(),
                               &matrix));
  const std::unique_ptr<void, free_matrix> owned{matrix};
  check(XGDMatrixSetFloatInfo(matrix, "label", rows.labels.data(), rows.size()));
  booster out{fresh({&matrix, 1})};
  const bool forest = how.kind == model_kind::forest;
  const double mean = std::accumulate(rows.labels.begin(), rows.labels.end(), 0.0) / static_cast<double>(rows.size());
  set(out.handle_, "booster", "gbtree");
  set(out.handle_, "objective", "reg:squarederror");
  set(out.handle_, "base_score", text_of(mean));
  set(out.handle_, "tree_method", "hist");
  set(out.handle_, "nthread", "1");
  set(out.handle_, "verbosity", "0");
  set(out.handle_, "seed", std::to_string(how.seed));
  set(out.handle_, "max_depth", std::to_string(how.depth));
  set(out.handle_, "min_child_weight", "10");
  set(out.handle_, "subsample", forest ? "0.632" : "0.8");
  if (forest) {
    set(out.handle_, "num_parallel_tree", std::to_string(how.trees));
    set(out.handle_, "colsample_bynode", "0.7");
    set(out.handle_, "learning_rate", "1");
  } else {
    set(out.handle_, "learning_rate", "0.1");
  }
  for (int round = 0; round < (forest ? 1 : how.trees); ++round)
    check(XGBoosterUpdateOneIter(out.handle_, round, matrix));
  return out;
}

booster booster::load(std::string_view json) {
  booster out{fresh({})};
  check(XGBoosterLoadModelFromBuffer(out.handle_, json.data(), json.size()));
  set(out.handle_, "nthread", "1");
  return out;
}

booster::booster(booster&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}

booster& booster::operator=(booster&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

booster::~booster() {
  if (handle_)
    XGBoosterFree(handle_);
}

std::string booster::save() const {
  bst_ulong size = 0;
  const char* data = nullptr;
  check(XGBoosterSaveModelToBuffer(handle_, R"({"format":"json"})", &size, &data));
  return {data, size};
}

std::vector<float> booster::predict(std::span<const float> rows, size_t features) const {
  const size_t count = rows.size() / features;
  if (count == 0)
    return {};
  const std::string values = R"({"data":[)" + std::to_string(reinterpret_cast<uintptr_t>(rows.data())) +
                             R"(,true],"shape":[)" + std::to_string(count) + "," + std::to_string(features) +
                             R"(],"typestr":"<f4","version":3})";
  // cache_id: it is asked for, whatever the documentation says.
  constexpr const char* how = R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,)"
                              R"("strict_shape":false,"cache_id":0,"missing":NaN})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* result = nullptr;
  check(XGBoosterPredictFromDense(handle_, values.c_str(), how, nullptr, &shape, &dimensions, &result));
  return {result, result + count};
}

std::vector<double> booster::importance(size_t features) const {
  bst_ulong count = 0, dimensions = 0;
  const char** names = nullptr;
  const bst_ulong* shape = nullptr;
  const float* scores = nullptr;
  check(XGBoosterFeatureScore(handle_, R"({"importance_type":"total_gain"})", &count, &names, &dimensions, &shape,
                              &scores));
  std::vector<double> out(features, 0);
  double sum = 0;
  for (bst_ulong i = 0; i < count; ++i) {
    // "f3"; a feature that no split asks is not among them.
    const auto which = std::stoul(names[i] + 1);
    if (which < features)
      out[which] = static_cast<double>(scores[i]);
    sum += static_cast<double>(scores[i]);
  }
  for (auto& each : out)
    each = sum > 0 ? each / sum : 0;
  return out;
}

} // namespace millwright
