#include "runtime/journal/lmdb_journal.hpp"

#include "protocol/failure.hpp"
#include "protocol/running_wait.hpp"
#include "runtime/ledger/pair_mark.hpp"
#include "runtime/ledger/private_files.hpp"

#include <algorithm>
#include <fstream>
#include <future>
#include <limits>
#include <set>

namespace millwright {

namespace {

// Finished pages forgotten in one transaction at most: a commit stays short.
constexpr int forgotten_at_once = 64;
// To open it takes no time, but on a disk that hangs.
constexpr std::chrono::seconds opening_patience{1};

event_time wall_clock() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::string checked(const std::string& directory) {
  check_journal(directory);
  return directory;
}

} // namespace

lmdb_journal::lmdb_journal(lmdb_journal_settings settings)
    : settings_{std::move(settings)}, lock_{settings_.directory} {
  const auto path = checked(settings_.directory);
  try {
    store_ = std::make_unique<journal_store>(path, settings_.map_bytes);
    const journal_transaction txn{*store_, false};
    count(txn);
  } catch (const journal_error& error) {
    throw failure{failure_code::journal_unwritable, path, error.text()};
  }
  thread_ = std::thread{[this] { run(); }};
}

lmdb_journal::~lmdb_journal() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void lmdb_journal::count(const journal_transaction& txn) {
  std::map<std::string, int64_t> waiting;
  journal_cursor at{txn, journal_table::outbox};
  for (bool more = at.seek({}); more; more = at.next())
    ++waiting[std::string{at.key().substr(0, 16)}];
  journal_cursor newest{txn, journal_table::notifications};
  if (newest.last())
    next_cursor_ = std::max(next_cursor_, number_in(newest.key(), 0) + 1);
  std::lock_guard guard{mutex_};
  waiting_ = std::move(waiting);
}

uint64_t lmdb_journal::submit(change_function change, std::function<void(journal_result)> done) {
  std::unique_lock guard{mutex_};
  room_.wait(guard, [&] { return queue_.size() < settings_.queue; });
  const auto number = ++asked_;
  queue_.push_back({std::move(change), std::move(done), clock::now(), number});
  guard.unlock();
  wake_.notify_one();
  return number;
}

// What is with the disk cannot be called back.
void lmdb_journal::give_up(uint64_t number) {
  std::lock_guard guard{mutex_};
  std::erase_if(queue_, [&](const request& each) { return each.number == number; });
}

void lmdb_journal::submit_and_wait(change_function change, std::optional<milliseconds> patience) {
  auto answer = std::make_shared<std::promise<std::string>>();
  auto answered = answer->get_future();
  const auto number =
      submit(std::move(change), [answer](journal_result result) { answer->set_value(std::move(result.error)); });
  const auto has_come = [&](milliseconds time) { return answered.wait_for(time) == std::future_status::ready; };
  if (patience && !running_wait::until(*patience, has_come)) {
    give_up(number);
    throw failure{failure_code::journal_unwritable, settings_.directory,
                  "it has not answered for " + std::to_string(patience->count()) + " ms"};
  }
  if (const auto error = answered.get(); !error.empty())
    throw failure{failure_code::journal_unwritable, settings_.directory, error};
}

void lmdb_journal::run() {
  std::vector<request> group;
  for (;;) {
    {
      std::unique_lock guard{mutex_};
      wake_.wait(guard, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty())
        return;
      group.swap(queue_);
    }
    room_.notify_all();
    commit(group);
    group.clear();
  }
}

void lmdb_journal::commit(std::vector<request>& group) {
  std::vector<journal_result> results(group.size());
  count_changes counts;
  std::string error;
  auto cursor_before = next_cursor_;
  try {
    if (!store_)
      throw journal_error{MDB_PANIC, "opening anew"};
    journal_transaction txn{*store_, true};
    if (uncertain_)
      count(txn);
    cursor_before = next_cursor_;
    for (size_t i = 0; i < group.size(); ++i)
      group[i].change(txn, counts, results[i]);
    forget_old_notifications(txn);
    txn.commit();
    uncertain_ = false;
    note_begun();
  } catch (const journal_error& problem) {
    // ENOSPC, EIO and MDB_MAP_FULL all mean: not now. The callers keep what they have and ask again.
    error = problem.text();
    next_cursor_ = cursor_before;
    uncertain_ = true;
    reopen();
  } catch (const std::exception& problem) {
    error = problem.what();
    next_cursor_ = cursor_before;
    tell_broken(error);
  }
  const auto end = clock::now();
  {
    std::lock_guard guard{mutex_};
    if (error.empty()) {
      ++status_.commits;
      for (const auto& [channel, change] : counts)
        waiting_[channel] += change;
    } else {
      ++status_.failures;
    }
    for (const auto& each : group)
      note_latency(end - each.asked);
  }
  for (size_t i = 0; i < group.size(); ++i) {
    if (!error.empty())
      results[i] = {error, {}};
    try {
      group[i].done(std::move(results[i]));
    } catch (const std::exception& problem) {
      tell_broken(problem.what());
    }
  }
}

void lmdb_journal::tell_broken(const std::string& what) const {
  if (settings_.broke)
    settings_.broke(what);
}

// After an error while it wrote a meta page LMDB refuses everything until the environment is opened anew.
// Not under the lock: a disk that fails may hang next, and who reads does not wait for that.
void lmdb_journal::reopen() {
  MDB_txn* probe = nullptr;
  if (store_ && mdb_txn_begin(store_->get(), nullptr, 0, &probe) == MDB_SUCCESS) {
    mdb_txn_abort(probe);
    return;
  }
  std::unique_ptr<journal_store> other;
  {
    std::unique_lock guard{store_mutex_};
    other.swap(store_);
    opening_ = true;
  }
  try {
    // One process must not have an environment open twice: close first. What fails here is tried at the next request.
    other.reset();
    other = std::make_unique<journal_store>(settings_.directory, settings_.map_bytes);
  } catch (const journal_error&) {
  }
  {
    std::unique_lock guard{store_mutex_};
    store_ = std::move(other);
    opening_ = false;
  }
  opened_.notify_all();
}

// So that a journal whose file is gone is not taken for a new one.
void lmdb_journal::note_begun() {
  if (!begun_)
    begun_ = make_private_file(begun_marker(settings_.directory));
}

void lmdb_journal::note_latency(clock::duration taken) {
  latencies_[latency_count_++ % latencies_.size()] =
      static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(taken).count());
}

