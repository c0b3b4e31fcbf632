#include "runtime/barrier/ledger_consumer.hpp"

#include "protocol/binary.hpp"
#include "protocol/result_catalogue.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace millwright {

namespace {

constexpr size_t block_bytes = result_blocks::block_bytes;
// A barrier is committed at the latest with the third commit after a transition behind it was told. Answers to what was
// dropped, or that come twice, are met by none.
constexpr uint64_t awaited = 8;

std::vector<uint32_t> in_slot_order(const std::vector<barrier_output::state_entry>& states) {
  std::vector<uint32_t> out(states.size());
  std::iota(out.begin(), out.end(), uint32_t{0});
  std::sort(out.begin(), out.end(), [&](uint32_t a, uint32_t b) { return states[a].slot < states[b].slot; });
  return out;
}

// A barrier is a commit: what is counted from one goes for the other. `number` is that of `now`.
uint64_t commit_of(uint64_t number, uint32_t now, uint32_t barrier) {
  return barrier == 0 ? 0 : number - (now - barrier);
}

bool is_newer(const transition_journaled& a, const transition_journaled& b) {
  return std::pair{a.telling, a.number} > std::pair{b.telling, b.number};
}

bool by_key(const state_record& a, const state_record& b) {
  return a.key < b.key;
}

// What is needed for that alone is gone before the ledger takes them. @param keys one behind the other.
std::vector<sensor_record> sensors_of(const barrier_output& output, uint64_t number, std::string& keys) {
  const auto order = in_slot_order(output.states);
  std::vector<uint32_t> lengths;
  lengths.reserve(order.size());
  for (const uint32_t each : order) {
    const size_t before = keys.size();
    append_ledger_key(keys, output.states[each].context->key);
    lengths.push_back(static_cast<uint32_t>(keys.size() - before));
  }
  std::vector<sensor_record> out;
  out.reserve(order.size());
  size_t begin = 0;
  for (size_t i = 0; i < order.size(); begin += lengths[i++]) {
    const auto& state = output.states[order[i]];
    out.push_back({std::string_view{keys}.substr(begin, lengths[i]), output.state_of(state),
                   commit_of(number, output.barrier, state.whole_at)});
  }
  // Slots of a recovered plant are in the order of the keys: those behind them are few.
  const auto new_ones = std::is_sorted_until(out.begin(), out.end(), by_key);
  std::sort(new_ones, out.end(), by_key);
  std::inplace_merge(out.begin(), new_ones, out.end(), by_key);
  return out;
}

} // namespace

ledger_consumer::ledger_consumer(ledger& to, const std::vector<sensor_type>& types, uint64_t number,
                                 const std::vector<alarm_transition>& kept)
    : to_{to}, types_{types}, number_{number}, done_{number} {
  for (const auto& transition : kept)
    kept_.try_emplace({transition.alarm, transition.number}, uint64_t{0});
}

// A router that is begun anew answers a second time for what it is told again.
void ledger_consumer::journaled(const transition_journaled& x) {
  std::lock_guard guard{mutex_};
  auto& known = answers_.try_emplace(key_of(x), answer{x, 0}).first->second;
  if (is_newer(x, known.newest))
    known.newest = x;
  known.since = done_;
}

void ledger_consumer::remember(std::string name, std::string value) {
  std::lock_guard guard{mutex_};
  remembered_.emplace_back(std::move(name), std::move(value));
}

