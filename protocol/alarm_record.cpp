#include "protocol/alarm_record.hpp"

#include "protocol/json_list.hpp"

#include <array>

namespace millwright {

namespace {

// 2: whether it pages by its rule, numbers that have not come. 3: what was decided beyond the commit. 4: what is held,
// groups, when it was told. 5: of which log positions are, whether its owner ended it last. 6: which commit a sweep's
// decision is for. 7: since when it waits to be acknowledged, its shelf, what people said of it. 8: its onset, whose
// child it is, when it sounded.
constexpr uint8_t format_version = 8;
constexpr uint8_t decided_flag = 1, pages_flag = 2, stood_flag = 4;
constexpr uint8_t held_flag = 1, held_back_flag = 2, in_group_flag = 4, group_waits_flag = 8, members_flag = 16;
constexpr uint8_t shelved_flag = 1, back_unheard_flag = 2;
constexpr uint8_t child_flag = 1;

constexpr std::array<std::string_view, 3> state_names{"active", "cleared", "adapted"};

void encode(binary_writer& out, const std::optional<decided_transition>& x) {
  out.u8(!x ? 0 : static_cast<uint8_t>(decided_flag | (x->pages ? pages_flag : 0) | (x->stood ? stood_flag : 0)));
  if (!x)
    return;
  out.u8(static_cast<uint8_t>(x->kind));
  out.u8(static_cast<uint8_t>(x->level));
  out.time(x->at);
}

bool decode(binary_reader& in, std::optional<decided_transition>& x) {
  const auto flags = in.u8();
  if ((flags & decided_flag) == 0)
    return in.ok();
  const auto kind = in.u8(), level = in.u8();
  x = decided_transition{static_cast<transition_kind>(kind), static_cast<severity>(level), in.time(),
                         (flags & pages_flag) != 0, (flags & stood_flag) != 0};
  return in.ok() && kind <= static_cast<uint8_t>(transition_kind::acknowledged) &&
         level <= static_cast<uint8_t>(severity::critical);
}

void encode(binary_writer& out, const uuid& id) {
  for (const uint8_t byte : id.bytes)
    out.u8(byte);
}

uuid decode_uuid(binary_reader& in) {
  uuid id;
  for (uint8_t& byte : id.bytes)
    byte = in.u8();
  return id;
}

void encode_paging(binary_writer& out, const alarm_record& x) {
  out.u8(static_cast<uint8_t>((x.held ? held_flag : 0) | (x.held_back ? held_back_flag : 0) |
                              (x.in_group() ? in_group_flag : 0) | (x.group_waits ? group_waits_flag : 0) |
                              (x.members ? members_flag : 0)));
  if (x.held) {
    encode(out, *x.held);
    out.time(x.held_since);
    out.time(x.held_until);
  }
  if (x.in_group())
    encode(out, x.group);
  out.time(x.told_at);
  out.time(x.told_wall);
  if (!x.members)
    return;
  out.varint(x.members->size());
  for (const auto& each : *x.members)
    encode(out, each);
}

bool decode_paging(binary_reader& in, alarm_record& x) {
  const auto flags = in.u8();
  x.held_back = (flags & held_back_flag) != 0;
  x.group_waits = (flags & group_waits_flag) != 0;
  if ((flags & held_flag) != 0) {
    auto held = decode_alarm_transition(in);
    if (!held)
      return false;
    x.held = std::make_shared<const alarm_transition>(std::move(*held));
    x.held_since = in.time();
    x.held_until = in.time();
  }
  if ((flags & in_group_flag) != 0)
    x.group = decode_uuid(in);
  x.told_at = in.time();
  x.told_wall = in.time();
  if ((flags & members_flag) != 0) {
    std::vector<uuid> members(in.count(16));
    for (auto& each : members)
      each = decode_uuid(in);
    x.members = std::make_shared<const std::vector<uuid>>(std::move(members));
  }
  return in.ok();
}

void encode_people(binary_writer& out, const alarm_record& x) {
  out.u8(static_cast<uint8_t>((x.shelved ? shelved_flag : 0) | (x.back_unheard ? back_unheard_flag : 0)));
  if (x.shelved)
    encode(out, *x.shelved);
  out.varint(x.remarks.size());
  for (const auto& each : x.remarks) {
    out.u8(static_cast<uint8_t>(each.what));
    out.time(each.at);
    out.text(each.by);
    out.text(each.text);
  }
}

bool decode_people(binary_reader& in, alarm_record& x) {
  const auto flags = in.u8();
  x.back_unheard = (flags & back_unheard_flag) != 0;
  if ((flags & shelved_flag) != 0) {
    auto shelf = decode_alarm_shelf(in);
    if (!shelf)
      return false;
    x.shelved = std::make_shared<const alarm_shelf>(std::move(*shelf));
  }
  x.remarks.resize(in.count(11));
  for (auto& each : x.remarks) {
    const auto what = in.u8();
    if (what > static_cast<uint8_t>(alarm_remark::kind::unshelved))
      return false;
    each.what = static_cast<alarm_remark::kind>(what);
    each.at = in.time();
    each.by = in.text();
    each.text = in.text();
  }
  return in.ok();
}

void encode_place(binary_writer& out, const alarm_record& x) {
  out.u8(x.is_child() ? child_flag : 0);
  if (x.is_child())
    encode(out, x.child_of);
  out.time(x.onset);
  out.time(x.sounded_at);
}

void decode_place(binary_reader& in, alarm_record& x) {
  if ((in.u8() & child_flag) != 0)
    x.child_of = decode_uuid(in);
  x.onset = in.time();
  x.sounded_at = in.time();
}

} // namespace

void alarm_record::remark(alarm_remark x) {
  if (remarks.size() >= most_remarks)
    remarks.erase(remarks.begin());
  remarks.push_back(std::move(x));
}

std::string_view name_of(alarm_state state) {
  return state_names[static_cast<size_t>(state)];
}

void encode(binary_writer& out, const alarm_record& x) {
  out.u8(format_version);
  encode(out, x.raise);
  encode(out, x.latest);
  out.u8(static_cast<uint8_t>(x.state));
  out.u8(x.acknowledged ? 1 : 0);
  out.varint(x.last_number);
  out.varint(x.paged_to.size());
  for (const auto& channel : x.paged_to)
    out.text(channel.text);
  out.u8(static_cast<uint8_t>(x.paged_level));
  out.text(x.explanation);
  out.text(x.acknowledged_by);
  out.time(x.acknowledged_at);
  out.time(x.changed_at);
  out.varint(x.uncommitted.size());
  for (const auto& each : x.uncommitted) {
    out.varint(each.number);
    out.u16(each.split);
    out.u64(each.position);
  }
  for (const auto& each : x.uncommitted)
    out.u8(each.swept ? 1 : 0);
  out.u8(x.pages ? 1 : 0);
  out.varint(x.missing.size());
  for (const auto number : x.missing)
    out.varint(number);
  for (const auto& each : x.uncommitted)
    encode(out, each.decided);
  encode_paging(out, x);
  for (const auto& each : x.uncommitted)
    out.varint(each.log);
  out.u8(!x.owner_ended ? 0 : *x.owner_ended ? 2 : 1);
  for (const auto& each : x.uncommitted)
    out.varint(each.commit);
  out.time(x.waits_since);
  encode_people(out, x);
  encode_place(out, x);
}

std::optional<alarm_record> decode_alarm_record(binary_reader& in) {
  const auto version = in.u8();
  if (version == 0 || version > format_version)
    return std::nullopt;
  alarm_record x;
  auto raise = decode_alarm_transition(in);
  auto latest = decode_alarm_transition(in);
  if (!raise || !latest)
    return std::nullopt;
  x.raise = std::move(*raise);
  x.latest = std::move(*latest);
  const auto state = in.u8();
  x.acknowledged = in.u8() != 0;
  x.last_number = static_cast<uint32_t>(in.varint());
  x.paged_to.resize(in.count(1));
  for (auto& channel : x.paged_to)
    channel.text = in.text();
  const auto level = in.u8();
  x.explanation = in.text();
  x.acknowledged_by = in.text();
  x.acknowledged_at = in.time();
  x.changed_at = in.time();
  x.uncommitted.resize(in.count(11));
  for (auto& each : x.uncommitted) {
    each.number = static_cast<uint32_t>(in.varint());
    each.split = in.u16();
    each.position = in.u64();
  }
  if (version >= 2) {
    for (auto& each : x.uncommitted)
      each.swept = in.u8() != 0;
    x.pages = in.u8() != 0;
    x.missing.resize(in.count(1));
    for (auto& number : x.missing)
      number = static_cast<uint32_t>(in.varint());
  } else {
    x.pages = x.raise.pages || x.latest.pages || !x.paged_to.empty();
  }
  if (version >= 3)
    for (auto& each : x.uncommitted)
      if (!decode(in, each.decided))
        return std::nullopt;
  if (version >= 4) {
    if (!decode_paging(in, x))
      return std::nullopt;
  } else if (!x.paged_to.empty()) {
    x.told_at = x.raise.at;
    x.told_wall = x.changed_at;
  }
  if (version >= 5) {
    for (auto& each : x.uncommitted)
      each.log = static_cast<uint32_t>(in.varint());
    if (const auto ended = in.u8(); ended != 0)
      x.owner_ended = ended == 2;
  }
  if (version >= 6)
    for (auto& each : x.uncommitted)
      each.commit = in.varint();
  if (version >= 7) {
    x.waits_since = in.time();
    if (!decode_people(in, x))
      return std::nullopt;
  }
  if (version >= 8)
    decode_place(in, x);
  if (!in.ok() || state >= state_names.size() || level > static_cast<uint8_t>(severity::critical))
    return std::nullopt;
  x.state = static_cast<alarm_state>(state);
  x.paged_level = static_cast<severity>(level);
  return x;
}

void append_json(std::string& out, const alarm_record& x) {
  const auto& now = x.latest;
  const auto channels =
      json_list(x.paged_to, [](std::string& to, const channel_name& channel) { append_json_string(to, channel.text); });
  const auto remarks = json_list(x.remarks, [](std::string& to, const alarm_remark& each) {
    json_object{to}
        .text("what", name_of(each.what))
        .time("at", each.at)
        .text_or_null("by", each.by)
        .text("text", each.text)
        .close();
  });
  json_object{out}
      .text("alarm_id", to_string(x.id()))
      .text("short_id", short_form(x.id()))
      .text("state", name_of(x.state))
      .boolean("acknowledged", x.acknowledged)
      .text_or_null("acknowledged_by", x.acknowledged_by)
      .time("acknowledged_at", x.acknowledged_at)
      .time("shelved_until", x.shelved ? x.shelved->until : never)
      .text_or_null("shelved", x.shelved ? describe(*x.shelved, now.evidence.timezone) : std::string{})
      .raw("remarks", remarks)
      .time("raised_at", x.raise.raised_at)
      .time("timestamp", now.at)
      .integer("number", now.number)
      .text("transition", name_of(now.kind))
      .text_or_null("sensor_id", now.condition.sensor.text)
      .text_or_null("equipment_id", now.condition.unit.text)
      .text_or_null("facility_id", now.condition.facility.text)
      .text("rule", name_of(now.condition.which))
      .text("severity", name_of(now.level))
      .integer("priority", now.priority)
      .number("value", now.value)
      .boolean("chattering", now.chattering)
      .raw("channels", channels)
      .text_or_null("group", x.in_group() ? short_form(x.group) : std::string{})
      .text_or_null("child_of", x.is_child() ? short_form(x.child_of) : std::string{})
      .text("message", describe(now))
      .text("explanation", x.explanation)
      .close();
}

} // namespace millwright
