#include "actors/alarm/router_actor.hpp"

#include "protocol/failure.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

// Shown to people.
constexpr size_t newest_paged = 6;

using router_pointer = alarm_router_actor::stateful_pointer<alarm_router_state>;
using acknowledge_promise = caf::typed_response_promise<acknowledge_answer>;

// The shell's work, message by message. It lives no longer than the handling of one.
class router {
public:
  explicit router(router_pointer self) : self_{self}, state_{self->state} {}

  void start() {
    const auto& settings = state_.settings;
    state_.work = journal_work{settings.work};
    state_.order = transition_order{settings.order};
    self_->delayed_send(self_, settings.tidy_every, router_alarm_clock::tidy);
    load();
  }

  // Without its alarms the router would page again what was paged, and number anew what is numbered.
  void load() {
    auto& settings = state_.settings;
    auto book = std::make_unique<alarm_book>(settings.ways, settings.limits);
    auto desk = std::make_unique<delivery_desk>(*settings.journal, settings.ways.channels(), settings.delivery,
                                                settings.pages_in_memory,
                                                [from = book.get()](const uuid& id) { return from->find(id); });
    try {
      desk->restore(settings.journal->load([&](alarm_record record) { book->restore(std::move(record)); }));
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
    state_.desk = std::move(desk);
    note_delivery();
    const auto adopted = state_.book->adopt(now());
    if (settings.board) {
      settings.board->clear();
      for (const auto& [id, record] : state_.book->all())
        settings.board->pin(id, record);
    }
    for (const auto& each : adopted)
      note(each);
    std::stable_sort(settings.kept.begin(), settings.kept.end(),
                     [](const auto& a, const auto& b) { return a.number < b.number; });
    for (const auto& each : std::exchange(settings.kept, {}))
      arrive(each);
    for (const auto& each : std::exchange(state_.early, {}))
      each();
    flush();
  }

  // Runs now, or as soon as the journal's alarms are there.
  void when_loaded(std::function<void()> what) {
    if (state_.book)
      what();
    else
      state_.early.push_back(std::move(what));
  }

  void arrive(const alarm_transition& x) {
    state_.order.arrive(x, state_.book->last_number(x.alarm), now(), [this](const auto& each) { take(each); });
    if (state_.order.waiting() > 0 && !std::exchange(state_.order_planned, true))
      self_->delayed_send(self_, std::max(state_.order.due() - now(), milliseconds{1}), router_alarm_clock::order_due);
  }

  void take(const alarm_transition& x) {
    const auto decision = state_.book->take(x, now());
    state_.work.add(transition_journaled{x.alarm, x.number});
    if (decision.taken)
      note(decision);
  }

  void committed(const split_committed& x) {
    for (auto& decision : state_.book->split_committed(x.split, x.position, now()))
      take_over(decision);
    flush();
  }

  void acknowledge(const acknowledge_alarm& x, acknowledge_promise promise) {
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
      changed(done.alarm);
      tell_acknowledged(*state_.book->find(done.alarm));
      if (state_.work.failing()) {
        out.text += " (not on disk yet)";
        break;
      }
      state_.work.add_ticket(state_.next_ticket);
      state_.tickets.emplace(state_.next_ticket++, std::pair{std::move(promise), std::move(out)});
      flush();
      return;
    }
    promise.deliver(std::move(out));
    flush();
  }

  // Ends the handling of every message.
  void flush() {
    hand_to_journal();
    publish();
  }

