#include "runtime/barrier/collector.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace millwright {

namespace {

// Most of what a barrier took is of more use to its commit, or to the system.
constexpr size_t free_blocks_most = 4;
void require_sound_block(const barrier_output::block& x) {
  if (x.on_disk && !x.on_disk.sound())
    throw std::runtime_error{"the disk has not kept the states that wait for their commit; the last commit is sound"};
}

// Sensors answer meanwhile: they never wait for all of a plant.
constexpr size_t note_slice = 1024;

template <class Row>
void move_rows(std::vector<Row>& from, row_list<emitted<Row>>& to, uint32_t slot, uint32_t incarnation) {
  for (auto& row : from)
    to.push_back({std::move(row), slot, incarnation});
}

void sum_into(sensor_counters& sum, const sensor_counters& part) {
  sum.accepted += part.accepted;
  sum.duplicate += part.duplicate;
  sum.conflict += part.conflict;
  sum.late_statistics += part.late_statistics;
  sum.late_patterns += part.late_patterns;
  sum.late_averages += part.late_averages;
  sum.unknown_type += part.unknown_type;
  sum.quality_out_of_range += part.quality_out_of_range;
}

} // namespace

void barrier_output::visit_counters(
    const std::function<void(const std::string&, const std::string&, uint64_t)>& visit) const {
  const auto& n = counters_of_sensors;
  const std::tuple<const char*, const char*, uint64_t> of_sensors[] = {
      {"accepted", "", n.accepted},          {"duplicate", "", n.duplicate},
      {"conflict", "", n.conflict},          {"late", "statistics", n.late_statistics},
      {"late", "patterns", n.late_patterns}, {"late", "averages", n.late_averages},
      {"unknown-type", "", n.unknown_type},  {"quality-out-of-range", "", n.quality_out_of_range},
  };
  for (const auto& [counter, label, count] : of_sensors)
    if (count != 0)
      visit(counter, label, count);
  for (const auto& [name, count] : counters)
    visit(name.first, name.second, count);
}

void barrier_output::require_sound() const {
  std::for_each(blocks.begin(), blocks.end(), require_sound_block);
}

void barrier_output::drop_dead_emissions() {
  if (restarted.empty())
    return;
  std::unordered_map<uint32_t, uint32_t> living;
  for (const auto& state : states)
    if (restarted.contains(state.slot))
      living[state.slot] = state.incarnation;
  const auto drop = [&](auto& rows) {
    rows.drop_if([&](const auto& each) {
      if (!restarted.contains(each.slot))
        return false;
      const auto it = living.find(each.slot);
      return it == living.end() || it->second != each.incarnation;
    });
  };
  drop(statistics);
  drop(patterns);
  drop(averages);
  drop(anomalies);
  drop(scores);
  drop(transitions);
}

barrier_output* collector::find(uint32_t barrier) const {
  if (open_.empty())
    return nullptr;
  const uint32_t first = open_.front()->barrier;
  if (barrier < first || barrier - first >= open_.size())
    return nullptr;
  return open_[barrier - first].get();
}

void collector::emit(uint32_t slot, uint32_t incarnation, uint32_t barrier, int64_t taken_ns, sensor_output& out) {
  for (auto& transition : out.transitions) {
    transition.taken_ns = taken_ns;
    transition.commit = commit_of(barrier);
    transition.telling = tellings_.fetch_add(1, std::memory_order_relaxed) + 1;
    urgent_(transition);
  }
  {
    std::lock_guard guard{mutex_};
    if (auto* output = find(barrier)) {
      move_rows(out.statistics, output->statistics, slot, incarnation);
      move_rows(out.patterns, output->patterns, slot, incarnation);
      move_rows(out.averages, output->averages, slot, incarnation);
      move_rows(out.anomalies, output->anomalies, slot, incarnation);
      move_rows(out.scores, output->scores, slot, incarnation);
      move_rows(out.transitions, output->transitions, slot, incarnation);
    }
  }
  out.clear();
}

void collector::note_wait(int64_t taken_ns) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto waited = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() - taken_ns;
  waits_.note(static_cast<double>(waited) / 1e6);
}

