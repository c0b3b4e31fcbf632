#include "actors/alarm/router_actor.hpp"

#include <algorithm>
#include <limits>

namespace millwright {

namespace {

// Waits are noted in wall time. One that is read from the journal counts for at most this.
constexpr milliseconds longest_noted_wait{60'000};

using router_pointer = alarm_router_actor::stateful_pointer<alarm_router_state>;

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// The shell's work, message by message. It lives no longer than the handling of one.
class router {
public:
  explicit router(router_pointer self) : self_{self}, state_{self->state} {}

  void start() {
    auto content = state_.settings.journal->load();
    state_.next_sequence = content.next_sequence;
    state_.book = std::make_unique<alarm_book>(state_.settings.ways, state_.settings.limits);
    for (auto& record : content.alarms)
      state_.book->restore(std::move(record));
    for (const auto& channel : state_.settings.ways.channels())
      lane_of(channel).index.expect_all_from_journal();
    if (state_.settings.clear_node_conditions)
      for (auto& decision : state_.book->clear_node_conditions("the node was started anew", now()))
        take_over(decision);
    self_->delayed_send(self_, state_.settings.tidy_every, router_alarm_clock::tidy);
    flush();
  }

  void take(const alarm_transition& x) {
    const auto decision = state_.book->take(x, now());
    state_.next.answers.push_back({x.alarm, x.number});
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
      state_.next.dirty.insert(done.alarm);
      tell_acknowledged(*state_.book->find(done.alarm));
      if (state_.failing)
        break;
      state_.next.promises.emplace_back(std::move(promise), std::move(out));
      flush();
      return;
    }
    if (state_.failing && done.result == answer::acknowledged)
      out.text += " (not on disk yet)";
    promise.deliver(std::move(out));
    flush();
  }

  // Hands what waits to the journal, unless it is still busy with the batch before.
  void flush() {
    if (state_.outstanding)
      return;
    if (state_.failing && state_.retry_planned) {
      release_from_memory(state_.next.pages);
      serve();
      return;
    }
    if (!state_.next.needs_disk()) {
      answer(state_.next);
      state_.next = {};
      end_if_stopping();
      return;
    }
    state_.outstanding = std::make_unique<router_work>(std::move(state_.next));
    state_.next = {};
    auto batch = std::make_shared<journal_batch>();
    for (const auto& id : state_.outstanding->dirty)
      if (const auto* record = state_.book->find(id)) {
        batch->alarms.emplace_back(id, std::string{});
        binary_writer out{batch->alarms.back().second};
        encode(out, *record);
      }
    batch->forgotten = state_.outstanding->forgotten;
    batch->pages = state_.outstanding->pages;
    batch->changes = state_.outstanding->changes;
    auto reply_to = caf::actor_cast<alarm_router_actor>(self_);
    state_.settings.journal->write(std::move(batch), [reply_to, number = ++state_.batch](journal_result result) {
      caf::anon_send<caf::message_priority::high>(
          reply_to, journal_answered{number, std::move(result.error), std::move(result.delivered_before)});
    });
  }

  void answered(const journal_answered& x) {
    if (!state_.outstanding || x.batch != state_.batch)
      return;
    auto work = std::move(state_.outstanding);
    if (x.error.empty())
      written(*work, x.delivered_before);
    else
      refused(std::move(*work), x.error);
    serve();
    flush();
    end_if_stopping();
  }

  void pull(const channel_pull& x, channel_actor channel) {
    auto& lane = lane_of(x.channel);
    if (lane.channel != channel) {
      lane.channel = std::move(channel);
      lane.index.put_all_back();
      lane.credit = 0;
    }
    lane.credit += x.credit;
    serve();
  }

  void delivered(const delivery_report& x) {
    auto& lane = lane_of(x.channel);
    const outbox_place place{x.priority, x.sequence};
    auto entry = x.outcome == delivery_outcome::retry ? lane.index.in_hand(place) : lane.index.finish(place);
    if (!entry)
      return;
    entry->attempts = x.attempts;
    outbox_change change;
    change.place = place;
    change.attempts = x.attempts;
    switch (x.outcome) {
    case delivery_outcome::sent:
      ++state_.sent;
      change.told = notification_of(entry->what, notification_outcome::sent, x.detail);
      break;
    case delivery_outcome::failed:
      ++state_.failed;
      change.told = notification_of(entry->what, notification_outcome::failed, x.detail);
      break;
    case delivery_outcome::retry:
      ++state_.retries;
      change.told = notification_of(entry->what, notification_outcome::planned, x.detail);
      entry->next_try = change.next_try = now() + x.wait;
      lane.index.put_back(std::move(*entry));
      break;
    }
    state_.next.changes.push_back(std::move(change));
    flush();
    serve();
  }

  // Gives every channel that has credit what is due, and plans the next look.
  void serve() {
    if (state_.stopping)
      return;
    const auto at = now();
    auto wake = forever;
    for (auto& [name, lane] : state_.lanes) {
      while (lane.channel && lane.credit > 0) {
        if (lane.index.dry())
          refill(name, lane);
        auto entries = lane.index.take(lane.credit, at);
        if (entries.empty())
          break;
        lane.credit -= static_cast<uint32_t>(entries.size());
        page_orders orders;
        for (auto& each : entries)
          orders.all.push_back({std::move(each.what), each.sequence, each.attempts});
        self_->send(lane.channel, std::move(orders));
      }
      if (lane.channel && lane.credit > 0)
        wake = std::min(wake, lane.index.earliest().value_or(forever));
    }
    if (wake < forever && (wake < state_.next_serve || state_.next_serve <= at)) {
      state_.next_serve = wake;
      self_->delayed_send(self_, std::max(wake - at, milliseconds{1}), router_alarm_clock::serve_channels);
    }
  }

  void ring(router_alarm_clock which) {
    switch (which) {
    case router_alarm_clock::retry_journal:
      state_.retry_planned = false;
      flush();
      break;
    case router_alarm_clock::serve_channels:
      state_.next_serve = forever;
      serve();
      break;
    case router_alarm_clock::tidy:
      for (const auto& id : state_.book->tidy(now())) {
        state_.next.dirty.erase(id);
        state_.next.forgotten.push_back(id);
      }
      self_->delayed_send(self_, state_.settings.tidy_every, router_alarm_clock::tidy);
      flush();
      break;
    }
  }

  alarm_status status() {
    const auto& book = *state_.book;
    const auto& counted = book.counted();
    alarm_status out;
    out.alarms = book.size();
    out.active = book.active();
    out.unacknowledged = book.unacknowledged();
    out.taken = counted.taken;
    out.repeated = counted.repeated;
    out.gaps = counted.gaps;
    out.not_repeated = counted.not_repeated;
    out.alerts = counted.alerts;
    out.notices = counted.notices;
    out.sent = state_.sent;
    out.failed = state_.failed;
    out.retries = state_.retries;
    for (const auto& [name, lane] : state_.lanes)
      out.pending += state_.settings.journal->waiting_count(name);
    out.pending += state_.released.size();
    out.journal_failing = state_.failing;
    out.journal_error = state_.journal_error;
    return out;
  }

  void stop(caf::typed_response_promise<bool> promise) {
    state_.stopping = true;
    state_.stopped = std::move(promise);
    // One more try, at once, for a journal that has been failing.
    state_.retry_planned = false;
    flush();
    end_if_stopping();
  }

private:
  event_time now() {
    const auto at = state_.settings.wall_clock();
    if (at < state_.looked)
      for (auto& [name, lane] : state_.lanes)
        lane.index.clock_set_back(at, state_.looked - at);
    state_.looked = at;
    return at;
  }

  alarm_router_state::lane& lane_of(const channel_name& channel) {
    return state_.lanes
        .try_emplace(channel, alarm_router_state::lane{outbox_index{state_.settings.pages_in_memory}, {}, 0})
        .first->second;
  }

  void note(const alarm_book::decision& decision) {
    state_.next.dirty.insert(decision.alarm);
    for (const auto& each : decision.pages)
      state_.next.pages.push_back({each, state_.next_sequence++, 0, never});
  }

  // A decision of the router's own, which no owner sent.
  void take_over(const alarm_book::decision& decision) {
    note(decision);
    if (state_.settings.decided)
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

  void written(router_work& work, const std::vector<std::string>& delivered_before) {
    state_.failing = false;
    state_.journal_error.clear();
    state_.backoff = milliseconds{0};
    for (auto& entry : work.pages) {
      if (state_.released.erase(entry.sequence) > 0)
        continue;
      if (!delivered_before.empty() &&
          std::find(delivered_before.begin(), delivered_before.end(), key_of(entry.what)) != delivered_before.end())
        continue;
      auto& lane = lane_of(entry.what.channel);
      lane.index.add(std::move(entry));
    }
    answer(work);
  }

  void refused(router_work&& work, const std::string& error) {
    state_.failing = true;
    state_.journal_error = error;
    for (auto& [promise, text] : work.promises) {
      text.text += " (not on disk yet)";
      promise.deliver(std::move(text));
    }
    // What was refused stays ahead of what has come since.
    work.promises = std::move(state_.next.promises);
    work.dirty.merge(state_.next.dirty);
    append(work.forgotten, std::move(state_.next.forgotten));
    append(work.pages, std::move(state_.next.pages));
    append(work.changes, std::move(state_.next.changes));
    append(work.answers, std::move(state_.next.answers));
    state_.next = std::move(work);
    state_.backoff = state_.backoff.count() == 0 ? state_.settings.journal_backoff
                                                 : std::min(state_.backoff * 2, state_.settings.journal_backoff_most);
    state_.retry_planned = true;
    self_->delayed_send(self_, state_.backoff, router_alarm_clock::retry_journal);
    release_from_memory(state_.next.pages);
  }

  void release_from_memory(const std::vector<outbox_entry>& pages) {
    // Sequences rise, so what was released before stands at the front.
    for (auto each = pages.rbegin(); each != pages.rend() && state_.released.insert(each->sequence).second; ++each) {
      auto entry = *each;
      entry.what.may_repeat = true;
      lane_of(each->what.channel).index.add_unjournaled(std::move(entry));
    }
  }

  void answer(router_work& work) {
    if (!work.answers.empty() && state_.settings.owner)
      self_->send<caf::message_priority::high>(state_.settings.owner, transitions_journaled{std::move(work.answers)});
    for (auto& [promise, text] : work.promises)
      promise.deliver(std::move(text));
  }

  void refill(const channel_name& name, alarm_router_state::lane& lane) {
    const auto most = state_.settings.pages_in_memory;
    const auto unanswered = state_.outstanding && !state_.outstanding->pages.empty()
                                ? state_.outstanding->pages.front().sequence
                                : std::numeric_limits<uint64_t>::max();
    auto entries = state_.settings.journal->waiting(name, lane.index.horizon(), most);
    // Whether the clock has been set back since these were written, nobody knows.
    for (auto& each : entries)
      each.next_try = std::min(each.next_try, now() + longest_noted_wait);
    lane.index.refill(std::move(entries), most, unanswered);
  }

  void end_if_stopping() {
    if (!state_.stopping || state_.outstanding || !(state_.next.empty() || state_.failing))
      return;
    if (state_.stopped.pending())
      state_.stopped.deliver(state_.next.empty());
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
        work.take(x);
        work.flush();
      },
      [=](const alarm_transitions& x) {
        router work{self};
        for (const auto& each : x.all)
          work.take(each);
        work.flush();
      },
      [=](const split_started& x) { self->state.book->split_started(x.split, x.position); },
      [=](const split_committed& x) { router{self}.committed(x); },
      [=](const acknowledge_alarm& x) {
        auto promise = self->make_response_promise<acknowledge_answer>();
        router{self}.acknowledge(x, promise);
        return promise;
      },
      [=](const list_alarms& x) {
        alarm_list out;
        for (const auto* each : self->state.book->list(x.limit, x.only_active))
          out.alarms.push_back(*each);
        out.total = x.only_active ? self->state.book->active() : self->state.book->size();
        return out;
      },
      [=](const get_alarm_status&) { return router{self}.status(); },
      [=](const journal_answered& x) { router{self}.answered(x); },
      [=](const channel_pull& x) { router{self}.pull(x, caf::actor_cast<channel_actor>(self->current_sender())); },
      [=](const delivery_report& x) { router{self}.delivered(x); },
      [=](const router_alarm_clock& x) { router{self}.ring(x); },
      [=](const stop_router&) {
        auto promise = self->make_response_promise<bool>();
        router{self}.stop(promise);
        return promise;
      },
  };
}

} // namespace millwright
