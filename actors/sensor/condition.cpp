#include "actors/sensor/condition.hpp"

#include "actors/sensor/stored_time.hpp"

#include <algorithm>

namespace millwright {

condition* condition_list::find(rule which) {
  for (auto& c : all())
    if (c.which == which)
      return &c;
  return nullptr;
}

const condition* condition_list::find(rule which) const {
  for (const auto& c : all())
    if (c.which == which)
      return &c;
  return nullptr;
}

condition* condition_list::due() {
  condition* first = nullptr;
  for (auto& c : all())
    if (ends_by_time(c) && (!first || c.deadline < first->deadline))
      first = &c;
  return first;
}

condition& condition_list::entry(rule which) {
  if (auto* known = find(which))
    return *known;
  auto& c = add();
  c.which = which;
  return c;
}

condition& condition_list::add() {
  auto& all = all_.made();
  // Few sensors have more than one: no room in advance.
  all.reserve(all.size() + 1);
  return all.emplace_back();
}

void condition_list::refresh() {
  next_ = forever;
  live_ = active_ = {};
  for (const auto& c : all()) {
    if (c.active)
      active_.put(c.which);
    if (c.active || c.timer != timer_kind::none)
      live_.put(c.which);
    if (ends_by_time(c))
      next_ = std::min(next_, c.deadline);
  }
}

void condition_list::arm(condition& c, timer_kind kind, event_time deadline) {
  c.timer = kind;
  c.deadline = kind == timer_kind::none ? never : deadline;
  refresh();
}

bool condition_list::raise(rule which, event_time at, const finding& why, const occasion& when) {
  const auto& settings = *when.book.settings;
  auto& c = entry(which);
  if (c.active) {
    if (why.level <= c.level)
      return false;
    c.level = why.level;
    c.score = static_cast<int16_t>(why.score);
    // Chattering is paged once, but not beside an emergency.
    tell(c, transition_kind::updated, at, why, !c.chattering || c.level > c.paged, when);
    return false;
  }
  // What a reading out of order finds may lie before the clear: that stretch is another one.
  const bool before_clear = c.raises > 0 && at < c.ended_at;
  const bool again = c.raises > 0 && !before_clear && at - c.ended_at <= settings.reopen_within;
  if (!again) {
    ++c.raises;
    c.number = 0;
    c.raised_at = at;
    c.paged = severity::normal;
  }
  c.chattering = !before_clear && chatters(c, at, settings);
  c.active = true;
  c.level = why.level;
  c.score = static_cast<int16_t>(why.score);
  arm(c, timer_kind::none, never);
  tell(c, again ? transition_kind::reopened : transition_kind::raised, at, why, c.level > c.paged, when);
  return true;
}

void condition_list::page(condition& c, event_time at, const finding& why, const occasion& when) {
  if (c.level > c.paged)
    tell(c, transition_kind::updated, at, why, true, when);
}

bool condition_list::chatters(condition& c, event_time at, const detection_settings& settings) {
  std::copy_backward(c.raised.begin(), c.raised.end() - 1, c.raised.end());
  c.raised[0] = at;
  c.recent = static_cast<uint8_t>(std::min<size_t>(c.recent + 1u, condition::raises_kept));
  uint32_t close = 0;
  for (uint8_t i = 0; i < c.recent; ++i)
    close += at - c.raised[i] <= settings.chatter_within;
  return close >= std::clamp<uint32_t>(settings.chatter_raises, 2, condition::raises_kept);
}

void condition_list::tell(condition& c, transition_kind kind, event_time at, const finding& why, bool worth_a_page,
                          const occasion& when) {
  const bool pages = why.pages && worth_a_page;
  if (pages)
    c.paged = std::max(c.paged, c.level);
  ++c.number;
  emit(c, kind, at, why, pages, when);
}

void condition_list::move_back(milliseconds by) {
  for (auto& c : all()) {
    for (auto* at : {&c.ended_at, &c.deadline})
      *at = *at == never ? never : *at - by;
    for (uint8_t i = 0; i < c.recent; ++i)
      c.raised[i] -= by;
  }
  refresh();
}

void condition_list::raise_at(rule which, event_time deadline, severity level, bool by_reading) {
  auto& c = entry(which);
  if (c.active || c.timer == timer_kind::raise)
    return;
  c.level = level;
  c.by_reading = by_reading;
  arm(c, timer_kind::raise, deadline);
}

void condition_list::by_reading(rule which, bool waits) {
  if (auto* c = find(which)) {
    c->by_reading = waits;
    refresh();
  }
}

void condition_list::end_after_last(rule which, event_time from, milliseconds delay, const occasion& when) {
  auto* c = find(which);
  if (c && c->active)
    arm(*c, timer_kind::clear, from + (c->chattering ? std::max(delay, when.book.settings->chatter_within) : delay));
}

void condition_list::end_after(rule which, event_time from, milliseconds delay, const occasion& when) {
  auto* c = find(which);
  if (!c)
    return;
  if (!c->active) {
    stop(which);
    return;
  }
  if (c->timer == timer_kind::clear)
    return;
  const auto held = c->chattering ? std::max(delay, when.book.settings->chatter_within) : delay;
  if (held.count() <= 0)
    end(*c, transition_kind::cleared, from, {}, when);
  else
    arm(*c, timer_kind::clear, from + held);
}

void condition_list::stop(rule which) {
  auto* c = find(which);
  if (!c || c->timer == timer_kind::none)
    return;
  if (c->raises == 0) {
    all_->erase(all_->begin() + (c - all_->data()));
    refresh();
  } else {
    arm(*c, timer_kind::none, never);
  }
}

namespace {

std::string_view reason_of(rule which, transition_kind kind) {
  if (kind == transition_kind::adapted)
    return "what it does now has become its normal range";
  switch (which) {
  case rule::limit:
    return "back inside the limit by the deadband";
  case rule::z:
    return "back near its average";
  case rule::state:
    return "back in its normal range";
  case rule::rate:
  case rule::rapid_change:
    return "no such change since";
  case rule::range:
    return "back in the physical range";
  case rule::stale:
    return "reports again";
  case rule::bad_quality:
    return "quality is good again";
  case rule::stuck:
    return "the value moves again";
  default:
    return "nothing new since";
  }
}

} // namespace

void condition_list::end(condition& c, transition_kind kind, event_time at, std::string_view reason,
                         const occasion& when) {
  ++c.number;
  finding why;
  why.level = c.level;
  why.reason = reason.empty() ? reason_of(c.which, kind) : reason;
  emit(c, kind, at, why, false, when);
  c.active = c.chattering = false;
  c.ended_at = at;
  arm(c, timer_kind::none, never);
}

void condition_list::tell_again(std::string_view reason, const occasion& when) const {
  for (const auto& c : all()) {
    if (!c.active)
      continue;
    finding why;
    why.level = c.level;
    why.reason = reason;
    emit(c, transition_kind::updated, c.recent > 0 ? c.raised[0] : c.raised_at, why, false, when);
  }
}

void condition_list::emit(const condition& c, transition_kind kind, event_time at, const finding& why, bool pages,
                          const occasion& when) const {
  const auto& context = when.context;
  alarm_transition x;
  x.condition = {context.key.facility, context.key.sensor, context.equipment, c.which};
  x.alarm = alarm_id_of(x.condition, c.raised_at, c.raises);
  x.number = c.number;
  x.kind = kind;
  x.at = at;
  x.raised_at = c.raised_at;
  if (kind == transition_kind::raised || kind == transition_kind::reopened)
    x.onset = why.onset == never ? at : std::min(why.onset, at);
  x.level = c.level;
  x.priority = priority_of(*when.book.settings, c.which, c.score,
                           {context.how_critical, context.equipment.view(), context.key.facility.view()});
  x.value = when.value;
  x.evidence.previous = when.previous;
  x.evidence.limit = why.limit;
  x.evidence.z = why.z;
  x.evidence.against = why.against;
  x.evidence.unit = !context.unit.empty() || !when.type ? context.unit.view() : std::string_view{when.type->unit};
  if (when.type)
    x.evidence.sensor_type = when.type->name;
  if (context.facility) {
    x.evidence.facility_name = context.facility->name;
    x.evidence.timezone = context.facility->timezone;
    x.evidence.line = context.facility->production_line;
  }
  x.reason = why.reason;
  x.pages = pages;
  x.fresh = when.fresh;
  x.chattering = c.chattering;
  // Whoever does not know the alarm has to hear of it.
  x.was = kind == transition_kind::raised ? severity::normal : c.paged;
  x.split = when.split;
  x.position = when.position;
  when.out.transitions.push_back(std::move(x));
}

void condition_list::encode(binary_writer& out, event_time origin) const {
  out.varint(all().size());
  for (const auto& c : all()) {
    out.u8(static_cast<uint8_t>(c.which));
    out.u8(static_cast<uint8_t>(static_cast<int>(c.timer) | (c.active ? 4 : 0) | (c.chattering ? 16 : 0)));
    out.u8(static_cast<uint8_t>(c.level));
    out.u8(static_cast<uint8_t>(c.paged));
    out.svarint(c.score);
    out.varint(c.raises);
    out.varint(c.number);
    for (const auto at : {c.raised_at, c.ended_at, c.deadline})
      put_time(out, at, origin);
    out.u8(c.recent);
    for (uint8_t i = 0; i < c.recent; ++i)
      put_time(out, c.raised[i], origin);
  }
}

void condition_list::decode(binary_reader& in, event_time origin, bool first_version) {
  *this = {};
  const uint64_t n = in.count(10);
  if (n > static_cast<uint64_t>(first_node_rule)) {
    in.fail();
    return;
  }
  for (uint64_t i = 0; i < n && in.ok(); ++i) {
    condition c;
    const uint8_t which = in.u8(), flags = in.u8(), level = in.u8();
    // It was the severity of the first page, whatever the alarm rose to: that somebody knows of it is what counts.
    const uint8_t paged = !first_version ? in.u8() : flags & 8 ? level : 0;
    const int64_t score = in.svarint();
    c.raises = static_cast<uint32_t>(in.varint());
    c.number = static_cast<uint32_t>(in.varint());
    for (auto* at : {&c.raised_at, &c.ended_at, &c.deadline})
      *at = get_time(in, origin);
    c.recent = in.u8();
    if (which >= static_cast<uint8_t>(first_node_rule) || level > static_cast<uint8_t>(severity::critical) ||
        paged > static_cast<uint8_t>(severity::critical) || c.recent > condition::raises_kept || score < 0 ||
        score > 10'000 || find(static_cast<rule>(which))) {
      in.fail();
      break;
    }
    c.which = static_cast<rule>(which);
    c.by_reading = c.which == rule::limit;
    c.timer = static_cast<timer_kind>(flags & 3);
    c.active = flags & 4;
    c.paged = static_cast<severity>(paged);
    c.chattering = flags & 16;
    c.level = static_cast<severity>(level);
    c.score = static_cast<int16_t>(score);
    for (uint8_t k = 0; k < c.recent; ++k)
      c.raised[k] = get_time(in, origin);
    // A timer that raises belongs to what is not raised, and the other way round.
    if (c.timer != timer_kind::none && (c.deadline == never || c.active == (c.timer == timer_kind::raise)))
      in.fail();
    add() = c;
  }
  refresh();
}

} // namespace millwright
