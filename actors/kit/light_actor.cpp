#include "actors/kit/light_actor.hpp"

#include <caf/detail/sync_request_bouncer.hpp>

#include <utility>

namespace millwright {

void light_actor::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* unit) {
  const auto id = message->mid;
  const auto sender = id.is_request() ? message->sender : nullptr;
  switch (inbox_.push_front(std::move(message))) {
  case caf::intrusive::inbox_result::unblocked_reader:
    // Whoever runs it gives this reference back.
    intrusive_ptr_add_ref(ctrl());
    if (unit != nullptr)
      unit->exec_later(this);
    else
      home_system().scheduler().enqueue(this);
    return;
  case caf::intrusive::inbox_result::queue_closed:
    if (id.is_request())
      caf::detail::sync_request_bouncer{fail_state()}(sender, id);
    return;
  default:
    return;
  }
}

void light_actor::launch(caf::execution_unit* unit, bool lazy, bool hide) {
  if (!hide)
    register_at_system();
  if (lazy && inbox_.try_block())
    return;
  intrusive_ptr_add_ref(ctrl());
  unit->exec_later(this);
}

void light_actor::on_destroy() {
  if (getf(is_cleaned_up_flag))
    return;
  cleanup(caf::exit_reason::unreachable, nullptr);
  monitorable_actor::on_destroy();
}

bool light_actor::cleanup(caf::error&& reason, caf::execution_unit* unit) {
  if (!inbox_.closed()) {
    const caf::detail::sync_request_bouncer bounce{reason};
    const auto drop = [&](caf::mailbox_element* each) { bounce(*caf::mailbox_element_ptr{each}); };
    while (waiting_) {
      auto* const each = waiting_;
      waiting_ = static_cast<caf::mailbox_element*>(each->next);
      drop(each);
    }
    inbox_.close(drop);
  }
  unregister_from_system();
  if (!getf(is_cleaned_up_flag))
    end();
  return monitorable_actor::cleanup(std::move(reason), unit);
}

// The inbox gives the newest first.
caf::mailbox_element_ptr light_actor::next() {
  if (!waiting_) {
    auto* taken = inbox_.take_head();
    while (taken) {
      auto* const before = static_cast<caf::mailbox_element*>(taken->next);
      taken->next = std::exchange(waiting_, taken);
      taken = before;
    }
  }
  if (!waiting_)
    return nullptr;
  caf::mailbox_element_ptr out{waiting_};
  waiting_ = static_cast<caf::mailbox_element*>(std::exchange(out->next, nullptr));
  return out;
}

caf::resumable::resume_result light_actor::resume(caf::execution_unit* unit, size_t most_messages) {
  if (ended())
    return done;
  if (!getf(is_initialized_flag)) {
    setf(is_initialized_flag);
    try {
      begin();
    } catch (...) {
      cleanup(explain(std::current_exception()), unit);
      return done;
    }
  }
  for (size_t processed = 0; processed < most_messages;) {
    auto message = next();
    if (!message) {
      if (inbox_.try_block())
        return awaiting_message;
      continue;
    }
    process(std::move(message), unit);
    ++processed;
    if (ended())
      return done;
  }
  return resume_later;
}

caf::message light_actor::reply_to(const caf::type_erased_tuple&) {
  return {};
}

bool light_actor::respond(caf::mailbox_element& request, caf::execution_unit* unit) {
  auto reply = reply_to(request.content());
  if (reply.empty())
    return false;
  if (request.mid.is_request() && request.sender)
    request.sender->enqueue(nullptr, request.mid.response_id(), std::move(reply), unit);
  return true;
}

void light_actor::process(caf::mailbox_element_ptr message, caf::execution_unit* unit) {
  try {
    // CAF's own messages are the same for every actor: above all to exit.
    if (take(message->content()) || respond(*message, unit) || handle_system_message(*message, unit, false))
      return;
    if (message->mid.is_request() && message->sender)
      message->sender->enqueue(nullptr, message->mid.response_id(),
                               caf::make_message(caf::make_error(caf::sec::unexpected_message)), unit);
  } catch (...) {
    auto why = explain(std::current_exception());
    bounce(message, why);
    cleanup(std::move(why), unit);
  }
}

} // namespace millwright
