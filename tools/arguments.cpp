#include "tools/arguments.hpp"

#include "protocol/failure.hpp"
#include "protocol/quantities.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <algorithm>
#include <cstdio>

namespace millwright {

namespace {

[[noreturn]] void refuse(std::string_view where, const std::string& what) {
  throw failure{failure_code::bad_usage, std::string{where}, what};
}

[[noreturn]] void refuse_value(std::string_view name, const std::string& expected, const std::string& got) {
  refuse(name, "expected " + expected + ", got \"" + got + '"');
}

std::string within(const std::string& least, const std::string& most, bool has_least, bool has_most) {
  if (has_least && has_most)
    return " from " + least + " to " + most;
  if (has_least)
    return " of at least " + least;
  return has_most ? " of at most " + most : "";
}

} // namespace

arguments::arguments(const usage& known, const std::vector<std::string>& given) : usage_{known} {
  const auto end_of_options = std::find(given.begin(), given.end(), "--");
  help_ = std::find_if(given.begin(), end_of_options, [](const auto& x) { return x == "--help" || x == "-h"; }) !=
          end_of_options;
  if (help_)
    return;
  bool options_over = false;
  for (size_t i = 0; i < given.size(); ++i) {
    const std::string& word = given[i];
    if (options_over || word.size() < 2 || word[0] != '-') {
      positionals_.push_back(word);
      continue;
    }
    if (word == "--") {
      options_over = true;
      continue;
    }
    const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const option& which = known_as(std::string_view{word}.substr(0, equals));
    if (which.value.empty()) {
      if (equals != std::string::npos)
        refuse(which.name, "takes no value");
      occurrences_.push_back({&which, {}});
    } else if (equals != std::string::npos) {
      occurrences_.push_back({&which, word.substr(equals + 1)});
    } else if (++i < given.size()) {
      occurrences_.push_back({&which, given[i]});
    } else {
      refuse(which.name, "needs a value: " + std::string{which.value});
    }
  }
  const std::string form = ": millwright " + std::string{usage_.line};
  if (positionals_.size() > usage_.most)
    refuse({}, "\"" + positionals_[usage_.most] + "\" is one argument too many" + form);
  if (positionals_.size() < usage_.least)
    refuse({}, "an argument is missing" + form);
}

const option& arguments::known_as(std::string_view name) const {
  std::vector<std::string> names{"--help"};
  for (const auto& each : usage_.options) {
    if (name == each.name || (!each.letter.empty() && name == each.letter))
      return each;
    names.emplace_back(each.name);
  }
  refuse(name, "unknown option" + did_you_mean(name, names));
}

bool arguments::help_printed() const {
  if (help_)
    std::fputs(help_text(usage_).c_str(), stdout);
  return help_;
}

const std::string* arguments::last(std::string_view name) const {
  for (auto i = occurrences_.rbegin(); i != occurrences_.rend(); ++i)
    if (i->which->name == name)
      return &i->value;
  return nullptr;
}

bool arguments::has(std::string_view name) const {
  return last(name) != nullptr;
}

std::string arguments::text(std::string_view name, std::string_view otherwise) const {
  const auto* given = last(name);
  return given ? *given : std::string{otherwise};
}

std::string arguments::filled(std::string_view name, std::string_view what, std::string_view otherwise) const {
  if (const auto* given = last(name); given && given->empty())
    refuse(name, "expected " + std::string{what} + ", got nothing");
  return text(name, otherwise);
}

std::vector<std::string> arguments::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& each : occurrences_)
    if (each.which->name == name)
      values.push_back(each.value);
  return values;
}

std::string arguments::repeated(std::initializer_list<std::string_view> names) const {
  std::string out;
  for (const auto& each : occurrences_) {
    const auto& which = *each.which;
    if (std::find(names.begin(), names.end(), which.name) == names.end())
      continue;
    out.append(1, ' ').append(which.letter.empty() ? which.name : which.letter);
    if (!which.value.empty())
      out.append(1, ' ').append(shell_word(each.value));
  }
  return out;
}

int64_t arguments::integer(std::string_view name, int64_t otherwise, int64_t least, int64_t most) const {
  const auto* given = last(name);
  if (!given)
    return otherwise;
  const auto x = parse_whole(*given);
  if (!x || *x < least || *x > most)
    refuse_value(name,
                 "a whole number" + within(std::to_string(least), std::to_string(most),
                                           least != std::numeric_limits<int64_t>::min(),
                                           most != std::numeric_limits<int64_t>::max()),
                 *given);
  return *x;
}

double arguments::number(std::string_view name, double otherwise, double least, double most) const {
  const auto* given = last(name);
  if (!given)
    return otherwise;
  const auto x = parse_number(*given);
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  if (!x || *x < least || *x > most)
    refuse_value(name,
                 "a number" + within(number_text(least), number_text(most), least != -unbounded, most != unbounded),
                 *given);
  return *x;
}

milliseconds arguments::duration(std::string_view name, milliseconds otherwise) const {
  const auto* given = last(name);
  if (!given)
    return otherwise;
  const auto x = parse_duration(*given);
  if (!x)
    refuse_value(name, "a duration like 500ms, 5s, 15min, 2h or 7d", *given);
  return *x;
}

event_time arguments::time(std::string_view name, event_time otherwise) const {
  const auto* given = last(name);
  if (!given)
    return otherwise;
  const auto x = parse_time(*given);
  if (!x)
    refuse_value(name, "a time with zone like 2026-11-21T10:00:00Z", *given);
  return *x;
}

std::string arguments::choice(std::string_view name, std::string_view otherwise,
                              std::span<const std::string_view> allowed) const {
  const auto* given = last(name);
  if (!given)
    return std::string{otherwise};
  std::vector<std::string> names{allowed.begin(), allowed.end()};
  if (std::find(names.begin(), names.end(), *given) == names.end()) {
    std::string list;
    for (size_t i = 0; i < names.size(); ++i)
      list += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    refuse_value(name, list, *given);
  }
  return *given;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos)
    return std::string{text};
  std::string out = "'";
  // Within quotes nothing escapes one: they end, it stands by itself, and they begin again.
  for (const char c : text)
    out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + '\'';
}

std::string help_text(const arguments::usage& usage) {
  std::vector<std::pair<std::string, std::string_view>> rows;
  for (const auto& each : usage.options) {
    std::string left = each.letter.empty() ? "    " : std::string{each.letter} + ", ";
    left += each.name;
    if (!each.value.empty())
      left += ' ' + std::string{each.value};
    rows.emplace_back(left, each.meaning);
  }
  rows.emplace_back("-h, --help", "show this");
  size_t width = 0;
  for (const auto& [left, meaning] : rows)
    width = std::max(width, left.size());
  std::string out =
      "usage: millwright " + std::string{usage.line} + "\n\n" + std::string{usage.purpose} + "\n\noptions:\n";
  for (const auto& [left, meaning] : rows)
    out += "  " + left + std::string(width - left.size() + 2, ' ') + std::string{meaning} + '\n';
  return out;
}

} // namespace millwright
