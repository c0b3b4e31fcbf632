#include "actors/alarm/work_of_router_actor.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <utility>

// What people see of the alarms, and say about them.

namespace millwright {

namespace {

// Shown to people.
constexpr size_t newest_paged = 6;

} // namespace

void alarm_router::acknowledge(const acknowledge_alarm& x, acknowledge_promise promise) {
  using answer = alarm_book::acknowledgement::answer;
  if (!state_.book) {
    promise.deliver(acknowledge_answer{
        acknowledge_result::unknown, {}, "the alarms have not been read from the journal yet; try again"});
    return;
  }
  const auto done = state_.book->acknowledge(x.id, x.by, now());
  acknowledge_answer out;
  out.alarm = done.alarm;
  switch (done.result) {
  case answer::unknown:
    out.result = acknowledge_result::unknown;
    out.text = "no alarm's id begins with " + x.id;
    break;
  case answer::ambiguous:
    out.result = acknowledge_result::ambiguous;
    out.text = "more than one alarm's id begins with " + x.id + ": give more digits";
    break;
  case answer::already_acknowledged:
    out.result = acknowledge_result::already_acknowledged;
    out.text = "alarm " + short_form(done.alarm) + " was acknowledged before";
    break;
  case answer::acknowledged:
    out.result = acknowledge_result::acknowledged;
    out.text = "acknowledged " + describe(state_.book->find(done.alarm)->latest);
    acknowledged(done);
    answer_on_disk(std::move(promise), std::move(out));
    flush();
    return;
  }
  promise.deliver(std::move(out));
  flush();
}

void alarm_router::tell_acknowledged(const alarm_record& record) {
  if (!state_.settings.decided)
    return;
  auto x = record.latest;
  x.kind = transition_kind::acknowledged;
  x.at = record.acknowledged_at;
  x.reason = record.acknowledged_by.empty() ? std::string{} : "by " + record.acknowledged_by;
  x.pages = false;
  state_.settings.decided(x);
}

void alarm_router::take_over(const alarm_book::decision& decision) {
  note(decision);
  if (decision.taken && state_.settings.decided)
    state_.settings.decided(state_.book->find(decision.alarm)->latest);
}

void alarm_router::changed(const uuid& alarm) {
  state_.work.changed(alarm);
  pin(alarm, state_.book->share(alarm));
  state_.desk->changed(alarm, now());
}

void alarm_router::pin(const uuid& alarm, alarm_book::record_pointer record) {
  if (state_.settings.board)
    state_.settings.board->pin(alarm, std::move(record));
}

void alarm_router::tidy() {
  constexpr size_t at_once = 500;
  constexpr milliseconds soon{50};
  const auto left = state_.book ? state_.book->tidy(now(), at_once) : std::vector<uuid>{};
  for (const auto& id : left) {
    state_.work.forgotten(id);
    pin(id, nullptr);
  }
  self_->delayed_send(self_, left.size() < at_once ? state_.settings.tidy_every : soon, router_alarm_clock::tidy);
}

void alarm_router::publish() {
  if (!state_.book || !state_.settings.board)
    return;
  look_for_flood();
  const auto& book = *state_.book;
  const auto& counted = book.counted();
  alarm_status out;
  out.alarms = book.size();
  const auto& counts = book.counts();
  out.active = counts.active;
  std::copy(counts.by_severity.begin(), counts.by_severity.end(), out.by_severity.begin());
  out.observations = counts.observations;
  out.shelved = counts.shelved;
  out.shelves = state_.shelves;
  out.unacknowledged = counts.unacknowledged;
  out.flood = state_.flood;
  out.lately = state_.book->flooding(now()).count();
  out.taken = counted.taken;
  out.repeated = counted.repeated;
  out.gaps = counted.gaps;
  out.late = counted.late;
  out.not_repeated = counted.not_repeated;
  out.alerts = counted.alerts;
  out.notices = counted.notices;
  out.sent = state_.desk->sent();
  out.failed = state_.desk->failed();
  out.retries = state_.desk->retries();
  out.pending = state_.desk->pending();
  out.journal_failing = state_.told_trouble.value_or(false);
  out.journal_error = journal_trouble();
  out.newest_paged = book.newest_paged(newest_paged);
  state_.settings.board->publish(std::move(out));
}

void alarm_router::look_for_flood() {
  const auto flood = state_.book->flooding(now()).flood();
  const auto before = std::exchange(state_.flood, flood);
  if (before && !flood && state_.settings.flooded)
    state_.settings.flooded(*before, false);
  if (flood && !before && state_.settings.flooded)
    state_.settings.flooded(*flood, true);
}

// What costs no walk through the alarms: it is made between two pages.
actor_description alarm_router::description() const {
  actor_description out;
  json_object{out.json}
      .boolean("loaded", state_.book != nullptr)
      .integer("alarms", static_cast<int64_t>(state_.book ? state_.book->all().size() : 0))
      .integer("channels", static_cast<int64_t>(state_.channels.size()))
      .integer("held_for_order", static_cast<int64_t>(state_.order.waiting()))
      .integer("acknowledgements_under_way", static_cast<int64_t>(state_.tickets.size()))
      .boolean("journal_writes", state_.work.writing())
      .text_or_null("journal_trouble", journal_trouble())
      .boolean("stopping", state_.stopping)
      .close();
  return out;
}

} // namespace millwright