  // Hands on what waits, unless the journal is still busy with the batch before.
  void hand_to_journal() {
    if (state_.work.writing())
      return;
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

  void write() {
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
    auto reply_to = caf::actor_cast<alarm_router_actor>(self_);
    state_.settings.journal->write(std::move(batch), [reply_to, number = state_.work.number()](journal_result result) {
      caf::anon_send<caf::message_priority::high>(
          reply_to, journal_answered{number, std::move(result.error), std::move(result.delivered_before)});
    });
  }

  void answered(const journal_answered& x) {
    if (!state_.work.writing() || x.batch != state_.work.number())
      return;
    if (x.error.empty())
      written(x.delivered_before);
    else
      refused(x.error);
    serve();
    flush();
    end_if_stopping();
  }

  void pull(const channel_pull& x, channel_actor channel) {
    auto& known = state_.channels[x.channel];
    const bool anew = known != channel;
    if (anew)
      known = std::move(channel);
    state_.desk->pull(x, anew);
    serve();
    publish();
  }

  void delivered(const delivery_report& x) {
    state_.desk->delivered(x, now(), state_.settings.steady_clock());
    note_delivery();
    flush();
    serve();
  }

  // Gives every channel that has credit what is due, and plans the next look.
  void serve() {
    if (state_.stopping || !state_.desk)
      return;
    const auto at = now();
    for (auto& [channel, orders] : state_.desk->serve(at, state_.settings.steady_clock()))
      self_->send(state_.channels[channel], std::move(orders));
    note_delivery();
    unreadable(state_.desk->read_error());
    if (state_.work.next().need_disk() && !state_.work.writing() && !state_.work.pausing())
      write();
    const auto wake = state_.desk->wake();
    if (wake < forever && (wake < state_.next_serve || state_.next_serve <= at)) {
      state_.next_serve = wake;
      self_->delayed_send(self_, std::max(wake - at, milliseconds{1}), router_alarm_clock::serve_channels);
    }
  }

  void ring(router_alarm_clock which) {
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
    case router_alarm_clock::tidy:
      tidy();
      flush();
      break;
    case router_alarm_clock::load_again:
      load();
      break;
    case router_alarm_clock::order_due:
      state_.order_planned = false;
      state_.order.pass(now(), [this](const auto& each) { take(each); });
      if (state_.order.waiting() > 0 && !std::exchange(state_.order_planned, true))
        self_->delayed_send(self_, std::max(state_.order.due() - now(), milliseconds{1}),
                            router_alarm_clock::order_due);
      flush();
      break;
    }
  }

  // A few at a time: nobody who is to be paged waits for it.
  void tidy() {
    constexpr size_t at_once = 500;
    constexpr milliseconds soon{50};
    const auto left = state_.book ? state_.book->tidy(now(), at_once) : std::vector<uuid>{};
    for (const auto& id : left) {
      state_.work.forgotten(id);
      pin(id, nullptr);
    }
    self_->delayed_send(self_, left.size() < at_once ? state_.settings.tidy_every : soon, router_alarm_clock::tidy);
  }

  // For people's questions: what has changed is pinned to the board as it changes.
  void publish() {
    if (!state_.book || !state_.settings.board)
      return;
    const auto& book = *state_.book;
    const auto& counted = book.counted();
    alarm_status out;
    out.alarms = book.size();
    const auto& counts = book.counts();
    out.active = counts.active;
    std::copy(counts.by_severity.begin(), counts.by_severity.end(), out.by_severity.begin());
    out.observations = counts.observations;
    out.unacknowledged = counts.unacknowledged;
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
    out.journal_failing = state_.work.failing() || !state_.read_error.empty();
    out.journal_error = state_.work.failing() ? state_.work.error() : state_.read_error;
    out.newest_paged = book.newest_paged(newest_paged);
    state_.settings.board->publish(std::move(out));
  }

  void stop(caf::typed_response_promise<bool> promise) {
    state_.stopping = true;
    state_.stopped = std::move(promise);
    // Nobody is coming any more who could be waited for.
    state_.order.end([this](const auto& each) { take(each); });
    // One more try, at once, for a journal that has been failing.
    state_.work.pause_is_over();
    flush();
    end_if_stopping();
  }

private:
  event_time now() const { return state_.settings.wall_clock(); }

  void pin(const uuid& alarm, alarm_book::record_pointer record) {
    if (state_.settings.board)
      state_.settings.board->pin(alarm, std::move(record));
  }

  void changed(const uuid& alarm) {
    state_.work.changed(alarm);
    pin(alarm, state_.book->share(alarm));
  }

  void unreadable(const std::string& why) {
    if (state_.read_error.empty() == why.empty())
      return;
    state_.read_error = why;
    if (state_.settings.unreadable)
      state_.settings.unreadable(why);
  }

  void note(const alarm_book::decision& decision) {
    changed(decision.alarm);
    for (const auto& each : decision.pages)
      state_.desk->add(each, now());
    note_delivery();
  }

