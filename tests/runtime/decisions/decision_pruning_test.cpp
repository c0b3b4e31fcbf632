#include "runtime/decisions/decision_pruning.hpp"

#include "runtime/decisions/journal_decisions.hpp"
#include "runtime/journal/memory_journal.hpp"

#include <doctest/doctest.h>

namespace decision_pruning_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct bench {
  memory_journal kept;
  journal_decisions decisions{kept};
  decision_pruning::time_point now{1h};

  /// Version `number` holds from these positions on.
  void change(uint64_t number, uint64_t in_a, uint64_t in_b) {
    decisions.append(whole_plant, {decision::kind::metadata, number, "content"});
    decisions.append("a", {decision::kind::metadata, in_a, std::to_string(number)});
    decisions.append("b", {decision::kind::metadata, in_b, std::to_string(number)});
  }
  std::vector<uint64_t> versions() {
    std::vector<uint64_t> out;
    for (const auto& each : kept.decisions(whole_plant, 0))
      out.push_back(each.position);
    return out;
  }
};

} // namespace

TEST_CASE("versions of metadata go when no split needs them, while the node runs") {
  bench b;
  b.change(1, 0, 0);
  decision_pruning pruning{b.decisions, {}, 60s};
  pruning.found("a", 0);
  pruning.found("b", 0);
  for (uint64_t number = 2; number <= 5; ++number)
    b.change(number, number * 100, number * 1000);
  pruning.committed({{"a", 450}, {"b", 2500}}, b.now);
  // a is behind its fourth change, b behind its second.
  CHECK(pruning.oldest_version() == 2);
  CHECK(b.versions() == std::vector<uint64_t>{2, 3, 4, 5});
  CHECK(b.kept.decisions("a", 0).size() == 2);
  CHECK(b.kept.decisions("b", 0).size() == 4);

  // Not before it is time.
  pruning.committed({{"b", 9000}}, b.now + 59s);
  CHECK(b.versions().size() == 4);
  pruning.committed({}, b.now + 60s);
  CHECK(b.versions() == std::vector<uint64_t>{4, 5});
  CHECK(b.kept.decisions("b", 0).size() == 1);
}

TEST_CASE("a split that the source no longer has keeps the version that it would go on with") {
  bench b;
  b.change(1, 0, 0);
  b.change(2, 100, 100);
  b.change(3, 200, 200);
  decision_pruning pruning{b.decisions, {{"a", 150}, {"b", 150}}, 60s};
  pruning.found("a", 150);
  pruning.committed({{"a", 5000}}, b.now);
  CHECK(b.versions() == std::vector<uint64_t>{2, 3});
}

TEST_CASE("where something is silent or awake only the newest stays") {
  bench b;
  b.change(1, 0, 0);
  decision_pruning pruning{b.decisions, {{"a", 0}, {"b", 0}}, 0s};
  for (uint64_t i = 0; i < 100; ++i) {
    b.decisions.append("a", {i % 2 == 0 ? decision::kind::silent : decision::kind::awake, i * 10, {}});
    pruning.committed({{"a", i * 10 + 1}}, b.now);
  }
  CHECK(b.kept.decisions("a", 0).size() == 2);
}

} // namespace decision_pruning_test
