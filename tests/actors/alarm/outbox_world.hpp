#pragma once

#include "actors/alarm/alarm_book.hpp"
#include "actors/alarm/delivery_desk.hpp"
#include "actors/alarm/journal_work.hpp"
#include "protocol/failure.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// What was told, where it differs.
template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& all) {
    std::string out;
    for (const auto& each : all)
      out += (out.empty() ? "" : "; ") + each;
    return out.c_str();
  }
};

namespace millwright::testing {

/// A journal in memory that is read as the real one is, and keeps what is written through a crash.
class kept_journal final : public alarm_journal {
public:
  void write(std::shared_ptr<const journal_batch> batch, std::function<void(journal_result)> done) override {
    done(apply(*batch));
  }

  journal_result apply(const journal_batch& batch) {
    journal_result result;
    for (const auto& [id, bytes] : batch.alarms)
      alarms[id] = bytes;
    for (const auto& id : batch.forgotten)
      alarms.erase(id);
    for (const auto& each : batch.pages) {
      const auto key = key_of(each.what);
      if (const auto [at, fresh] = keys.try_emplace(key, false); !fresh) {
        if (at->second)
          result.delivered_before.push_back(key);
        continue;
      }
      outbox[each.what.channel].emplace(each.place(), each);
    }
    for (const auto& each : batch.changes) {
      auto& waiting = outbox[each.told.channel];
      const auto at = waiting.find(each.place);
      if (at == waiting.end())
        continue;
      auto entry = each.instead ? *each.instead : at->second;
      waiting.erase(at);
      if (each.waits()) {
        entry.attempts = each.attempts;
        entry.next_try = each.next_try;
        entry.perhaps_taken = each.perhaps_taken;
        waiting.emplace(entry.place(), entry);
      } else {
        keys[each.told.key] = true;
        notified.push_back(each.told);
      }
    }
    for (const auto& each : batch.told)
      if (each.mark)
        marks[{each.channel, each.alarm}] = *each.mark;
      else
        marks.erase({each.channel, each.alarm});
    for (const auto& each : batch.digests)
      digests[each.channel] = each.at;
    for (const auto& each : batch.shelves)
      if (each.shelf)
        shelves[{each.what, each.of}] = *each.shelf;
      else
        shelves.erase({each.what, each.of});
    return result;
  }

  std::vector<outbox_entry> waiting(const channel_name& channel, const outbox_place* after, size_t limit) override {
    reads += 1;
    if (unreadable) {
      spent += takes;
      throw failure{failure_code::journal_unwritable, "journal", "Input/output error"};
    }
    std::vector<outbox_entry> out;
    const auto& all = outbox[channel];
    for (auto at = after ? all.upper_bound(*after) : all.begin(); at != all.end() && out.size() < limit; ++at)
      out.push_back(at->second);
    return out;
  }
  std::vector<outbox_entry> waiting_elsewhere(const std::vector<channel_name>& here) override {
    std::vector<outbox_entry> out;
    for (const auto& [channel, all] : outbox)
      if (std::find(here.begin(), here.end(), channel) == here.end())
        for (const auto& [place, each] : all)
          out.push_back(each);
    return out;
  }
  uint64_t waiting_count(const channel_name& channel) override { return outbox[channel].size(); }

  journal_content load(const std::function<void(alarm_record)>& each) override {
    journal_content out;
    for (const auto& [id, bytes] : alarms) {
      binary_reader in{bytes};
      each(decode_alarm_record(in).value());
    }
    for (const auto& [channel, waiting] : outbox)
      for (const auto& [place, entry] : waiting)
        out.next_sequence = std::max(out.next_sequence, place.sequence + 1);
    for (const auto& [which, mark] : marks)
      out.told.push_back({which.first, which.second, mark});
    for (const auto& [channel, at] : digests)
      out.digests.push_back({channel, at});
    for (const auto& [which, shelf] : shelves)
      out.shelves.push_back(shelf);
    return out;
  }

  std::map<uuid, std::string> alarms;
  std::map<channel_name, std::map<outbox_place, outbox_entry>> outbox;
  std::map<std::string, bool> keys;
  std::vector<notification> notified;
  std::map<std::pair<channel_name, uuid>, told_mark> marks;
  std::map<channel_name, event_time> digests;
  std::map<shelf_book::key, alarm_shelf> shelves;
  bool unreadable = false;
  /// How long a read takes that fails; and all of them since that was last asked for.
  milliseconds takes{0}, spent{0};
  size_t reads = 0;
};

/// Book, desk and journal without actors: what the router does with them, step by step, and a crash between any two.
class outbox_world {
public:
  explicit outbox_world(std::vector<channel_name> channels, delivery_limits limits = {}, size_t in_memory = 4,
                        stateful_receivers stateful = {})
      : stateful{std::move(stateful)}, channels_{std::move(channels)}, limits_{limits}, in_memory_{in_memory} {
    load();
  }