  // What the desk has decided, for the journal and for whoever listens.
  void note_delivery() {
    auto effects = state_.desk->effects();
    for (const auto& [alarm, channel] : effects.paged_also)
      if (state_.book->paged_also(alarm, channel))
        changed(alarm);
    for (auto& each : effects.pages)
      state_.work.add(std::move(each));
    for (auto& each : effects.changes)
      state_.work.add(std::move(each));
    for (const auto& each : effects.told)
      state_.work.add(each);
    for (const auto& each : effects.digests)
      state_.work.add(each);
    for (const auto& each : state_.desk->news())
      if (state_.settings.heard)
        state_.settings.heard(each);
  }

  // A decision of the router's own, which no owner sent.
  void take_over(const alarm_book::decision& decision) {
    note(decision);
    if (decision.taken && state_.settings.decided)
      state_.settings.decided(state_.book->find(decision.alarm)->latest);
  }

  void tell_acknowledged(const alarm_record& record) {
    if (!state_.settings.decided)
      return;
    auto x = record.latest;
    x.kind = transition_kind::acknowledged;
    x.at = record.acknowledged_at;
    x.reason = record.acknowledged_by.empty() ? std::string{} : "by " + record.acknowledged_by;
    x.pages = false;
    state_.settings.decided(x);
  }

  void written(const std::vector<std::string>& delivered_before) {
    auto items = state_.work.written();
    for (const auto& [sequence, page] : items.pages)
      state_.desk->journaled(page, !delivered_before.empty() &&
                                       std::find(delivered_before.begin(), delivered_before.end(), key_of(page.what)) !=
                                           delivered_before.end());
    for (const auto& [sequence, change] : items.changes)
      state_.desk->journaled(change);
    answer(std::move(items));
  }

  void refused(const std::string& error) {
    const auto [tickets, pause] = state_.work.refused(error);
    for (const auto ticket : tickets)
      deliver(ticket, " (not on disk yet)");
    self_->delayed_send(self_, pause, router_alarm_clock::retry_journal);
    state_.desk->release();
  }

  void answer(journal_items items) {
    if (!items.answers.empty() && state_.settings.owner)
      self_->send<caf::message_priority::high>(state_.settings.owner, transitions_journaled{std::move(items.answers)});
    for (const auto ticket : items.tickets)
      deliver(ticket, {});
  }

  void deliver(uint64_t ticket, std::string_view remark) {
    auto waiting = state_.tickets.extract(ticket);
    if (waiting.empty())
      return;
    auto& [promise, answer] = waiting.mapped();
    answer.text += remark;
    promise.deliver(std::move(answer));
  }

  void end_if_stopping() {
    if (!state_.stopping || state_.work.writing() || !(state_.work.empty() || state_.work.failing()))
      return;
    if (state_.stopped.pending())
      state_.stopped.deliver(state_.work.empty());
    self_->quit();
  }

  router_pointer self_;
  alarm_router_state& state_;
};

} // namespace

alarm_router_actor::behavior_type route_alarms(router_pointer self, alarm_router_settings settings) {
  self->state.settings = std::move(settings);
  router{self}.start();
  return {
      [=](const alarm_transition& x) {
        router work{self};
        work.when_loaded([=] { router{self}.arrive(x); });
        work.flush();
      },
      [=](const alarm_transitions& x) {
        router work{self};
        work.when_loaded([=] {
          for (const auto& each : x.all)
            router{self}.arrive(each);
        });
        work.flush();
      },
      [=](const split_started& x) {
        router{self}.when_loaded([=] { self->state.book->split_started(x.split, x.position); });
      },
      [=](const split_committed& x) { router{self}.when_loaded([=] { router{self}.committed(x); }); },
      [=](const acknowledge_alarm& x) {
        auto promise = self->make_response_promise<acknowledge_answer>();
        router{self}.acknowledge(x, promise);
        return promise;
      },
      [=](const journal_answered& x) { router{self}.answered(x); },
      [=](const channel_pull& x) {
        auto channel = caf::actor_cast<channel_actor>(self->current_sender());
        router{self}.when_loaded([=] { router{self}.pull(x, channel); });
      },
      [=](const delivery_report& x) { router{self}.when_loaded([=] { router{self}.delivered(x); }); },
      [=](const router_alarm_clock& x) { router{self}.ring(x); },
      [=](const stop_router&) {
        auto promise = self->make_response_promise<bool>();
        router{self}.stop(promise);
        return promise;
      },
  };
}

} // namespace millwright
