#include "actors/alarm/work_of_router_actor.hpp"

#include "protocol/failure.hpp"

#include <algorithm>
#include <utility>

// What comes in: transitions, commits, clocks; and the beginning and end of the router.

namespace millwright {

void alarm_router::start() {
  const auto& settings = state_.settings;
  state_.work = journal_work{settings.work};
  state_.order = transition_order{settings.order};
  self_->delayed_send(self_, settings.tidy_every, router_alarm_clock::tidy);
  load();
}

// Without its alarms the router would page again what was paged, and number anew what is numbered.
void alarm_router::load() {
  auto& settings = state_.settings;
  auto book = std::make_unique<alarm_book>(settings.ways, settings.limits);
  auto desk = std::make_unique<delivery_desk>(
      *settings.journal, settings.ways.channels(), settings.delivery, settings.pages_in_memory,
      [from = book.get()](const uuid& id) { return from->find(id); }, settings.stateful, settings.terms,
      settings.guide);
  try {
    const auto content = settings.journal->load([&](alarm_record record) { book->restore(std::move(record)); });
    for (const auto& each : content.shelves)
      book->restore(each);
    desk->restore(content);
    for (const auto& [id, record] : book->all())
      desk->restore(*record);
    desk->start(now());
  } catch (const failure& problem) {
    unreadable(problem.what());
    if (++state_.load_tries >= settings.load_tries)
      self_->quit(caf::make_error(caf::sec::runtime_error, std::string{problem.what()}));
    else
      self_->delayed_send(self_, settings.work.backoff * state_.load_tries, router_alarm_clock::load_again);
    return;
  }
  unreadable({});
  state_.book = std::move(book);
  state_.shelves = std::make_shared<const std::vector<alarm_shelf>>(state_.book->shelves().all());
  state_.desk = std::move(desk);
  note_delivery();
  const auto adopted = state_.book->adopt(
      now(), [this](const auto& channel, const auto& alarm) { return state_.desk->knows(channel, alarm); });
  if (settings.board) {
    settings.board->clear();
    for (const auto& [id, record] : state_.book->all())
      settings.board->pin(id, record);
  }
  for (const auto& each : adopted)
    note(each);
  std::stable_sort(settings.kept.begin(), settings.kept.end(),
                   [](const auto& a, const auto& b) { return a.number < b.number; });
  arrive_all(std::exchange(settings.kept, {}));
  for (const auto& each : std::exchange(state_.early, {}))
    each();
  flush();
}

void alarm_router::when_loaded(std::function<void()> what) {
  if (state_.book)
    what();
  else
    state_.early.push_back(std::move(what));
}

void alarm_router::arrive(const alarm_transition& x) {
  state_.order.arrive(x, state_.book->last_number(x.alarm), now(), [this](const auto& each) { take(each); });
  if (state_.order.waiting() > 0 && !std::exchange(state_.order_planned, true))
    self_->delayed_send(self_, std::max(state_.order.due() - now(), milliseconds{1}), router_alarm_clock::order_due);
}

// It is all that is kept: what came before, and neither the journal has nor these, is nowhere.
void alarm_router::arrive_all(const std::vector<alarm_transition>& kept) {
  for (const auto& each : kept)
    arrive(each);
  state_.order.end([this](const auto& each) { take(each); });
}

void alarm_router::take(const alarm_transition& x) {
  const auto decision = state_.book->take(x, now());
  state_.work.add(transition_journaled{x.alarm, x.number, x.telling});
  if (decision.taken)
    note(decision);
  else if (decision.moved)
    changed(x.alarm);
}

void alarm_router::started(const split_started& x) {
  for (const auto& alarm : state_.book->split_started(x.split, x.position, x.log, x.commit))
    changed(alarm);
  flush();
}

void alarm_router::committed(const split_committed& x) {
  for (auto& decision : state_.book->split_committed(x, now()))
    take_over(decision);
  flush();
}

void alarm_router::begun_anew(const split_begun_anew& x) {
  for (auto& decision : state_.book->split_begun_anew(x.split, now(), x.log))
    take_over(decision);
  flush();
}

// Nobody follows, or somebody may: what was told stands no longer for itself, and what waits for its predecessor need
// not be taken at all. A successor tells it again, and what the alarm had behind it.
void alarm_router::dropped(const transition_dropped& x) {
  state_.order.drop(x.alarm, x.number);
  if (x.expected) {
    if (state_.book->expect_again(x.alarm, x.number))
      changed(x.alarm);
    flush();
    return;
  }
  if (const auto decision = state_.book->take_back(x.alarm, x.number, x.stood, "its sensor is quarantined", now()))
    take_over(*decision);
  flush();
}

void alarm_router::ring(router_alarm_clock which) {
  switch (which) {
  case router_alarm_clock::retry_journal:
    state_.work.pause_is_over();
    flush();
    break;
  case router_alarm_clock::serve_channels:
    state_.next_serve = forever;
    serve();
    publish();
    break;
  case router_alarm_clock::groups_due:
    state_.next_pass = forever;
    flush();
    serve();
    break;
  case router_alarm_clock::tidy:
    tidy();
    flush();
    break;
  case router_alarm_clock::journal_late:
    state_.late_planned = false;
    watch_writing();
    flush();
    break;
  case router_alarm_clock::load_again:
    load();
    break;
  case router_alarm_clock::order_due:
    state_.order_planned = false;
    state_.order.pass(now(), [this](const auto& each) { take(each); });
    if (state_.order.waiting() > 0 && !std::exchange(state_.order_planned, true))
      self_->delayed_send(self_, std::max(state_.order.due() - now(), milliseconds{1}), router_alarm_clock::order_due);
    flush();
    break;
  }
}

void alarm_router::stop(caf::typed_response_promise<bool> promise) {
  state_.stopping = true;
  state_.stopped = std::move(promise);
  // Nobody is coming any more who could be waited for.
  state_.order.end([this](const auto& each) { take(each); });
  // One more try, at once, for a journal that has been failing.
  state_.work.pause_is_over();
  flush();
  end_if_stopping();
}

void alarm_router::end_if_stopping() {
  const auto& work = state_.work;
  if (!state_.stopping || (work.writing() && !work.late()) || !(work.empty() || work.stuck()))
    return;
  if (state_.stopped.pending())
    state_.stopped.deliver(state_.work.empty());
  self_->quit();
}

void alarm_router::unreadable(const std::string& why) {
  state_.read_error = why;
  tell_journal();
}

std::string alarm_router::journal_trouble() const {
  const auto& why = state_.work.failing() ? state_.work.error() : state_.read_error;
  return why.empty() && state_.work.late() ? "it does not answer; pages go out from memory" : why;
}

void alarm_router::tell_journal() {
  const auto why = journal_trouble();
  if (std::exchange(state_.told_trouble, !why.empty()) == !why.empty())
    return;
  if (state_.settings.journal_fails)
    state_.settings.journal_fails(why);
}

alarm_router_actor::behavior_type route_alarms(alarm_router::pointer self, alarm_router_settings settings) {
  self->state.settings = std::move(settings);
  alarm_router{self}.start();
  return {
      [=](const alarm_transition& x) {
        alarm_router work{self};
        work.when_loaded([=] { alarm_router{self}.arrive(x); });
        work.flush();
      },
      [=](const alarm_transitions& x) {
        alarm_router work{self};
        work.when_loaded([=] { alarm_router{self}.arrive_all(x.all); });
        work.flush();
      },
      [=](const split_started& x) { alarm_router{self}.when_loaded([=] { alarm_router{self}.started(x); }); },
      [=](const split_committed& x) { alarm_router{self}.when_loaded([=] { alarm_router{self}.committed(x); }); },
      [=](const split_begun_anew& x) { alarm_router{self}.when_loaded([=] { alarm_router{self}.begun_anew(x); }); },
      [=](const transition_dropped& x) { alarm_router{self}.when_loaded([=] { alarm_router{self}.dropped(x); }); },
      [=](const acknowledge_alarm& x) {
        auto promise = self->make_response_promise<acknowledge_answer>();
        alarm_router{self}.acknowledge(x, promise);
        return promise;
      },
      [=](const handle_alarms& x) {
        auto promise = self->make_response_promise<handle_answer>();
        alarm_router{self}.hand(x, promise);
        return promise;
      },
      [=](const journal_answered& x) { alarm_router{self}.answered(x); },
      [=](const channel_pull& x) {
        auto channel = caf::actor_cast<channel_actor>(self->current_sender());
        alarm_router{self}.when_loaded([=] { alarm_router{self}.pull(x, channel); });
      },
      [=](const delivery_report& x) { alarm_router{self}.when_loaded([=] { alarm_router{self}.delivered(x); }); },
      [=](const router_alarm_clock& x) { alarm_router{self}.ring(x); },
      [=](const describe_wanted&) { return alarm_router{self}.description(); },
      [=](const stop_router&) {
        auto promise = self->make_response_promise<bool>();
        alarm_router{self}.stop(promise);
        return promise;
      },
  };
}

} // namespace millwright
