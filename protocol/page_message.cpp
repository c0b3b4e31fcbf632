#include "protocol/code_point.hpp"
#include "protocol/json_list.hpp"
#include "protocol/local_time.hpp"
#include "protocol/page.hpp"

#include <algorithm>
#include <span>
#include <utility>

// What a receiver reads: in words, and as JSON.

namespace millwright {

namespace {

constexpr size_t shortest_length = 160;
constexpr size_t shortest_action = 60;
// A body names so many of a digest's or a group's alarms by their ids; the others are counted.
constexpr size_t most_members = 1000;

std::string json_of(const baseline& against) {
  std::string out;
  json_object{out}
      .number("avg", against.avg)
      .number("stddev", against.stddev)
      .number("min", against.min)
      .number("max", against.max)
      .integer("count", against.count)
      .close();
  return out;
}

std::string json_of(const std::vector<alarm_digest::line>& lines) {
  return json_list(lines, [](std::string& out, const alarm_digest::line& each) {
    json_object{out}
        .text("alarm_id", to_string(each.alarm))
        .text("short_id", short_form(each.alarm))
        .text("severity", name_of(each.level))
        .time("raised_at", each.raised_at)
        .boolean("stands", each.stands)
        .text("message", each.text)
        .close();
  });
}

std::string json_of(const std::vector<alarm_digest::member>& members) {
  return json_list(std::span{members}.first(std::min(members.size(), most_members)),
                   [](std::string& out, const alarm_digest::member& each) {
                     json_object{out}.text("alarm_id", to_string(each.alarm)).integer("number", each.number).close();
                   });
}

std::string json_of(const std::vector<uuid>& members) {
  return json_list(std::span{members}.first(std::min(members.size(), most_members)),
                   [](std::string& out, const uuid& each) { append_json_string(out, to_string(each)); });
}

void append_digest_json(std::string& out, const page& x) {
  const auto& digest = *x.digest;
  json_object body{out};
  body.text("key", receiver_key_of(x))
      .text("kind", name_of(x.kind))
      .text("channel", x.channel.text)
      .text("digest_id", to_string(x.about.alarm))
      .null("alarm_id")
      .null("rule")
      .null("transition")
      .time("timestamp", x.about.at)
      .text("severity", name_of(x.about.level))
      .integer("priority", x.about.priority)
      .integer("count", static_cast<int64_t>(digest.members.size()))
      .integer("standing", digest.standing)
      .time("oldest", digest.oldest)
      .time("newest", digest.newest)
      .raw("critical", json_of(digest.critical))
      .raw("others", json_of(digest.others))
      .raw("alarms", json_of(digest.members));
  if (digest.at_once)
    body.boolean("at_once", true);
  body.text("message", describe(x)).close();
}

void append_shortest_json(std::string& out, const page& x) {
  json_object{out}
      .text("key", receiver_key_of(x))
      .text("kind", name_of(x.kind))
      .text("alarm_id", to_string(x.about.alarm))
      .text("severity", name_of(x.about.level))
      .text("message", shortest_text(x))
      .close();
}

void append_test_json(std::string& out, const page& x) {
  json_object{out}
      .text("key", receiver_key_of(x))
      .text("kind", name_of(x.kind))
      .text("channel", x.channel.text)
      .boolean("test", true)
      .null("alarm_id")
      .null("rule")
      .null("transition")
      .time("timestamp", x.about.at)
      .text("severity", name_of(x.about.level))
      .integer("priority", x.about.priority)
      .text("message", describe(x))
      .close();
}

bool is_shown(event_time at) {
  return at > never && at < forever;
}

// A raise is dated by itself.
std::string since_of(const page& x) {
  const auto& t = x.about;
  if (x.told_late)
    return "; since " + local_minute(t.raised_at, t.evidence.timezone) + ", told late";
  if (t.kind == transition_kind::raised || !is_shown(t.raised_at))
    return {};
  return "; since " + local_minute(t.raised_at, t.evidence.timezone);
}

std::string unrouted(const page& x) {
  return x.kind == page_kind::alert && x.route == default_route ? "; no route takes it" : "";
}

// What is to be done and until when; of the first `most` code points.
std::string action_of(const page& x, size_t most) {
  if (!x.guidance)
    return {};
  const std::string_view action = x.guidance->action;
  size_t end = 0;
  for (size_t points = 0; points < most && end < action.size(); ++points)
    end += std::max<size_t>(1, code_point_length(action.substr(end)));
  std::string out;
  if (!action.empty())
    out.append("; do: ").append(action.substr(0, end)).append(end < action.size() ? "..." : "");
  if (const auto within = response_time(x.guidance->respond_within); !within.empty())
    out += "; within " + within;
  return out;
}

// As a shell takes it for one word, whatever is in it.
std::string shell_word(const std::string& text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%";
  if (!text.empty() && text.front() != '-' && text.find_first_not_of(plain) == std::string::npos)
    return text;
  std::string out = "'";
  for (const char c : text)
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  return out + '\'';
}

} // namespace

std::string how_to_acknowledge(const page& x) {
  return "millwright ack " + short_form(x.about.alarm);
}

page test_page(channel_name channel, const uuid& id, event_time now, const std::string& by) {
  page out;
  out.kind = page_kind::notice;
  out.test = true;
  out.about.alarm = id;
  out.about.number = 1;
  out.about.at = out.about.raised_at = now;
  out.about.level = severity::low;
  out.about.reason = "TEST of the channel " + channel.text + (by.empty() ? "" : " by " + by) + " at " +
                     local_time(now, "UTC") + ": no alarm, nothing has to be done";
  out.channel = std::move(channel);
  return out;
}

std::string where_to_look(const page& x) {
  if (x.test)
    return {};
  const auto& of = x.about.condition;
  if (x.digest || of.facility.empty())
    return of.which == rule::performance ? "millwright load" : "millwright alarms";
  auto name = of.facility.text;
  if (!of.unit.empty())
    name += '/' + of.unit.text;
  return "millwright plant " + shell_word(name);
}

std::string describe(const page& x) {
  if (x.test)
    return x.about.reason;
  if (x.digest)
    return describe(*x.digest);
  return describe(x.about) + unrouted(x) + since_of(x);
}

std::string describe_with_action(const page& x) {
  if (x.test || x.digest)
    return describe(x);
  return describe(x) + action_of(x, longest_guidance);
}

std::string brief_of(const page& x) {
  if (x.test)
    return x.about.reason;
  if (x.digest)
    return x.shortest ? headline_of(*x.digest) : describe(*x.digest);
  // Of a group the reason is what it is, and may be long.
  const auto action = action_of(x, x.shortest ? shortest_action : longest_guidance);
  return short_form(x.about.alarm) + ' ' + describe(x.about, action) + unrouted(x) + since_of(x);
}

std::string plain_ascii(std::string text, size_t most) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == '"' || c == '\\' ||
        c == '<' || c == '>' || c == '&')
      c = '?';
  text.resize(std::min(text.size(), most));
  return text;
}

