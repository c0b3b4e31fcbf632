#include "runtime/journal/memory_journal.hpp"

#include "protocol/failure.hpp"

#include <algorithm>

namespace millwright {

void memory_journal::write(std::shared_ptr<const journal_batch> batch, std::function<void(journal_result)> done) {
  journal_result result;
  {
    std::lock_guard guard{mutex_};
    result.error = error_;
    ++(error_.empty() ? status_.commits : status_.failures);
    if (error_.empty()) {
      for (const auto& [id, record] : batch->alarms)
        alarms_[id] = record;
      for (const auto& id : batch->forgotten)
        alarms_.erase(id);
      for (const auto& entry : batch->pages) {
        const auto [at, fresh] = keys_.try_emplace(key_of(entry.what), false);
        if (fresh)
          outbox_[entry.what.channel].emplace(entry.place(), entry);
        else if (at->second)
          result.delivered_before.push_back(at->first);
      }
      for (const auto& each : batch->changes)
        change(each);
      for (const auto& each : batch->told)
        told_[{each.channel, each.alarm}] = each.mark;
      for (const auto& each : batch->digests)
        digests_[each.channel] = each.at;
      for (const auto& each : batch->shelves)
        if (each.shelf)
          shelves_[{each.what, each.of}] = *each.shelf;
        else
          shelves_.erase({each.what, each.of});
    }
  }
  done(std::move(result));
}

void memory_journal::change(const outbox_change& x) {
  auto& waiting = outbox_[x.told.channel];
  auto at = waiting.find(x.place);
  for (const auto& place : x.or_at)
    if (at == waiting.end())
      at = waiting.find(place);
  if (at == waiting.end())
    return;
  if (x.waits()) {
    auto entry = x.instead ? *x.instead : at->second;
    entry.attempts = x.attempts;
    entry.next_try = x.next_try;
    entry.perhaps_taken = x.perhaps_taken;
    waiting.erase(at);
    waiting.insert_or_assign(entry.place(), std::move(entry));
    return;
  }
  waiting.erase(at);
  keys_[x.told.key] = true;
  notifications_.push_back(
      {notifications_.size() + 1, x.told, std::chrono::floor<milliseconds>(std::chrono::system_clock::now())});
}

std::vector<outbox_entry> memory_journal::waiting(const channel_name& channel, const outbox_place* after,
                                                  size_t limit) {
  std::lock_guard guard{mutex_};
  check_reading();
  std::vector<outbox_entry> out;
  const auto& all = outbox_[channel];
  for (auto at = after ? all.upper_bound(*after) : all.begin(); at != all.end() && out.size() < limit; ++at) {
    out.push_back(at->second);
    out.back().what.may_repeat = false;
  }
  return out;
}

std::vector<outbox_entry> memory_journal::waiting_elsewhere(const std::vector<channel_name>& here) {
  std::lock_guard guard{mutex_};
  check_reading();
  std::vector<outbox_entry> out;
  for (const auto& [channel, waiting] : outbox_)
    if (std::find(here.begin(), here.end(), channel) == here.end())
      for (const auto& [place, entry] : waiting)
        out.push_back(entry);
  return out;
}

uint64_t memory_journal::waiting_count(const channel_name& channel) {
  std::lock_guard guard{mutex_};
  return outbox_[channel].size();
}

journal_content memory_journal::load(const std::function<void(alarm_record)>& each) {
  std::lock_guard guard{mutex_};
  check_reading();
  journal_content out;
  for (const auto& [id, bytes] : alarms_) {
    binary_reader in{bytes};
    if (auto record = decode_alarm_record(in))
      each(std::move(*record));
  }
  for (const auto& [which, mark] : told_)
    if (mark)
      out.told.push_back({which.first, which.second, mark});
  for (const auto& [channel, at] : digests_)
    out.digests.push_back({channel, at});
  for (const auto& [which, shelf] : shelves_)
    out.shelves.push_back(shelf);
  for (const auto& [channel, waiting] : outbox_)
    for (const auto& [place, entry] : waiting)
      out.next_sequence = std::max(out.next_sequence, place.sequence + 1);
  return out;
}

void memory_journal::append_decision(const log_decision& entry) {
  std::lock_guard guard{mutex_};
  if (!error_.empty())
    throw failure{failure_code::journal_unwritable, "memory", error_};
  decisions_[entry.split].insert_or_assign({entry.position, entry.sequence}, entry);
}

void memory_journal::remove_decision(const log_decision& entry) {
  std::lock_guard guard{mutex_};
  if (!error_.empty())
    throw failure{failure_code::journal_unwritable, "memory", error_};
  decisions_[entry.split].erase({entry.position, entry.sequence});
}

std::vector<log_decision> memory_journal::decisions(std::string_view split, uint64_t from) {
  std::lock_guard guard{mutex_};
  std::vector<log_decision> out;
  if (const auto at = decisions_.find(split); at != decisions_.end())
    for (auto each = at->second.lower_bound({from, 0}); each != at->second.end(); ++each)
      out.push_back(each->second);
  return out;
}

void memory_journal::prune_decisions(std::string_view split, uint64_t before) {
  std::lock_guard guard{mutex_};
  const auto at = decisions_.find(split);
  if (at == decisions_.end())
    return;
  std::set<std::string> kinds;
  auto& all = at->second;
  for (auto each = all.lower_bound({before, 0}); each != all.begin();)
    if (--each; !kinds.insert(each->second.kind).second)
      each = all.erase(each);
}

std::vector<notification_entry> memory_journal::notifications(uint64_t cursor, size_t limit) {
  std::lock_guard guard{mutex_};
  const auto first = std::min<uint64_t>(cursor, notifications_.size());
  const auto last = first + std::min<uint64_t>(limit, notifications_.size() - first);
  return {notifications_.begin() + static_cast<ptrdiff_t>(first),
          notifications_.begin() + static_cast<ptrdiff_t>(last)};
}

uint64_t memory_journal::cursor_before_newest(size_t last) {
  std::lock_guard guard{mutex_};
  return notifications_.size() - std::min(last, notifications_.size());
}

journal_status memory_journal::status() {
  std::lock_guard guard{mutex_};
  return status_;
}

void memory_journal::check_reading() const {
  if (!read_error_.empty())
    throw failure{failure_code::journal_unwritable, "memory", read_error_};
}

void memory_journal::fail_reads_with(std::string error) {
  std::lock_guard guard{mutex_};
  read_error_ = std::move(error);
}

void memory_journal::fail_with(std::string error) {
  std::lock_guard guard{mutex_};
  error_ = std::move(error);
}

} // namespace millwright