  /// The node dies, with all that was not written, and is started again.
  void load() {
    work = journal_work{};
    book = std::make_unique<alarm_book>(routes{channels_, ways, calendars, reminders}, book_limits);
    const auto content = journal.load([&](alarm_record record) { book->restore(std::move(record)); });
    desk = std::make_unique<delivery_desk>(
        journal, channels_, limits_, in_memory_, [this](const uuid& id) { return book->find(id); }, stateful, terms,
        [this](const condition_key& x) { return guide ? guide(x) : nullptr; });
    for (const auto& each : content.shelves)
      book->restore(each);
    desk->restore(content);
    for (const auto& [id, record] : book->all())
      desk->restore(*record);
    desk->start(now);
    note();
    for (const auto& decision :
         book->adopt(now, [this](const auto&channel, const auto&alarm) { return desk->knows(channel, alarm); })) {
      changed(decision.alarm);
      for (const auto& each : decision.pages)
        add(each);
    }
    for (const auto& each : channels_)
      desk->pull({each, 1}, true);
    note();
  }

  /// Started again with other channels.
  void configure(std::vector<channel_name> channels) {
    channels_ = std::move(channels);
    load();
  }

  void take(const alarm_transition& x) {
    const auto decision = book->take(x, now);
    if (!decision.taken)
      return;
    changed(decision.alarm);
    for (const auto& each : decision.pages)
      add(each);
    absent(decision);
    note();
  }

  /// What the router does before it writes.
  void pass() {
    if (book->due(now) > now)
      return;
    decided(book->pass(now));
  }

  void shelve(const alarm_shelf& x) {
    for (const auto& each : book->shelve(x, now))
      changed(each);
    decided({});
  }
  void unshelve(const alarm_shelf& x) { decided(book->unshelve({x.what, x.of}, "anna", now)); }

  void acknowledge(const uuid& alarm) {
    const auto done = book->acknowledge(to_string(alarm), "anna", now);
    changed(done.alarm);
    for (const auto& each : done.members)
      changed(each);
    note();
  }

  void write() {
    pass();
    const auto& items = work.begin();
    journal_batch batch;
    for (const auto& id : items.changed)
      if (const auto* record = book->find(id)) {
        batch.alarms.emplace_back(id, std::string{});
        binary_writer out{batch.alarms.back().second};
        encode(out, *record);
      }
    for (const auto& [sequence, each] : items.pages)
      batch.pages.push_back(each);
    for (const auto& [sequence, each] : items.changes)
      batch.changes.push_back(each);
    for (const auto& [which, mark] : items.told)
      batch.told.push_back({which.first, which.second, mark});
    for (const auto& [channel, at] : items.digests)
      batch.digests.push_back({channel, at});
    for (const auto& [which, shelf] : items.shelves)
      batch.shelves.push_back({which.first, which.second, shelf});
    const auto result = journal.apply(batch);
    const auto written = work.written();
    for (const auto& [sequence, each] : written.pages)
      desk->journaled(each, std::find(result.delivered_before.begin(), result.delivered_before.end(),
                                      key_of(each.what)) != result.delivered_before.end());
    for (const auto& [sequence, each] : written.changes)
      desk->journaled(each);
    for (const auto& alarm : written.changed)
      desk->written(alarm);
  }

  std::vector<delivery_desk::hand> serve() {
    auto out = desk->serve(now, now.time_since_epoch());
    now += std::exchange(journal.spent, milliseconds{0});
    desk->reads_ended(now);
    note();
    return out;
  }

  void report(const channel_name& channel, const page_order& order, delivery_outcome outcome, milliseconds wait = {}) {
    desk->delivered({channel, order.what.about.priority, order.sequence, outcome, wait, "as it answered"}, now,
                    now.time_since_epoch());
    desk->pull({channel, 1}, false);
    note();
  }

