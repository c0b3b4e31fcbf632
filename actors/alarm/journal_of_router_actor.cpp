#include "actors/alarm/work_of_router_actor.hpp"

#include <algorithm>
#include <utility>

// Journal first: what is handed to it, and what its answers set going.

namespace millwright {

void alarm_router::flush() {
  pass();
  hand_to_journal();
  publish();
}

void alarm_router::hand_to_journal() {
  if (state_.work.writing()) {
    if (state_.work.late()) {
      state_.desk->release();
      serve();
    }
    return;
  }
  if (state_.work.pausing()) {
    state_.desk->release();
    serve();
    return;
  }
  if (!state_.work.next().need_disk()) {
    answer(state_.work.settle());
    end_if_stopping();
    return;
  }
  write();
}

void alarm_router::write() {
  const auto& items = state_.work.begin();
  auto batch = std::make_shared<journal_batch>();
  for (const auto& id : items.changed)
    if (const auto* record = state_.book->find(id)) {
      batch->alarms.emplace_back(id, std::string{});
      binary_writer out{batch->alarms.back().second};
      encode(out, *record);
    }
  batch->forgotten.assign(items.forgotten.begin(), items.forgotten.end());
  for (const auto& [sequence, page] : items.pages)
    batch->pages.push_back(page);
  for (const auto& [sequence, change] : items.changes)
    batch->changes.push_back(change);
  for (const auto& [which, mark] : items.told)
    batch->told.push_back({which.first, which.second, mark});
  for (const auto& [channel, at] : items.digests)
    batch->digests.push_back({channel, at});
  for (const auto& [which, shelf] : items.shelves)
    batch->shelves.push_back({which.first, which.second, shelf});
  state_.write_wait.emplace(state_.settings.journal_patience);
  state_.write_wait->begin(state_.settings.steady_clock());
  watch_writing();
  auto reply_to = caf::actor_cast<alarm_router_actor>(self_);
  state_.settings.journal->write(std::move(batch), [reply_to, number = state_.work.number()](journal_result result) {
    caf::anon_send<caf::message_priority::high>(
        reply_to, journal_answered{number, std::move(result.error), std::move(result.delivered_before)});
  });
}

// A disk that hangs refuses nothing, and holds every page, and whoever waits for an answer, all the same.
void alarm_router::watch_writing() {
  if (!state_.work.writing() || state_.work.late())
    return;
  if (state_.write_wait->over(state_.settings.steady_clock())) {
    for (const auto ticket : state_.work.is_late())
      deliver(ticket, not_on_disk);
    tell_journal();
  } else if (!std::exchange(state_.late_planned, true)) {
    self_->delayed_send(self_, state_.write_wait->next(), router_alarm_clock::journal_late);
  }
}

void alarm_router::answered(const journal_answered& x) {
  if (!state_.work.writing() || x.batch != state_.work.number())
    return;
  if (x.error.empty())
    written(x.delivered_before);
  else
    refused(x.error);
  tell_journal();
  serve();
  flush();
  end_if_stopping();
}

void alarm_router::written(const std::vector<std::string>& delivered_before) {
  auto items = state_.work.written();
  for (const auto& [sequence, page] : items.pages)
    state_.desk->journaled(page, !delivered_before.empty() &&
                                     std::find(delivered_before.begin(), delivered_before.end(), key_of(page.what)) !=
                                         delivered_before.end());
  for (const auto& [sequence, change] : items.changes)
    state_.desk->journaled(change);
  for (const auto& each : {&items.changed, &items.forgotten})
    for (const auto& alarm : *each)
      if (!state_.work.next().changed.contains(alarm))
        state_.desk->written(alarm);
  answer(std::move(items));
}

void alarm_router::refused(const std::string& error) {
  const auto [tickets, pause] = state_.work.refused(error);
  for (const auto ticket : tickets)
    deliver(ticket, not_on_disk);
  self_->delayed_send(self_, pause, router_alarm_clock::retry_journal);
  state_.desk->release();
}

void alarm_router::answer(journal_items items) {
  if (!items.answers.empty() && state_.settings.owner)
    self_->send<caf::message_priority::high>(state_.settings.owner, transitions_journaled{std::move(items.answers)});
  for (const auto ticket : items.tickets)
    deliver(ticket, {});
}

void alarm_router::deliver(uint64_t ticket, std::string_view remark) {
  auto waiting = state_.tickets.extract(ticket);
  if (waiting.empty())
    return;
  waiting.mapped()(remark);
}

} // namespace millwright