bool collector::snapshot(uint32_t slot, uint32_t incarnation, uint32_t barrier, uint32_t whole_at,
                         std::string_view state, const sensor_counters& counters, bool idle) {
  std::lock_guard guard{mutex_};
  if (book_.answered(slot, incarnation, barrier) != answer_book::verdict::take)
    return false;
  idle_[slot] = idle;
  auto& output = *find(barrier);
  answer_index_[slot] = static_cast<uint32_t>(output.states.size());
  if (whole_at == 0)
    whole_index_[slot] = answer_index_[slot];
  std::memcpy(room_for(output, state.size()), state.data(), state.size());
  const auto block = static_cast<uint32_t>(output.blocks.size() - 1);
  const auto at = static_cast<uint32_t>(output.blocks.back().used - state.size());
  output.state_bytes += state.size();
  output.states.push_back(
      {slot, incarnation, static_cast<uint32_t>(state.size()), whole_at, block, at, contexts_[slot]});
  sum_into(output.counters_of_sensors, counters);
  tell_complete();
  return true;
}

char* collector::room_for(barrier_output& output, size_t length) {
  auto& blocks = output.blocks;
  if (blocks.empty() || blocks.back().used + length > block_bytes())
    begin_block(output, std::max(length, block_bytes()));
  auto& into = blocks.back();
  char* const at = into.memory.get() + into.used;
  into.used += length;
  return at;
}

void collector::begin_block(barrier_output& output, size_t bytes) {
  std::unique_ptr<char[]> memory;
  if (bytes == block_bytes() && !free_blocks_.empty()) {
    memory = std::move(free_blocks_.back());
    free_blocks_.pop_back();
  } else {
    memory = std::make_unique_for_overwrite<char[]>(bytes);
  }
  output.blocks.emplace_back().memory = std::move(memory);
  if (presses_on_disk())
    ready_.notify_all();
}

void collector::keep_free(std::unique_ptr<char[]> memory) {
  if (free_blocks_.size() < free_blocks_most)
    free_blocks_.push_back(std::move(memory));
}

// The newest block of a barrier is never full.
bool collector::presses_on_disk() const {
  if (!spool_ || spool_full_)
    return false;
  size_t full = 0;
  for (const auto& each : open_)
    full += std::max<size_t>(each->blocks.size(), 1) - 1 - each->settled_blocks;
  return full > spool_->limits_given().in_memory;
}

void collector::carry_to_disk(std::unique_lock<std::mutex>& guard) {
  const auto unsettled = [](const auto& each) { return each->settled_blocks + 1 < each->blocks.size(); };
  auto& output = **std::find_if(open_.begin(), open_.end(), unsettled);
  const size_t which = output.settled_blocks;
  const std::string_view content{output.blocks[which].memory.get(), output.blocks[which].used};
  if (content.size() > block_bytes()) {
    ++output.settled_blocks;
    return;
  }
  // Nobody writes into it any more, and nobody but this thread takes its barrier away.
  guard.unlock();
  auto kept = spool_->keep(content);
  guard.lock();
  spool_full_ = !kept;
  if (!kept)
    return;
  auto& block = output.blocks[which];
  block.on_disk = std::move(*kept);
  keep_free(std::move(block.memory));
  block.memory.reset();
  ++output.settled_blocks;
}

void collector::note_sent(std::span<const uint32_t> changed) {
  while (!changed.empty()) {
    const auto slice = changed.first(std::min(changed.size(), note_slice));
    std::lock_guard guard{mutex_};
    for (const uint32_t slot : slice)
      book_.sent(slot);
    changed = changed.subspan(slice.size());
  }
}

void collector::tell_complete() {
  const uint32_t newest = book_.complete().value_or(0);
  if (newest > std::exchange(told_complete_, std::max(newest, told_complete_)))
    ready_.notify_all();
}

void collector::start(uint32_t first, uint64_t commit) {
  std::lock_guard guard{mutex_};
  first_ = first;
  first_commit_ = commit;
  open_.push_back(std::make_unique<barrier_output>());
  open_.back()->barrier = first;
  open_.back()->commit = commit;
  book_.start(first);
  committed_ = first - 1;
}

void collector::add_sensor(uint32_t slot, const sensor_context* context) {
  std::lock_guard guard{mutex_};
  if (slot >= contexts_.size()) {
    contexts_.resize(slot + 1);
    answer_index_.resize(slot + 1);
    whole_index_.resize(slot + 1);
    idle_.resize(slot + 1);
  }
  contexts_[slot] = context;
  idle_[slot] = 0;
}