void lmdb_journal::write(std::shared_ptr<const journal_batch> batch, std::function<void(journal_result)> done) {
  submit([this, batch = std::move(batch)](journal_transaction& txn, count_changes& counts,
                                          journal_result& result) { apply(*batch, txn, counts, result); },
         std::move(done));
}

void lmdb_journal::apply(const journal_batch& batch, journal_transaction& txn, count_changes& counts,
                         journal_result& result) {
  for (const auto& [id, record] : batch.alarms)
    txn.put(journal_table::alarms, alarm_key(id), record);
  for (const auto& id : batch.forgotten)
    txn.remove(journal_table::alarms, alarm_key(id));
  for (const auto& entry : batch.pages) {
    const auto idempotency_key = key_of(entry.what);
    const auto key = page_key(idempotency_key);
    if (const auto known = txn.find(journal_table::pages, key)) {
      if (*known != std::string_view{"\0", 1})
        result.delivered_before.push_back(idempotency_key);
      continue;
    }
    txn.put(journal_table::pages, key, {"\0", 1});
    txn.put(journal_table::outbox, outbox_key(entry.what.channel, entry.place()), outbox_payload(entry));
    ++counts[channel_prefix(entry.what.channel)];
  }
  for (const auto& change : batch.changes)
    finish_page(change, txn, counts);
  for (const auto& each : batch.told)
    if (each.mark)
      txn.put(journal_table::told, told_key(each.channel, each.alarm), told_payload(each));
    else
      txn.remove(journal_table::told, told_key(each.channel, each.alarm));
  for (const auto& each : batch.digests)
    txn.put(journal_table::told, told_key(each.channel, {}), told_payload(each));
  for (const auto& each : batch.shelves) {
    if (!each.shelf) {
      txn.remove(journal_table::shelves, shelf_key(each));
      continue;
    }
    std::string payload;
    binary_writer writer{payload};
    encode(writer, *each.shelf);
    txn.put(journal_table::shelves, shelf_key(each), payload);
  }
}

