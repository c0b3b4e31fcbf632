#pragma once

#include "actors/alarm/router_actor.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The alarm router's work, message by message. It lives no longer than the handling of one: what stays is the actor's
/// state. On the router's thread.
class alarm_router {
public:
  using pointer = alarm_router_actor::stateful_pointer<alarm_router_state>;
  using acknowledge_promise = caf::typed_response_promise<acknowledge_answer>;
  using hand_promise = caf::typed_response_promise<handle_answer>;

  /// Said behind the answer to somebody who does not wait for a journal that fails or hangs.
  static constexpr std::string_view not_on_disk = " (not on disk yet)";

  explicit alarm_router(pointer self) : self_{self}, state_{self->state} {}

  void start();
  /// Runs now, or as soon as the journal's alarms are there.
  void when_loaded(std::function<void()> what);
  /// Ends the handling of every message.
  void flush();
  void ring(router_alarm_clock which);
  void stop(caf::typed_response_promise<bool> promise);

  // Owners.
  void arrive(const alarm_transition& x);
  void arrive_all(const std::vector<alarm_transition>& kept);
  void started(const split_started& x);
  void committed(const split_committed& x);
  void begun_anew(const split_begun_anew& x);
  void dropped(const transition_dropped& x);

  // The journal.
  void answered(const journal_answered& x);

  // Channels.
  void pull(const channel_pull& x, channel_actor channel);
  void delivered(const delivery_report& x);

  // People.
  void acknowledge(const acknowledge_alarm& x, acknowledge_promise promise);
  void hand(const handle_alarms& x, hand_promise promise);
  actor_description description() const;

private:
  event_time now() const { return state_.settings.wall_clock(); }

  void load();
  void unreadable(const std::string& why);
  void tell_journal();
  /// What is wrong with the journal: refused, unreadable, or without an answer for too long. Empty: nothing.
  std::string journal_trouble() const;
  void take(const alarm_transition& x);
  void end_if_stopping();

  /// Hands on what waits, unless the journal is still busy with the batch before.
  void hand_to_journal();
  void write();
  void written(const std::vector<std::string>& delivered_before);
  void refused(const std::string& error);
  void watch_writing();
  void answer(journal_items items);
  void deliver(uint64_t ticket, std::string_view remark);
  /// With the next batch; at once, and saying so, while the journal fails.
  template <class Answer>
  void answer_on_disk(caf::typed_response_promise<Answer> promise, Answer out) {
    if (state_.work.stuck()) {
      out.text += not_on_disk;
      promise.deliver(std::move(out));
      return;
    }
    state_.work.add_ticket(state_.next_ticket);
    state_.tickets.emplace(state_.next_ticket++, [promise, out](std::string_view remark) mutable {
      out.text += remark;
      promise.deliver(std::move(out));
    });
  }

  void note(const alarm_book::decision& decision);
  /// What the desk has decided, for the journal and for whoever listens.
  void note_delivery();
  /// A decision of the router's own, which no owner sent.
  void take_over(const alarm_book::decision& decision);
  /// Gives every channel that has credit what is due, and plans the next look.
  void serve();

  /// What is held and has come to its time, groups that grew or are over; plans the next look.
  void pass();
  void acknowledged(const alarm_book::acknowledgement& done);
  void tell_acknowledged(const alarm_record& record);
  handle_answer shelve(const handle_alarms& x);
  handle_answer unshelve(const handle_alarms& x);
  handle_answer note_alarm(const handle_alarms& x);
  /// What the book has shelved and unshelved, for the journal.
  void note_shelves();
  void changed(const uuid& alarm);
  void pin(const uuid& alarm, alarm_book::record_pointer record);
  /// A few at a time: nobody who is to be paged waits for it.
  void tidy();
  void look_for_flood();
  /// For people's questions: what has changed is pinned to the board as it changes.
  void publish();

  pointer self_;
  alarm_router_state& state_;
};

} // namespace millwright
