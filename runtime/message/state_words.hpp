#pragma once

#include "protocol/page.hpp"

namespace millwright {

/// One of the states that a message tells, as a page of its own: its words are those of any page.
inline page page_of(const page& message, const alarm_now& state) {
  page out{message.channel, state.is == alarm_now::what::stands ? page_kind::alert : page_kind::notice, state.newest,
           message.may_repeat};
  out.guidance = state.guidance;
  out.told_at = message.told_at;
  out.stands_until = message.stands_until;
  return out;
}

} // namespace millwright