void lmdb_journal::finish_page(const outbox_change& change, journal_transaction& txn, count_changes& counts) {
  std::vector<std::string> keys{outbox_key(change.told.channel, change.place)};
  for (const auto& place : change.or_at)
    keys.push_back(outbox_key(change.told.channel, place));
  if (change.waits()) {
    for (const auto& key : keys) {
      const auto found = txn.find(journal_table::outbox, key);
      auto entry = found ? outbox_entry_of(key, *found) : std::nullopt;
      if (!entry)
        continue;
      if (change.instead) {
        txn.remove(journal_table::outbox, key);
        entry = *change.instead;
      }
      entry->attempts = change.attempts;
      entry->next_try = change.next_try;
      entry->perhaps_taken = change.perhaps_taken;
      txn.put(journal_table::outbox, outbox_key(change.told.channel, entry->place()), outbox_payload(*entry));
      return;
    }
    return;
  }
  // Nowhere: told before, in a transaction that failed only in appearance.
  if (std::none_of(keys.begin(), keys.end(), [&](const auto& key) { return txn.remove(journal_table::outbox, key); }))
    return;
  --counts[channel_prefix(change.told.channel)];
  const auto state = change.told.outcome == notification_outcome::sent ? page_state::sent : page_state::failed;
  const char byte = static_cast<char>(state);
  txn.put(journal_table::pages, page_key(change.told.key), {&byte, 1});
  txn.put(journal_table::notifications, cursor_key(next_cursor_++), notification_payload(change.told, wall_clock()));
}

void lmdb_journal::forget_old_notifications(journal_transaction& txn) {
  const auto limit = wall_clock() - settings_.retention;
  std::vector<std::pair<std::string, std::string>> old;
  journal_cursor at{txn, journal_table::notifications};
  for (bool more = at.seek({}); more && old.size() < forgotten_at_once; more = at.next()) {
    const auto payload = at.payload();
    const auto entry = payload ? notification_entry_of(at.key(), *payload) : std::nullopt;
    if (entry && entry->recorded > limit)
      break;
    old.emplace_back(at.key(), entry ? page_key(entry->what.key) : std::string{});
  }
  for (const auto& [key, page] : old) {
    txn.remove(journal_table::notifications, key);
    if (!page.empty())
      txn.remove(journal_table::pages, page);
  }
}

template <class Function>
auto lmdb_journal::read(Function&& function) {
  std::shared_lock guard{store_mutex_};
  opened_.wait_for(guard, opening_patience, [this] { return !opening_; });
  try {
    if (!store_)
      throw journal_error{MDB_PANIC, "opening anew"};
    journal_transaction txn{*store_, false};
    return function(txn);
  } catch (const journal_error& error) {
    throw failure{failure_code::journal_unwritable, settings_.directory, error.text()};
  }
}

