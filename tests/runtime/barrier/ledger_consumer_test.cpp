#include "runtime/barrier/ledger_consumer.hpp"

#include "actors/kit/hosted_output.hpp"
#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/ledger/memory_ledger.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace ledger_consumer_test {

using namespace millwright;

namespace {

template <int Which>
struct meter_row {
  static constexpr row_column fields[] = {{"reading", row_column::value::integer}};
  static constexpr row_schema schema{Which == 0 ? "energy" : "heat", 1, fields};

  int64_t reading;
};

template <int Which>
event_time time_of(const meter_row<Which>& row) {
  return from_epoch_ms(row.reading);
}

template <int Which>
void append_json(std::string& out, const meter_row<Which>& row) {
  json_object{out}.integer("reading", row.reading).close();
}

struct stored {
  std::string lines;
  uint32_t rows = 0, blocks = 0;
  event_time first = forever, last = never;
};

stored read_all(ledger& from, result_kind kind) {
  stored out;
  from.read_results(kind, {}, ~size_t{0}, [&](auto, const result_block& block) {
    out.lines += block.lines;
    out.rows += block.rows;
    ++out.blocks;
    out.first = std::min(out.first, block.first);
    out.last = std::max(out.last, block.last);
  });
  return out;
}

// A disk that fails behind a commit: that is there all the same, and another try of it changes nothing, as in LMDB's.
class landing_ledger final : public memory_ledger {
public:
  void commit(const ledger_commit& batch) override {
    if (batch.number != landed_)
      memory_ledger::commit(batch);
    if (std::exchange(fails, false)) {
      landed_ = batch.number;
      throw failure{failure_code::ledger_unwritable, "the ledger", "Input/output error"};
    }
  }
  bool fails = false;

private:
  uint64_t landed_ = 0;
};

} // namespace

TEST_CASE("what comes between a commit that failed but is there and its next try is in the commit behind it") {
  collector barriers{[](const alarm_transition&) {}};
  barriers.start(1);
  alarm_transition told;
  told.number = 1;
  barriers.cut({}, [&](barrier_output& output) { output.transitions.push_back({told, 0, 0}); });
  landing_ledger kept;
  const std::vector<sensor_type> types;
  ledger_consumer consumer{kept, types, 0, {}};

  kept.fails = true;
  const auto output = barriers.next();
  CHECK_THROWS_AS(consumer.consume(*output), failure);
  consumer.journaled({told.alarm, told.number});
  consumer.remember("light", "on");
  consumer.consume(*output);
  CHECK(kept.load().transitions.size() == 1);
  barriers.committed(output->barrier, {});

  barriers.cut({}, [](barrier_output&) {});
  consumer.consume(*barriers.next());
  CHECK(kept.load().transitions.empty());
  CHECK(kept.load().node.contains("light"));
}

namespace {

struct kept_transitions {
  kept_transitions() { barriers.start(1); }

  /// How many the ledger keeps behind a barrier of these.
  size_t commit(const std::vector<alarm_transition>& decided) {
    barriers.cut({}, [&](barrier_output& output) {
      for (const auto& each : decided)
        output.transitions.push_back({each, 0, 0});
    });
    const auto output = barriers.next();
    consumer.consume(*output);
    barriers.committed(output->barrier, {});
    return to.load().transitions.size();
  }
  void journaled(const alarm_transition& x) { consumer.journaled({x.alarm, x.number, x.telling}); }

  collector barriers{[](const alarm_transition&) {}};
  memory_ledger to;
  std::vector<sensor_type> types;
  ledger_consumer consumer{to, types, 0, {}};
};

alarm_transition told(uint32_t number, uint64_t telling) {
  alarm_transition out;
  out.number = number;
  out.telling = telling;
  return out;
}

} // namespace

TEST_CASE("that a dropped transition is in the journal says nothing of what a successor decides under its number") {
  for (const bool answered_before : {true, false})
    for (const int commits_between : {0, 10, 100}) {
      CAPTURE(answered_before);
      CAPTURE(commits_between);
      kept_transitions ledger;
      const auto dropped = told(2, 1), other = told(2, 2);
      if (answered_before)
        ledger.journaled(dropped);
      for (int i = 0; i < commits_between; ++i)
        CHECK(ledger.commit({}) == 0);
      if (!answered_before)
        ledger.journaled(dropped);
      CHECK(ledger.commit({other}) == 1);
      ledger.journaled(dropped);
      CHECK(ledger.commit({}) == 1);
      ledger.journaled(other);
      CHECK(ledger.commit({}) == 0);
    }
}

TEST_CASE("of what was told under one number only the answer to the last counts, before its commit or behind it") {
  kept_transitions ledger;
  for (uint64_t telling = 1; telling <= 2; ++telling)
    ledger.journaled(told(2, telling));
  CHECK(ledger.commit({told(2, 3)}) == 1);
  ledger.journaled(told(2, 3));
  CHECK(ledger.commit({}) == 0);
  for (uint64_t telling = 4; telling <= 5; ++telling)
    ledger.journaled(told(3, telling));
  CHECK(ledger.commit({told(3, 5)}) == 0);
}

TEST_CASE("what a new router was told from the ledger is answered, whatever its telling was and was answered before") {
  kept_transitions ledger;
  CHECK(ledger.commit({told(1, 0)}) == 1);
  ledger.journaled(told(2, 7));
  CHECK(ledger.commit({told(2, 8), told(3, 9)}) == 3);
  for (const uint32_t number : {1, 2, 3})
    ledger.journaled(told(number, 0));
  CHECK(ledger.commit({told(4, 10)}) == 1);
  // What is committed first and told then.
  CHECK(ledger.commit({told(5, 0)}) == 2);
  ledger.journaled(told(4, 10));
  CHECK(ledger.commit({}) == 1);
  ledger.journaled(told(5, 0));
  CHECK(ledger.commit({}) == 0);
}

TEST_CASE("an answer is of what was told of its alarm before, and of nothing behind it") {
  kept_transitions ledger;
  CHECK(ledger.commit({told(1, 1), told(2, 2), told(3, 3)}) == 3);
  ledger.journaled(told(2, 2));
  CHECK(ledger.commit({}) == 1);
  ledger.journaled(told(5, 5));
  CHECK(ledger.commit({told(4, 4)}) == 0);
  CHECK(ledger.commit({told(5, 5), told(6, 6)}) == 1);
}

TEST_CASE("rows of declared kinds are committed with their barrier, each kind in blocks of its own, in their order") {
  const auto energy = declare_result_kind(meter_row<0>::schema), heat = declare_result_kind(meter_row<1>::schema);
  collector barriers{[](const alarm_transition&) {}};
  barriers.start(1);
  hosted_output emitted;
  emitted.row(meter_row<0>{30});
  emitted.row(meter_row<1>{10});
  emitted.row(meter_row<0>{20});
  barriers.cut({}, [&](barrier_output& output) { output.hosted = emitted.rows; });

  memory_ledger kept;
  const std::vector<sensor_type> types;
  ledger_consumer consumer{kept, types, 0, {}};
  consumer.consume(*barriers.next());

  const auto first = read_all(kept, energy), second = read_all(kept, heat);
  CHECK(first.lines == "{\"reading\":30}\n{\"reading\":20}\n");
  CHECK(first.rows == 2);
  CHECK(first.blocks == 1);
  CHECK(first.first == from_epoch_ms(20));
  CHECK(first.last == from_epoch_ms(30));
  CHECK(second.lines == "{\"reading\":10}\n");
  CHECK(read_all(kept, result_kind::statistics).rows == 0);
}

} // namespace ledger_consumer_test