  /// Writes and delivers until nothing more is due; `answer` says how each try ends.
  template <class Answer>
  void settle(Answer&& answer) {
    for (int quiet = 0; quiet < 2;) {
      write();
      const auto hands = serve();
      quiet = hands.empty() && !work.next().need_disk() ? quiet + 1 : 0;
      for (const auto& [channel, orders] : hands)
        for (const auto& order : orders.all) {
          tried.emplace_back(channel, order.what);
          const auto outcome = answer(channel, order.what);
          if (outcome == delivery_outcome::sent)
            came.emplace_back(channel, order.what);
          report(channel, order, outcome, milliseconds{1000});
        }
    }
  }
  void settle() {
    settle([](const auto&, const auto&) { return delivery_outcome::sent; });
  }

  /// As a node that lives: it looks every few minutes.
  void live(milliseconds time) {
    constexpr milliseconds often{120'000};
    for (const auto end = now + time; now < end;) {
      now = std::min(end, now + often);
      settle();
    }
  }

  void note() {
    auto effects = desk->effects();
    for (const auto& [alarm, channel] : effects.paged_also)
      if (book->paged_also(alarm, channel))
        changed(alarm);
    for (const auto& [alarm, channel] : effects.not_paged)
      if (book->not_paged(alarm, channel))
        changed(alarm);
    for (auto& each : effects.pages)
      work.add(std::move(each));
    for (auto& each : effects.changes)
      work.add(std::move(each));
    for (const auto& each : effects.told)
      work.add(each);
    for (const auto& each : effects.digests)
      work.add(each);
    for (auto& each : desk->news())
      news.push_back(std::move(each));
    if (!effects.paged_also.empty() || !effects.not_paged.empty())
      note();
  }

  /// What the book has decided by itself.
  void decided(const std::vector<alarm_book::decision>& all) {
    for (const auto& decision : all) {
      changed(decision.alarm);
      for (const auto& each : decision.pages)
        desk->add(each, now);
      absent(decision);
    }
    for (const auto& each : book->shelf_changes())
      work.add(each);
    note();
  }

  void changed(const uuid& alarm) {
    work.changed(alarm);
    desk->changed(alarm, now);
  }

  static std::string subject_of(const page& x) {
    const auto& about = x.about;
    return !about.condition.unit.empty() ? about.condition.unit.text
           : about.evidence.line.empty() ? about.condition.facility.text
                                         : "line " + about.evidence.line;
  }

  /// What came over a channel, as "t1 raised", "t1 cleared", "digest of 3".
  std::vector<std::string> told(const channel_name& channel = {"slack"}) const {
    std::vector<std::string> out;
    for (const auto& [to, x] : came)
      if (to == channel)
        out.push_back(x.digest    ? numbered("digest of ", static_cast<int>(x.digest->members.size()))
                      : x.members ? subject_of(x) + numbered(" ", static_cast<int>(x.members->size())) + ' ' +
                                        std::string{name_of(x.about.kind)}
                                  : x.about.condition.sensor.text + ' ' + std::string{name_of(x.about.kind)} +
                                        (x.told_late ? " late" : "") + (x.shortest ? " short" : ""));
    return out;
  }

  std::vector<notification_outcome> outcomes(const alarm_transition& x, const channel_name& channel = {"slack"}) const {
    std::vector<notification_outcome> out;
    const auto key = to_string(x.alarm) + '-' + std::to_string(x.number) + '-' + channel.text;
    for (const auto& each : journal.notified)
      if (each.key == key)
        out.push_back(each.outcome);
    return out;
  }

  alarm_book_limits book_limits{};
  stateful_receivers stateful;
  /// Who is told of what, from the next start on.
  std::vector<alarm_route> ways;
  std::map<std::string, calendar> calendars;
  route_reminders reminders;
  /// From the next `load` on.
  std::map<channel_name, channel_terms> terms;
  /// Which alerts the book's channels get; empty: all.
  std::function<bool(const page&)> routed;
  channel_outbox::guidance_lookup guide;
  event_time now = start + milliseconds{1000};
  kept_journal journal;
  std::unique_ptr<alarm_book> book;
  std::unique_ptr<delivery_desk> desk;
  journal_work work;
  std::vector<std::pair<channel_name, page>> tried, came;
  std::vector<channel_news> news;

private:
  void absent(const alarm_book::decision& decision) {
    for (const auto& [channel, known] : decision.absent)
      desk->missed(channel, decision.alarm, known);
  }

  void add(const page& x) {
    if (x.kind != page_kind::alert || !routed || routed(x))
      desk->add(x, now);
  }

  std::vector<channel_name> channels_;
  delivery_limits limits_;
  size_t in_memory_;
};

} // namespace millwright::testing