std::vector<outbox_entry> lmdb_journal::waiting(const channel_name& channel, const outbox_place* after, size_t limit) {
  return read([&](journal_transaction& txn) {
    std::vector<outbox_entry> out;
    const auto prefix = channel_prefix(channel);
    const auto behind = after ? outbox_key(channel, *after) : std::string{};
    journal_cursor at{txn, journal_table::outbox};
    for (bool more = at.seek(after ? behind : prefix); more && at.key().starts_with(prefix) && out.size() < limit;
         more = at.next()) {
      if (at.key() == behind)
        continue;
      const auto payload = at.payload();
      if (auto entry = payload ? outbox_entry_of(at.key(), *payload) : std::nullopt) {
        out.push_back(std::move(*entry));
      } else {
        std::lock_guard guard{mutex_};
        ++status_.damaged;
      }
    }
    return out;
  });
}

std::vector<outbox_entry> lmdb_journal::waiting_elsewhere(const std::vector<channel_name>& here) {
  return read([&](journal_transaction& txn) {
    std::set<std::string> known;
    for (const auto& channel : here)
      known.insert(channel_prefix(channel));
    std::vector<outbox_entry> out;
    journal_cursor at{txn, journal_table::outbox};
    for (bool more = at.seek({}); more; more = at.next())
      if (!known.contains(std::string{at.key().substr(0, 16)}))
        if (const auto payload = at.payload())
          if (auto entry = outbox_entry_of(at.key(), *payload))
            out.push_back(std::move(*entry));
    return out;
  });
}

uint64_t lmdb_journal::waiting_count(const channel_name& channel) {
  std::lock_guard guard{mutex_};
  const auto at = waiting_.find(channel_prefix(channel));
  return at == waiting_.end() ? 0 : static_cast<uint64_t>(std::max<int64_t>(at->second, 0));
}

journal_content lmdb_journal::load(const std::function<void(alarm_record)>& each) {
  return read([&](journal_transaction& txn) {
    journal_content out;
    journal_cursor alarms{txn, journal_table::alarms};
    for (bool more = alarms.seek({}); more; more = alarms.next()) {
      const auto payload = alarms.payload();
      binary_reader in{payload.value_or(std::string_view{})};
      if (auto record = decode_alarm_record(in)) {
        each(std::move(*record));
      } else {
        std::lock_guard guard{mutex_};
        ++status_.damaged;
      }
    }
    journal_cursor told{txn, journal_table::told};
    for (bool more = told.seek({}); more; more = told.next())
      if (const auto payload = told.payload(); !payload || !add_told(told.key(), *payload, out)) {
        std::lock_guard guard{mutex_};
        ++status_.damaged;
      }
    journal_cursor shelves{txn, journal_table::shelves};
    for (bool more = shelves.seek({}); more; more = shelves.next()) {
      const auto payload = shelves.payload();
      binary_reader in{payload.value_or(std::string_view{})};
      if (auto shelf = decode_alarm_shelf(in)) {
        out.shelves.push_back(std::move(*shelf));
      } else {
        std::lock_guard guard{mutex_};
        ++status_.damaged;
      }
    }
    journal_cursor pages{txn, journal_table::outbox};
    for (bool more = pages.seek({}); more; more = pages.next())
      out.next_sequence = std::max(out.next_sequence, number_in(pages.key(), 17) + 1);
    return out;
  });
}

void lmdb_journal::append_decision(const log_decision& entry) {
  submit_and_wait([&](journal_transaction& txn, count_changes&, journal_result&) {
    txn.put(journal_table::decisions, decision_key(entry.split, entry.position, entry.sequence),
            decision_payload(entry));
  });
}

void lmdb_journal::remove_decision(const log_decision& entry) {
  submit_and_wait([&](journal_transaction& txn, count_changes&, journal_result&) {
    txn.remove(journal_table::decisions, decision_key(entry.split, entry.position, entry.sequence));
  });
}

std::vector<log_decision> lmdb_journal::decisions(std::string_view split, uint64_t from) {
  return read([&](journal_transaction& txn) {
    std::vector<log_decision> out;
    const auto prefix = split_prefix(split);
    journal_cursor at{txn, journal_table::decisions};
    for (bool more = at.seek(decision_key(split, from, 0)); more && at.key().starts_with(prefix); more = at.next()) {
      const auto payload = at.payload();
      auto entry = payload ? log_decision_of(split, at.key(), *payload) : std::nullopt;
      // A replay without it would decide otherwise: better to stop.
      if (!entry)
        throw failure{failure_code::journal_damaged, settings_.directory,
                      "a decision of split " + std::string{split} + " has a wrong checksum"};
      out.push_back(std::move(*entry));
    }
    return out;
  });
}