void ledger_consumer::consume(const barrier_output& output) {
  // Committed already: what failed was behind that.
  if (committed_barrier_ == output.barrier)
    return;
  ledger_commit batch;
  batch.number = number_ + 1;
  batch.splits = output.split_states;
  batch.positions = output.positions;
  batch.forgotten = output.forgotten;

  std::string keys;
  keys.reserve(keys_bytes_);
  batch.sensors = sensors_of(output, batch.number, keys);
  keys_bytes_ = keys.size();

  // Their keys are sorted by their numbers, which are those of the recovered plant's keys and then as they came.
  batch.actors.reserve(output.above.states.size());
  for (const auto& each : output.above.states)
    batch.actors.push_back({each.key, each.bytes, commit_of(batch.number, output.barrier, each.whole_at)});
  std::sort(batch.actors.begin(), batch.actors.end(), by_key);
  batch.forgotten_actors = output.above.forgotten;

  batch.results = [&](const block_visitor& visit) { visit_results(output, visit); };

  if (beside_.barrier != output.barrier) {
    std::lock_guard guard{mutex_};
    beside_ = {output.barrier, {}, remembered_};
    for (const auto& [key, known] : answers_)
      beside_.journaled.emplace(key, known.newest);
  }
  const auto& journaled = beside_.journaled;
  batch.node = beside_.remembered;
  std::map<transition_key, uint64_t> added;
  // Answers of which nothing is left to come.
  std::vector<answer_key> met;
  const auto note_met = [&](const transition_journaled& x, uint32_t number) {
    if (x.number == number)
      met.push_back(key_of(x));
  };
  for (const auto& each : output.transitions) {
    const transition_key key{each.row.alarm, each.row.number};
    const auto answered = journaled.find({each.row.alarm, each.row.telling != 0});
    if (answered != journaled.end() && answered->second.covers(each.row.number, each.row.telling)) {
      note_met(answered->second, each.row.number);
      continue;
    }
    if (kept_.contains(key) || !added.emplace(key, each.row.telling).second)
      continue;
    std::string encoded;
    binary_writer writer{encoded};
    encode(writer, each.row);
    batch.transitions.push_back(std::move(encoded));
  }
  // What a new router is told from the ledger it is told without its telling.
  for (const auto& [of, x] : journaled)
    for (auto at = kept_.lower_bound({x.alarm, 0});
         at != kept_.end() && at->first.first == x.alarm && at->first.second <= x.number; ++at)
      if (x.telling == 0 || x.covers(at->first.second, at->second)) {
        batch.journaled.push_back(at->first);
        note_met(x, at->first.second);
      }

  batch.node.insert(batch.node.end(), output.node_entries.begin(), output.node_entries.end());

  output.visit_counters([&](const std::string& counter, const std::string& label, uint64_t n) {
    batch.counters.emplace_back(counter, label, n);
  });

  to_.commit(batch);

  ++number_;
  committed_barrier_ = output.barrier;
  kept_.insert(added.begin(), added.end());
  for (const auto& key : batch.journaled)
    kept_.erase(key);
  std::lock_guard guard{mutex_};
  done_ = number_;
  for (const auto& key : met)
    if (const auto at = answers_.find(key); at != answers_.end() && !is_newer(at->second.newest, journaled.at(key)))
      answers_.erase(at);
  // One that nobody has met yet is of a barrier to come; but not for ever.
  std::erase_if(answers_, [&](const auto& each) { return each.second.since + awaited < number_; });
  remembered_.erase(remembered_.begin(), remembered_.begin() + static_cast<std::ptrdiff_t>(beside_.remembered.size()));
}

// Lines of one kind, handed on block by block: there may be as many as readings.
class ledger_consumer::block_maker {
public:
  block_maker(result_kind kind, std::string& lines, const block_visitor& visit)
      : kind_{kind}, lines_{lines}, visit_{visit} {
    lines_.clear();
  }
  block_maker(const block_maker&) = delete;
  block_maker& operator=(const block_maker&) = delete;

  /// `append` adds the row to the text, without a line feed.
  template <class Append>
  void add(event_time at, Append append) {
    append(lines_);
    lines_ += '\n';
    block_.first = std::min(block_.first, at);
    block_.last = std::max(block_.last, at);
    ++block_.rows;
    if (lines_.size() >= block_bytes)
      close();
  }
  void close() {
    block_.kind = kind_;
    block_.lines = lines_;
    if (block_.rows > 0)
      visit_(block_);
    lines_.clear();
    block_ = empty;
  }

private:
  static constexpr result_block empty{{}, forever, never, 0, {}};

  result_kind kind_;
  std::string& lines_;
  const block_visitor& visit_;
  result_block block_ = empty;
};

template <class Rows, class Time, class Append>
void ledger_consumer::visit_rows(const block_visitor& visit, result_kind kind, const Rows& rows, Time time_of,
                                 Append append) {
  block_maker blocks{kind, lines_, visit};
  for (const auto& each : rows)
    blocks.add(time_of(each.row), [&](std::string& out) { append(out, each.row); });
  blocks.close();
}

void ledger_consumer::visit_results(const barrier_output& output, const block_visitor& visit) {
  const auto end_of = [](const auto& row) { return row.end; };
  const auto plain = [](std::string& out, const auto& row) { append_json(out, row); };
  visit_rows(visit, result_kind::statistics, output.statistics, end_of,
             [&](std::string& out, const statistics_row& row) { append_json(out, row, types_); });
  visit_rows(visit, result_kind::patterns, output.patterns, end_of, plain);
  visit_rows(visit, result_kind::averages, output.averages, end_of, plain);
  visit_rows(
      visit, result_kind::anomalies, output.anomalies, [](const anomaly_row& row) { return row.time; }, plain);
  visit_rows(
      visit, result_kind::scores, output.scores, [](const score_row& row) { return row.time; }, plain);
  visit_rows(
      visit, result_kind::alarms, output.transitions, [](const alarm_transition& row) { return row.at; }, plain);
  // A program without models may know no such kind.
  if (!output.to_score.scores.empty()) {
    block_maker healths{kind_of(health_schema()), lines_, visit};
    for (const auto& each : output.to_score.scores)
      healths.add(each.of->time, [&](std::string& out) { append_json(out, each); });
    healths.close();
  }
  for (const auto& block : output.dead_letters.all())
    visit({result_kind::dead_letters, block.first, block.last, block.rows, block.lines});
  std::optional<block_maker> blocks;
  const row_schema* of = nullptr;
  output.hosted.visit([&](const row_schema& schema, event_time at, std::string_view json) {
    if (std::exchange(of, &schema) != &schema) {
      if (blocks)
        blocks->close();
      blocks.emplace(kind_of(schema), lines_, visit);
    }
    blocks->add(at, [&](std::string& out) { out += json; });
  });
  if (blocks)
    blocks->close();
}

} // namespace millwright
