#pragma once

#include <caf/all.hpp>

#include <cstddef>
#include <exception>

namespace millwright {

/// An actor of CAF for those of whom there are a hundred thousand, or some thousands: it has an address, may be
/// monitored, linked and told to exit, and runs on any execution unit, as every other. What `caf::scheduled_actor` has
/// beside that (streams, requests of its own, a stack of behaviours, timeouts, four queues: 840 bytes of 960, and a
/// look at the clock each turn) it lacks. Messages come in the order in which they were sent, whatever their priority.
class light_actor : public caf::monitorable_actor, public caf::resumable {
public:
  explicit light_actor(caf::actor_config& config) : monitorable_actor{config} {}

  using monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* unit) override;
  /// For CAF's spawn.
  void launch(caf::execution_unit* unit, bool lazy, bool hide);
  void on_destroy() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* unit) override;

  resume_result resume(caf::execution_unit* unit, size_t most_messages) override;
  void intrusive_ptr_add_ref_impl() override { intrusive_ptr_add_ref(ctrl()); }
  void intrusive_ptr_release_impl() override { intrusive_ptr_release(ctrl()); }

protected:
  /// Before the first message. What is thrown here or in `take` ends the actor.
  virtual void begin() = 0;
  /// False for a message that is none of its own.
  virtual bool take(const caf::type_erased_tuple& message) = 0;
  /// What it answers to a request that is none of those; an empty message: it is no request that it knows.
  virtual caf::message reply_to(const caf::type_erased_tuple& request);
  /// The reason with which what was thrown ends it.
  virtual caf::error explain(std::exception_ptr thrown) = 0;
  /// It has ended, but somebody may keep its address: gives up what it held.
  virtual void end() = 0;

  /// `message` as the one value of type T that it is; else null.
  template <class T>
  static const T* only(const caf::type_erased_tuple& message) {
    return message.match_elements<T>() ? &message.get_as<T>(0) : nullptr;
  }

private:
  struct inbox_policy {
    using mapped_type = caf::mailbox_element;
    using unique_pointer = caf::mailbox_element_ptr;
  };

  caf::mailbox_element_ptr next();
  void process(caf::mailbox_element_ptr message, caf::execution_unit* unit);
  bool respond(caf::mailbox_element& request, caf::execution_unit* unit);
  bool ended() const { return getf(is_terminated_flag); }

  caf::intrusive::lifo_inbox<inbox_policy> inbox_;
  /// Taken out of the inbox, the oldest first.
  caf::mailbox_element* waiting_ = nullptr;
};

} // namespace millwright