std::string shortest_text(const page& x) {
  return plain_ascii(brief_of(x), shortest_length);
}

void append_json(std::string& out, const page& x) {
  if (x.shortest)
    return append_shortest_json(out, x);
  if (x.test)
    return append_test_json(out, x);
  if (x.digest)
    return append_digest_json(out, x);
  const auto& t = x.about;
  const auto& why = t.evidence;
  json_object body{out};
  body.text("key", receiver_key_of(x))
      .text("kind", name_of(x.kind))
      .text("channel", x.channel.text)
      .text("alarm_id", to_string(t.alarm))
      .text("short_id", short_form(t.alarm))
      .integer("number", t.number)
      .text("transition", name_of(t.kind))
      .text_or_null("reason", t.reason)
      .time("timestamp", t.at)
      .time("raised_at", t.raised_at)
      .text_or_null("facility_id", t.condition.facility.text)
      .text_or_null("facility_name", why.facility_name)
      .text_or_null("timezone", why.timezone)
      .text_or_null("equipment_id", t.condition.unit.text)
      .text_or_null("sensor_id", t.condition.sensor.text)
      .text_or_null("sensor_type", why.sensor_type)
      .text("rule", name_of(t.condition.which))
      .text("severity", name_of(t.level))
      .integer("priority", t.priority)
      .number("value", t.value)
      .text_or_null("unit", why.unit)
      .number("previous", why.previous)
      .number("limit", why.limit)
      .number("z", why.z)
      .raw("baseline", json_of(why.against))
      .boolean("chattering", t.chattering)
      .boolean("told_late", x.told_late);
  if (!x.route.empty())
    body.text("route", x.route);
  append_fields(body, x.guidance ? *x.guidance : alarm_guidance{});
  if (x.members)
    body.integer("count", static_cast<int64_t>(x.members->size())).raw("members", json_of(*x.members));
  body.text("message", describe(x)).text("acknowledge", how_to_acknowledge(x)).text("look", where_to_look(x)).close();
}

} // namespace millwright
