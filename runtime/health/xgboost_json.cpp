#include "runtime/health/tree_ensemble.hpp"

#include <rapidjson/document.h>

#include <charconv>
#include <limits>
#include <stdexcept>
#include <string>

namespace millwright {

namespace {

// Numbers stay text: each is read once, as what it is.
constexpr unsigned json_flags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;

[[noreturn]] void wrong(const std::string& what) {
  throw std::invalid_argument{what};
}

const rapidjson::Value& member(const rapidjson::Value& of, const char* name) {
  if (of.IsObject())
    if (const auto found = of.FindMember(name); found != of.MemberEnd())
      return found->value;
  wrong(std::string{"there is no \""} + name + '"');
}

template <class T>
T number(const rapidjson::Value& from, const char* name) {
  T out{};
  if (!from.IsString())
    wrong(std::string{"\""} + name + "\" is no number");
  const char* begin = from.GetString();
  const char* end = begin + from.GetStringLength();
  // Newer ones write it as a list of one.
  if (begin != end && *begin == '[' && end[-1] == ']') {
    ++begin;
    --end;
  }
  const auto read = std::from_chars(begin, end, out);
  if (read.ec != std::errc{} || read.ptr != end)
    wrong(std::string{"\""} + name + "\" is no number");
  return out;
}

bool truth(const rapidjson::Value& from, const char* name) {
  return from.IsBool() ? from.GetBool() : number<int>(from, name) != 0;
}

} // namespace

/// Reads the trees one by one and lays each out breadth first.
class tree_reader {
public:
  explicit tree_reader(tree_ensemble& out) : out_{out} {}

  void read(const rapidjson::Value& learner) {
    const auto& parameters = member(learner, "learner_model_param");
    out_.features_ = number<uint32_t>(member(parameters, "num_feature"), "num_feature");
    out_.base_ = number<float>(member(parameters, "base_score"), "base_score");
    if (out_.features_ == 0 || out_.features_ > 255)
      wrong("1 to 255 features expected");
    const auto& objective = member(member(learner, "objective"), "name");
    if (!objective.IsString() || std::string_view{objective.GetString()} != "reg:squarederror")
      wrong("it was not trained for squared error");
    const auto& booster = member(learner, "gradient_booster");
    const auto& name = member(booster, "name");
    if (!name.IsString() || std::string_view{name.GetString()} != "gbtree")
      wrong("it is not made of trees");
    const auto& trees = member(member(booster, "model"), "trees");
    if (!trees.IsArray() || trees.Empty())
      wrong("it has no trees");
    for (const auto& each : trees.GetArray())
      read_tree(each);
  }

private:
  struct place {
    uint32_t original;
    uint32_t depth;
  };

  static const rapidjson::Value& list(const rapidjson::Value& tree, const char* name, size_t size) {
    const auto& found = member(tree, name);
    if (!found.IsArray() || (size != 0 && found.Size() != size))
      wrong(std::string{"\""} + name + "\" is no list of a number a node");
    return found;
  }

  void read_tree(const rapidjson::Value& tree) {
    const auto& lefts = list(tree, "left_children", 0);
    const size_t size = lefts.Size();
    if (size == 0 || size >= (1u << 23))
      wrong("a tree has no nodes, or too many");
    const auto& rights = list(tree, "right_children", size);
    const auto& conditions = list(tree, "split_conditions", size);
    const auto& features = list(tree, "split_indices", size);
    const auto& missing = list(tree, "default_left", size);

    const auto begin = static_cast<uint32_t>(out_.nodes_.size());
    out_.nodes_.resize(begin + size);
    out_.values_.resize(begin + size);
    // A node's index in our order is its place here. What was pruned is in none.
    std::vector<place> order{{0, 0}};
    order.reserve(size);
    uint32_t deepest = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      const auto [original, depth] = order[i];
      auto& node = out_.nodes_[begin + i];
      const auto left = number<int64_t>(lefts[original], "left_children");
      const auto right = number<int64_t>(rights[original], "right_children");
      const auto condition = number<float>(conditions[original], "split_conditions");
      deepest = std::max(deepest, depth);
      if (left == -1 && right == -1) {
        node = {std::numeric_limits<float>::infinity(), static_cast<uint32_t>(i) & 0x7fffff, 0, 1};
        out_.values_[begin + i] = condition;
        continue;
      }
      const auto feature = number<uint32_t>(features[original], "split_indices");
      const auto most = static_cast<int64_t>(size);
      if (left <= 0 || right <= 0 || left >= most || right >= most || feature >= out_.features_ ||
          order.size() + 2 > size)
        wrong("a tree is no tree");
      node = {condition, static_cast<uint32_t>(order.size()) & 0x7fffff, feature & 0xff,
              truth(missing[original], "default_left")};
      order.push_back({static_cast<uint32_t>(left), depth + 1});
      order.push_back({static_cast<uint32_t>(right), depth + 1});
    }
    out_.nodes_.resize(begin + order.size());
    out_.values_.resize(begin + order.size());
    out_.trees_.push_back({begin, deepest});
  }

  tree_ensemble& out_;
};

tree_ensemble tree_ensemble::from_xgboost(std::string_view json) {
  rapidjson::Document document;
  if (document.Parse<json_flags>(json.data(), json.size()).HasParseError())
    wrong("it is no JSON");
  tree_ensemble out;
  tree_reader{out}.read(member(document, "learner"));
  return out;
}

} // namespace millwright