void lmdb_journal::prune_decisions(std::string_view split, uint64_t before) {
  const auto all = decisions(split, 0);
  std::set<std::string_view> kinds;
  std::vector<std::string> leaving;
  for (auto entry = all.rbegin(); entry != all.rend(); ++entry)
    if (entry->position < before && !kinds.insert(entry->kind).second)
      leaving.push_back(decision_key(split, entry->position, entry->sequence));
  if (leaving.empty())
    return;
  // Whoever asks has other work: given up, it is done all the same once the disk goes on, and nobody needs those.
  submit_and_wait(
      [leaving = std::move(leaving)](journal_transaction& txn, count_changes&, journal_result&) {
        for (const auto& key : leaving)
          txn.remove(journal_table::decisions, key);
      },
      settings_.patience);
}

std::vector<notification_entry> lmdb_journal::notifications(uint64_t cursor, size_t limit) {
  return read([&](journal_transaction& txn) {
    std::vector<notification_entry> out;
    journal_cursor at{txn, journal_table::notifications};
    for (bool more = at.seek(cursor_key(cursor + 1)); more && out.size() < limit; more = at.next()) {
      const auto payload = at.payload();
      if (auto entry = payload ? notification_entry_of(at.key(), *payload) : std::nullopt)
        out.push_back(std::move(*entry));
    }
    return out;
  });
}

uint64_t lmdb_journal::cursor_before_newest(size_t last) {
  return read([&](journal_transaction& txn) -> uint64_t {
    journal_cursor at{txn, journal_table::notifications};
    bool more = at.last();
    if (!more)
      return 0;
    auto first = number_in(at.key(), 0) + 1;
    for (size_t i = 0; i < last && more; ++i, more = at.previous())
      first = number_in(at.key(), 0);
    return first - 1;
  });
}

std::optional<uuid> lmdb_journal::pair_mark() {
  return read([&](journal_transaction& txn) -> std::optional<uuid> {
    const auto found = txn.find(journal_table::meta, pair_mark_name);
    return found ? decode_pair_mark(*found) : std::nullopt;
  });
}

// Not as a request: what is committed as one has the journal begun (`note_begun`), and one that is lost and made anew
// has to be found out as new after a crash too.
void lmdb_journal::set_pair_mark(const uuid& mark) {
  std::shared_lock guard{store_mutex_};
  try {
    if (!store_)
      throw journal_error{MDB_PANIC, "opening anew"};
    journal_transaction txn{*store_, true};
    txn.put(journal_table::meta, pair_mark_name, encode_pair_mark(mark));
    txn.commit();
  } catch (const journal_error& error) {
    throw failure{failure_code::journal_unwritable, settings_.directory, error.text()};
  }
}

bool lmdb_journal::holds_anything() {
  return read([&](journal_transaction& txn) {
    for (size_t i = 0; i < journal_table_count; ++i)
      if (const auto table = static_cast<journal_table>(i); table != journal_table::meta)
        if (journal_cursor at{txn, table}; at.seek({}))
          return true;
    return false;
  });
}

journal_status lmdb_journal::status() {
  std::lock_guard guard{mutex_};
  auto out = status_;
  std::vector<uint32_t> sorted(
      latencies_.begin(), latencies_.begin() + static_cast<ptrdiff_t>(std::min(latency_count_, latencies_.size())));
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty()) {
    out.median_us = sorted[sorted.size() / 2];
    out.p99_us = sorted[sorted.size() * 99 / 100];
  }
  return out;
}

} // namespace millwright
