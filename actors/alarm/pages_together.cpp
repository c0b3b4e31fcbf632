#include "actors/alarm/channel_outbox.hpp"

#include <vector>

// Many pages that are due at once are one message. A channel that was down for a while has them all at its return.

namespace millwright {

// A critical alert is a message of its own; so is what was refused with others of its kind, or before. What is old news
// has a digest, and so has an end whose raise never got there.
bool channel_outbox::goes_together(const item& x, event_time now) const {
  if (x.kind == page_kind::digest || urgent(x) || x.shortest || noting_.contains(x.alarm) || old_news(x, now))
    return false;
  const auto& known = alarms_.at(x.alarm);
  if (x.ends && known.waiting != x.place)
    return !known.waiting && told(x.alarm);
  return true;
}

event_time channel_outbox::full_until(event_time now) const {
  if (terms_.together_over == 0)
    return never;
  if (last_together_ != never && last_together_ + terms_.together_within > now)
    return last_together_ + terms_.together_within;
  if (alone_.size() < terms_.together_over)
    return never;
  return alone_.front() + terms_.together_within;
}

void channel_outbox::went_alone(const item& x, event_time now) {
  if (terms_.together_over == 0 || x.kind == page_kind::digest || urgent(x))
    return;
  alone_.push_back(now);
  if (alone_.size() > terms_.together_over)
    alone_.pop_front();
}

void channel_outbox::write_together(event_time now, const alarm_lookup& find, const page_reader& read,
                                    uint64_t& next_sequence, delivery_effects& out) {
  const size_t over = terms_.together_over;
  // One at a time waits, as with any digest.
  if (over == 0 || digest_ || dissolving_ || ready_.size() - urgent_.size() <= over || now < digest_again_ ||
      (last_together_ != never && last_together_ + terms_.together_within > now))
    return;
  std::vector<outbox_place> told;
  for (const auto& place : ready_) {
    const auto& x = items_.at(place);
    const auto* record = find(x.alarm);
    if (goes_together(x, now) && (x.ends || !record || !record->shelved))
      told.push_back(place);
  }
  if (told.size() <= over)
    return;
  if (write_bundle(bundle::at_once, told, now, find, read, next_sequence, out))
    last_together_ = now;
  else
    digest_again_ = read_again_;
}

} // namespace millwright
