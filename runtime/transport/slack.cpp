#include "runtime/transport/slack.hpp"

#include "protocol/figure.hpp"
#include "protocol/json.hpp"
#include "runtime/message/page_words.hpp"
#include "runtime/message/text_places.hpp"
#include "runtime/transport/http_outcome.hpp"

#include <cmath>
#include <utility>

namespace millwright {

namespace {

std::string_view icon_of(const page& x) {
  if (x.digest)
    return ":incoming_envelope:";
  switch (x.about.kind) {
  case transition_kind::cleared:
    return ":white_check_mark:";
  case transition_kind::adapted:
    return ":twisted_rightwards_arrows:";
  default:
    break;
  }
  switch (x.about.level) {
  case severity::critical:
    return ":rotating_light:";
  case severity::high:
    return ":red_circle:";
  case severity::medium:
    return ":large_orange_circle:";
  default:
    return ":large_yellow_circle:";
  }
}

// Slack's own markup must not be made by a sensor's name.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    default:
      out += c;
    }
  return out;
}

// Slack takes ten fields a section at most.
class field_list {
public:
  void text(std::string_view name, std::string_view value) {
    if (value.empty())
      return;
    out_ += out_.empty() ? "[" : ",";
    json_object{out_}
        .text("type", "mrkdwn")
        .text("text", std::string{"*"}.append(name).append("*\n").append(escaped(value)))
        .close();
  }
  void number(std::string_view name, double value) {
    if (!std::isnan(value))
      text(name, figure_of(value));
  }
  std::string close() { return out_.empty() ? "[]" : out_.append("]"); }

private:
  std::string out_;
};

std::string section(std::string_view text) {
  std::string inner, out;
  json_object{inner}.text("type", "mrkdwn").text("text", text).close();
  json_object{out}.text("type", "section").raw("text", inner).close();
  return out;
}

std::string section_of(const std::string& fields) {
  std::string out;
  json_object{out}.text("type", "section").raw("fields", fields).close();
  return out;
}

std::string small_print(std::string_view text) {
  std::string inner, out;
  json_object{inner}.text("type", "mrkdwn").text("text", text).close();
  json_object{out}.text("type", "context").raw("elements", std::string{"["}.append(inner).append("]")).close();
  return out;
}

// No more than a message takes: Slack refuses a text of over 3,000 characters, and blocks beyond the fiftieth.
constexpr size_t longest_line = 2'900;
constexpr size_t most_lines = 40;

constexpr size_t longest_look = 200;

// Below what is there, as long as a section has room.
void append_line(std::string& out, const std::string& line) {
  if (out.size() + line.size() < longest_line)
    out += (out.empty() ? "" : "\n") + line;
}

// What a person types. A backtick would end it.
std::string commands_of(const page_words& words) {
  std::string out;
  if (!words.acknowledge.empty())
    out += "Acknowledge: `" + words.acknowledge + '`';
  if (words.look.size() <= longest_look && words.look.find('`') == std::string::npos)
    out += (out.empty() ? "Look: `" : "\nLook: `") + escaped(words.look) + '`';
  return out;
}

// Its first characters, no more than a text takes with its escapes.
std::string fitted(std::string_view text) {
  auto out = escaped(cut_line(text, longest_line));
  for (size_t most = longest_line; out.size() > longest_line && most > longest_line / 8; most /= 2)
    out = escaped(cut_line(text, most));
  return out;
}

void append_content(std::string& blocks, const page& x, const page_words& words) {
  const auto& t = x.about;
  const auto& why = t.evidence;
  field_list who;
  who.text("Facility", why.facility_name.empty() ? t.condition.facility.text
                                                 : why.facility_name + " (" + t.condition.facility.text + ")");
  who.text("Equipment", t.condition.unit.text);
  who.text("Sensor", t.condition.sensor.text);
  who.text("Rule", std::string{name_of(t.condition.which)} + ", " + std::string{name_of(t.level)});
  who.text("Priority", std::to_string(t.priority));
  who.text("Since", words.since);

  field_list figures;
  figures.text("Value", words.value);
  figures.text("Before", words.previous);
  figures.text("Limit", words.limit);
  figures.number("Average", why.against.avg);
  figures.number("Standard deviation", why.against.stddev);
  figures.number("Least", why.against.min);
  figures.number("Most", why.against.max);
  if (why.against.count > 0)
    figures.text("Readings", std::to_string(why.against.count));
  figures.number("z", why.z);

  // What to do is read first.
  std::string says;
  for (const auto& [name, text] : guidance_of(x, words))
    append_line(says, "*" + name + ":* " + escaped(text));
  if (!says.empty())
    blocks.append(",").append(section(says));
  blocks.append(",").append(section_of(who.close()));
  if (const auto list = figures.close(); list != "[]")
    blocks.append(",").append(section_of(list));
  if (const auto commands = commands_of(words); !commands.empty())
    blocks.append(",").append(section(commands));
}

void append_own(std::string& blocks, const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& each : lines)
    append_line(text, fitted(each));
  if (!text.empty())
    blocks.append(",").append(section(text));
}

void append_digest(std::string& blocks, const alarm_digest& x) {
  size_t shown = 0;
  const auto append = [&](const std::vector<alarm_digest::line>& lines) {
    for (const auto& each : lines) {
      if (shown == most_lines)
        return;
      ++shown;
      auto text = fitted(each.text);
      text += each.stands ? "\n`millwright ack " + short_form(each.alarm) + "`" : "\nover";
      blocks.append(",").append(section(text));
    }
  };
  append(x.critical);
  append(x.others);
  if (x.critical.size() > shown)
    blocks.append(",").append(
        section("and " + std::to_string(x.critical.size() - shown) + " more critical ones that stand"));
}

} // namespace

std::string slack_message(const page& x, const channel_words& own) {
  std::string out;
  if (x.shortest || x.test) {
    json_object{out}.text("text", x.test ? escaped(describe(x)) : shortest_text(x)).close();
    return out;
  }
  const auto words = words_of(x);
  const auto headline = std::string{icon_of(x)} + " " + fitted(own.title_of(x, words).value_or(headline_of(x, words)));
  std::string blocks{"["};
  blocks.append(section(headline));
  if (x.digest)
    append_digest(blocks, *x.digest);
  else if (const auto lines = own.lines_of(x, words))
    append_own(blocks, *lines);
  else
    append_content(blocks, x, words);
  blocks.append(",")
      .append(small_print(escaped(receiver_key_of(x)) + (x.may_repeat ? ", may come again" : "")))
      .append("]");
  json_object{out}.text("text", headline).raw("blocks", blocks).close();
  return out;
}

slack_transport::slack_transport(std::string url, http_way way, channel_words own)
    : url_{std::move(url)}, client_{std::move(way)}, own_{std::move(own)} {}

delivery_result slack_transport::deliver(const page& x) {
  return outcome_of(client_.post(url_, {"Content-Type: application/json"}, slack_message(x, own_)));
}

} // namespace millwright
