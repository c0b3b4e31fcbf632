#include "runtime/message/page_words.hpp"

#include "protocol/figure.hpp"
#include "protocol/local_time.hpp"
#include "runtime/message/text_places.hpp"

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
    {"message", &page_words::message},
    {"acknowledge", &page_words::acknowledge},
};

bool can_be_shown(event_time at) {
  return at > never && at < forever;
}

std::string quantity(double x, const std::string& unit) {
  if (std::isnan(x))
    return {};
  return figure_of(x) + (unit.empty() ? "" : ' ' + unit);
}

std::string what_of(const alarm_transition& x) {
  auto out = std::string{name_of(x.level)} + ' ' + std::string{name_of(x.condition.which)};
  // That it got worse is told by what it was.
  const bool worse = x.kind == transition_kind::updated && x.was != severity::normal;
  if (x.kind != transition_kind::raised && !worse)
    out += ' ' + std::string{name_of(x.kind)};
  if (x.was != severity::normal)
    out += ", was " + std::string{name_of(x.was)};
  return out;
}

void add_alarm_words(page_words& out, const page& x) {
  const auto& t = x.about;
  const auto& why = t.evidence;
  out.short_id = short_form(t.alarm);
  out.rule = name_of(t.condition.which);
  out.what = what_of(t);
  out.where = subject_of(t);
  out.facility = why.facility_name.empty() ? t.condition.facility.text : why.facility_name;
  out.equipment = t.condition.unit.text;
  out.sensor = t.condition.sensor.text;
  out.value = quantity(t.value, why.unit);
  out.previous = quantity(why.previous, why.unit);
  out.limit = quantity(why.limit, why.unit);
  if (can_be_shown(t.raised_at))
    out.since = local_minute(t.raised_at, why.timezone);
  if (can_be_shown(t.at))
    out.at = local_time(t.at, why.timezone);
  if (x.kind == page_kind::alert)
    out.acknowledge = how_to_acknowledge(x);
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
  out.message = x.shortest ? shortest_text(x) : describe(x);
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

std::vector<std::pair<std::string, std::string>> facts_of(const page& x) {
  std::vector<std::pair<std::string, std::string>> out;
  if (x.digest || x.test || x.shortest)
    return out;
  const auto words = words_of(x);
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
