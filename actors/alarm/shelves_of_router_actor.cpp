#include "actors/alarm/work_of_router_actor.hpp"

#include <utility>

// What people do to alarms beside acknowledging them: shelves, and notes.

namespace millwright {

namespace {

using found_answer = alarm_book::found_alarm::answer;

std::string more_than_one(const std::string& id) {
  return "more than one alarm's id begins with " + id + ": give more digits";
}

std::string stand(size_t count, const std::string& then) {
  if (count == 0)
    return {};
  return count == 1 ? "; 1 of its alarms stands" + then : "; " + std::to_string(count) + " of its alarms stand" + then;
}

} // namespace

void alarm_router::hand(const handle_alarms& x, hand_promise promise) {
  if (!state_.book) {
    promise.deliver(handle_answer{false, "the alarms have not been read from the journal yet; try again"});
    return;
  }
  handle_answer out;
  switch (x.what) {
  case handle_alarms::kind::shelve:
    out = shelve(x);
    break;
  case handle_alarms::kind::unshelve:
    out = unshelve(x);
    break;
  case handle_alarms::kind::note:
    out = note_alarm(x);
    break;
  }
  if (out.done)
    answer_on_disk(std::move(promise), std::move(out));
  else
    promise.deliver(std::move(out));
  flush();
  serve();
}

handle_answer alarm_router::shelve(const handle_alarms& x) {
  auto& book = *state_.book;
  const auto at = now();
  const auto found = x.may_be_alarm ? book.find_by_beginning(x.name) : alarm_book::found_alarm{};
  if (x.place && found.result != found_answer::none)
    return {false, "an alarm's id begins with " + x.name + ", and there is a " + subject_of(*x.place) +
                       ": say which (--kind)"};
  if (found.result == found_answer::several)
    return {false, more_than_one(x.name)};
  if (!x.place && found.result == found_answer::none)
    return {false, "there is no alarm, sensor or unit called " + x.name};
  const auto most = book.shelves().most();
  if (x.lasts < milliseconds{1000} || x.lasts > most)
    return {false, "a shelf lasts from one second to " + std::to_string(most.count() / 3'600'000) +
                       " hours (alarms.shelve_most)"};
  alarm_shelf shelf;
  if (x.place) {
    shelf = *x.place;
  } else {
    const auto& record = *book.find(found.alarm);
    if (record.members)
      return {false, "alarm " + short_form(found.alarm) + " is a page of many: shelve their unit, or each of them"};
    shelf = shelf_of_alarm(record.latest);
  }
  if (book.shelves().full() && !book.shelves().find({shelf.what, shelf.of}))
    return {false, "there are " + std::to_string(shelf_book::most_shelves) + " shelves already"};
  shelf.since = at;
  shelf.until = at + x.lasts;
  shelf.by = x.by;
  shelf.reason = x.text;
  size_t standing = 0;
  for (const auto& each : book.shelve(shelf, at)) {
    changed(each);
    const auto& record = *book.find(each);
    standing += record.shelved && !record.observation() && !record.members;
  }
  note_shelves();
  note_delivery();
  auto text = subject_of(shelf) + " is shelved until " + to_iso(shelf.until).substr(0, 19) + "Z";
  if (shelf.what != alarm_shelf::scope::alarm)
    text += stand(standing, "");
  return {true, std::move(text)};
}

handle_answer alarm_router::unshelve(const handle_alarms& x) {
  auto& book = *state_.book;
  auto found = book.shelves().named(x.name, x.facility, x.of_kind);
  const auto alarm = book.find_by_beginning(x.name);
  const auto* record = alarm.result == found_answer::one ? book.find(alarm.alarm) : nullptr;
  // A later alarm of a condition that is shelved.
  if (found.empty() && record)
    if (const auto own = book.shelves().find(shelf_key_of_alarm(record->latest.condition)))
      found.push_back(own);
  if (found.size() > 1) {
    std::string all;
    for (const auto& each : found)
      all += (all.empty() ? "" : ", ") + subject_of(*each);
    return {false, "several are shelved that are called so: " + all + "; say which (--kind, --facility)"};
  }
  if (found.empty())
    return {false, record && record->shelved
                       ? "alarm " + short_form(alarm.alarm) + " is shelved with " + subject_of(*record->shelved) +
                             ": unshelve that"
                       : "nothing that is shelved is called " + x.name + "; millwright shelve lists what is"};
  const auto shelf = *found.front();
  size_t paged = 0;
  for (const auto& each : book.unshelve({shelf.what, shelf.of}, x.by, now())) {
    paged += !each.pages.empty();
    note(each);
  }
  note_shelves();
  auto text = subject_of(shelf) + " is shelved no more";
  if (shelf.what != alarm_shelf::scope::alarm)
    text += stand(paged, paged == 1 ? " and pages now" : " and page now");
  else if (paged > 0)
    text += "; it stands and pages now";
  return {true, std::move(text)};
}

handle_answer alarm_router::note_alarm(const handle_alarms& x) {
  const auto found = state_.book->find_by_beginning(x.name);
  if (found.result == found_answer::none)
    return {false, "no alarm's id begins with " + x.name};
  if (found.result == found_answer::several)
    return {false, more_than_one(x.name)};
  state_.book->note(found.alarm, x.text, x.by, now());
  changed(found.alarm);
  note_delivery();
  return {true, "noted with " + describe(state_.book->find(found.alarm)->latest)};
}

void alarm_router::note_shelves() {
  const auto changes = state_.book->shelf_changes();
  if (changes.empty())
    return;
  for (const auto& each : changes)
    state_.work.add(each);
  state_.shelves = std::make_shared<const std::vector<alarm_shelf>>(state_.book->shelves().all());
}

} // namespace millwright