void collector::replace_context(uint32_t slot, const sensor_context* context) {
  std::lock_guard guard{mutex_};
  contexts_[slot] = context;
}

uint32_t collector::answered(uint32_t slot) const {
  std::lock_guard guard{mutex_};
  return book_.newest_answer(slot);
}

bool collector::owes(uint32_t slot, uint32_t barrier) const {
  std::lock_guard guard{mutex_};
  return book_.owes(slot, barrier);
}

bool collector::idle(uint32_t slot, uint32_t barrier) const {
  std::lock_guard guard{mutex_};
  return idle_[slot] != 0 && book_.newest_answer(slot) >= barrier;
}

void collector::died(uint32_t slot, uint32_t incarnation, std::span<const uint32_t> replayed) {
  std::lock_guard guard{mutex_};
  for (auto& output : open_)
    if (output->barrier > book_.newest_answer(slot) && !book_.is_complete(output->barrier))
      output->restarted.insert(slot);
  book_.died(slot, incarnation, replayed);
  // It was by what the dead one had answered; its successor may have been given something that it died of.
  idle_[slot] = 0;
  tell_complete();
}

std::vector<emitted<alarm_transition>> collector::unanswered_transitions(uint32_t slot) const {
  std::lock_guard guard{mutex_};
  std::vector<emitted<alarm_transition>> out;
  for (const auto& output : open_)
    if (output->barrier > book_.newest_answer(slot) && !book_.is_complete(output->barrier))
      for (const auto& each : output->transitions)
        if (each.slot == slot)
          out.push_back(each);
  return out;
}

std::optional<collector::stored_entry> collector::entry_at(uint32_t barrier, uint32_t index, uint32_t slot) const {
  const auto* output = find(barrier);
  if (!output || index >= output->states.size() || output->states[index].slot != slot)
    return std::nullopt;
  return stored_entry{output, &output->states[index]};
}

std::optional<collector::uncommitted_state> collector::newest_state(uint32_t slot) const {
  const auto text_of = [](const stored_entry& x) {
    require_sound_block(x.in->blocks[x.entry->block]);
    return std::string{x.in->state_of(*x.entry)};
  };
  std::lock_guard guard{mutex_};
  const uint32_t answered = book_.newest_answer(slot);
  const auto newest = entry_at(answered, answer_index_[slot], slot);
  if (!newest)
    return std::nullopt;
  const uint32_t whole_at = newest->entry->whole_at;
  uncommitted_state out{answered, whole_at == 0, text_of(*newest)};
  if (const auto whole = out.whole ? std::nullopt : entry_at(whole_at, whole_index_[slot], slot)) {
    out.whole = true;
    out.bytes.insert(0, text_of(*whole));
  }
  return out;
}

size_t collector::pending() const {
  std::lock_guard guard{mutex_};
  return open_.size() - 1;
}

const sensor_context* collector::context_of(uint32_t slot) const {
  std::lock_guard guard{mutex_};
  return slot < contexts_.size() ? contexts_[slot] : nullptr;
}

barrier_output* collector::next() {
  std::unique_lock guard{mutex_};
  for (;;) {
    ready_.wait(guard, [&] { return stopped_ || book_.complete() || presses_on_disk(); });
    if (stopped_ || !presses_on_disk())
      break;
    carry_to_disk(guard);
  }
  if (!book_.complete())
    return nullptr;
  open_.front()->drop_dead_emissions();
  at_work_ = open_.front()->barrier;
  return open_.front().get();
}

void collector::put_down() {
  take_up(0);
}

void collector::take_up(uint32_t barrier) {
  std::lock_guard guard{mutex_};
  at_work_ = barrier;
}

void collector::committed(uint32_t barrier, milliseconds took) {
  commit_ms_.store(std::max(took, std::exchange(last_took_, took)).count(), std::memory_order_relaxed);
  std::unique_ptr<barrier_output> done;
  {
    std::lock_guard guard{mutex_};
    done = std::move(open_.front());
    open_.pop_front();
    at_work_ = 0;
    book_.forget_oldest();
    for (auto& each : done->blocks)
      if (each.memory && each.used <= block_bytes())
        keep_free(std::move(each.memory));
    // There may be room again.
    spool_full_ = false;
  }
  committed_.store(barrier, std::memory_order_release);
}

void collector::stop() {
  std::lock_guard guard{mutex_};
  stopped_ = true;
  ready_.notify_all();
}

} // namespace millwright
