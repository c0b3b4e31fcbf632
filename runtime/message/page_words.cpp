#include "runtime/message/page_words.hpp"

#include "protocol/figure.hpp"
#include "protocol/local_time.hpp"
#include "runtime/message/text_places.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace millwright {

namespace {

struct named_word {
  const char* name;
  std::string page_words::*word;
};

constexpr named_word all_words[] = {
    {"key", &page_words::key},
    {"alarm_id", &page_words::alarm_id},
    {"short_id", &page_words::short_id},
    {"kind", &page_words::kind},
    {"severity", &page_words::severity},
    {"priority", &page_words::priority},
    {"what", &page_words::what},
    {"rule", &page_words::rule},
    {"where", &page_words::where},
    {"facility", &page_words::facility},
    {"equipment", &page_words::equipment},
    {"sensor", &page_words::sensor},
    {"value", &page_words::value},
    {"previous", &page_words::previous},
    {"limit", &page_words::limit},
    {"since", &page_words::since},
    {"at", &page_words::at},
    {"reason", &page_words::reason},
    {"description", &page_words::description},
    {"cause", &page_words::cause},
    {"consequence", &page_words::consequence},
    {"action", &page_words::action},
    {"respond_within", &page_words::respond_within},
    {"respond_by", &page_words::respond_by},
    {"runbook", &page_words::runbook},
    {"message", &page_words::message},
    {"acknowledge", &page_words::acknowledge},
    {"look", &page_words::look},
};

bool can_be_shown(event_time at) {
  return at > never && at < forever;
}

std::string before_of(const alarm_transition& x) {
  const auto before = value_before_of(x);
  auto out = quantity_of(before.figure, x.evidence.unit);
  return before.average ? out + " on average" : out;
}

void add_guidance_words(page_words& out, const page& x) {
  const auto& says = *x.guidance;
  out.description = says.description;
  out.cause = says.cause;
  out.consequence = says.consequence;
  out.action = says.action;
  out.runbook = says.runbook;
  out.respond_within = response_time(says.respond_within);
  const auto& t = x.about;
  if (says.respond_within.count() > 0 && can_be_shown(t.raised_at))
    out.respond_by = local_minute(t.raised_at + says.respond_within, t.evidence.timezone);
}

// Its receiver took it neither as it was nor for what is in it: few words, without what may be it.
void shorten(page_words& out) {
  constexpr size_t longest = 60;
  constexpr std::string page_words::*names[] = {&page_words::key, &page_words::alarm_id, &page_words::short_id,
                                                &page_words::acknowledge, &page_words::message};
  constexpr std::string page_words::*left_out[] = {&page_words::reason, &page_words::description, &page_words::cause,
                                                   &page_words::consequence, &page_words::runbook};
  for (const auto each : left_out)
    (out.*each).clear();
  for (const auto& each : all_words)
    if (std::find(std::begin(names), std::end(names), each.word) == std::end(names))
      out.*each.word = plain_ascii(out.*each.word, longest);
}

void add_alarm_words(page_words& out, const page& x) {
  const auto& t = x.about;
  const auto& why = t.evidence;
  out.short_id = short_form(t.alarm);
  out.rule = name_of(t.condition.which);
  out.what = headline_of(t);
  out.where = subject_of(t);
  out.facility = why.facility_name.empty() ? t.condition.facility.text : why.facility_name;
  out.equipment = t.condition.unit.text;
  out.sensor = t.condition.sensor.text;
  out.value = quantity_of(t.value, why.unit);
  out.previous = before_of(t);
  out.limit = quantity_of(why.limit, why.unit);
  if (can_be_shown(t.raised_at))
    out.since = local_minute(t.raised_at, why.timezone);
  if (can_be_shown(t.at))
    out.at = local_time(t.at, why.timezone);
  if (x.kind == page_kind::alert)
    out.acknowledge = how_to_acknowledge(x);
  if (x.guidance)
    add_guidance_words(out, x);
}

} // namespace

page_words words_of(const page& x) {
  page_words out;
  out.key = receiver_key_of(x);
  out.alarm_id = to_string(x.about.alarm);
  out.kind = name_of(x.kind);
  out.severity = name_of(x.about.level);
  out.priority = std::to_string(x.about.priority);
  out.reason = x.about.reason;
  out.message = x.shortest ? shortest_text(x) : describe_with_action(x);
  out.look = where_to_look(x);
  if (x.test) {
    out.what = "test";
  } else if (x.digest) {
    out.what = headline_of(*x.digest);
    out.since = local_minute(x.digest->oldest, "UTC");
    out.at = local_minute(x.digest->newest, "UTC");
  } else {
    add_alarm_words(out, x);
  }
  for (const auto& each : all_words)
    out.*each.word = one_line(out.*each.word);
  if (x.shortest)
    shorten(out);
  return out;
}

const std::string* word_named(const page_words& words, std::string_view name) {
  for (const auto& each : all_words)
    if (name == each.name)
      return &(words.*each.word);
  return nullptr;
}

const std::vector<std::string>& word_names() {
  static const auto names = [] {
    std::vector<std::string> out;
    for (const auto& each : all_words)
      out.emplace_back(each.name);
    return out;
  }();
  return names;
}

std::string headline_of(const page& x, const page_words& words) {
  if (x.shortest)
    return words.message;
  return x.digest ? words.what : one_line(describe(x));
}

page_facts facts_of(const page& x, const page_words& words) {
  page_facts out;
  if (x.digest || x.test || x.shortest)
    return out;
  const auto& against = x.about.evidence.against;
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty())
      out.emplace_back(name, text);
  };
  const auto add_figure = [&](const char* name, double figure) {
    if (!std::isnan(figure))
      out.emplace_back(name, figure_of(figure));
  };
  add("What", words.what);
  add("Where", words.where);
  add("Value", words.value);
  add("Before", words.previous);
  add("Limit", words.limit);
  add_figure("Average", against.avg);
  add_figure("Standard deviation", against.stddev);
  add_figure("z", x.about.evidence.z);
  add("Reason", words.reason);
  add("Since", words.since);
  add("At", words.at);
  add("Priority", words.priority);
  return out;
}

page_facts guidance_of(const page& x, const page_words& words) {
  page_facts out;
  if (x.digest || x.test || x.shortest || !x.guidance)
    return out;
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty())
      out.emplace_back(name, text);
  };
  add("Do", words.action);
  add("Within", words.respond_by.empty() ? words.respond_within : words.respond_within + ", until " + words.respond_by);
  add("Otherwise", words.consequence);
  add("Cause", words.cause);
  add("About", words.description);
  add("Runbook", words.runbook);
  return out;
}

std::vector<std::string> digest_lines(const alarm_digest& x, size_t most) {
  std::vector<std::string> out;
  const auto add = [&](const std::vector<alarm_digest::line>& lines) {
    for (const auto& each : lines)
      if (out.size() < most)
        out.push_back('[' + short_form(each.alarm) + (each.stands ? "] " : ", over] ") + one_line(each.text));
  };
  add(x.critical);
  add(x.others);
  if (x.critical.size() > most)
    out.push_back("and " + std::to_string(x.critical.size() - most) +
                  " more critical ones that stand: millwright alarms");
  return out;
}

} // namespace millwright
