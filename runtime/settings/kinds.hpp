#pragma once

#include "protocol/time.hpp"
#include "runtime/settings/settings.hpp"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// How a value of one sort is read from YAML and shown. `parse` gives none for a wrong type or an impossible value.
template <class V>
struct kind {
  /// "a duration of at least 1s, like 5s or 15min": follows "expected ".
  std::string expected;
  std::function<std::optional<V>(const YAML::Node&)> parse;
  std::function<std::string(const V&)> show;
  /// What was given may be a secret: it is never repeated in a message.
  bool hidden = false;
};

namespace kinds {

/// Any text on one line; nothing is the empty text.
kind<std::string> text();
/// Any text of whatever lines.
kind<std::string> lines();
/// A text that names a directory, or nothing: without slashes at its end, for what stands beside it has its name with
/// something behind.
kind<std::string> directory();
/// A text that is not empty.
kind<std::string> name(const std::string& what);
kind<std::string> one_of(std::vector<std::string> allowed);
/// IANA name of a time zone.
kind<std::string> zone();
/// One character, or "tab".
kind<char> delimiter();
/// Texts in a list, or one text; `split` divides that at commas. `each` must hold for every one of them.
kind<std::vector<std::string>> texts(const std::string& expected, bool split, bool may_be_empty,
                                     std::function<bool(const std::string&)> each = {});
kind<std::vector<std::string>> brokers();
kind<bool> boolean();
kind<double> number(double least, double most = std::numeric_limits<double>::infinity());
/// Above 0.
kind<double> positive();
/// 0 to 1, or a percentage.
kind<double> share();
kind<milliseconds> duration(milliseconds least = milliseconds{0});
/// A duration, or nothing: then something else says it.
kind<std::optional<milliseconds>> duration_or_none();
kind<uint64_t> size(uint64_t least);
kind<uint64_t> seed();
/// A time with zone; "now" is `never`.
kind<event_time> start_time();
/// env:NAME or file:PATH; a plain text is refused, unrepeated.
kind<secret_reference> secret();

/// A URL as plain text, or where it is kept.
struct address {
  std::string url;
  secret_reference secret;
};
kind<address> url();

std::optional<int64_t> parse_integer(const YAML::Node& node);
std::string range_text(const std::string& what, int64_t least, int64_t most);

template <class T>
kind<T> whole(int64_t least, int64_t most = std::numeric_limits<T>::max()) {
  return {range_text("a whole number", least, most),
          [=](const YAML::Node& node) -> std::optional<T> {
            const auto x = parse_integer(node);
            if (!x || *x < least || *x > most)
              return std::nullopt;
            return static_cast<T>(*x);
          },
          [](const T& x) { return std::to_string(x); }};
}

/// "a, b or c"
std::string alternatives(const std::vector<std::string>& names);

template <class E>
kind<E> choice(std::vector<std::pair<std::string, E>> rows) {
  std::vector<std::string> names;
  for (const auto& [name, value] : rows)
    names.push_back(name);
  return {alternatives(names),
          [rows](const YAML::Node& node) -> std::optional<E> {
            if (node.IsScalar())
              for (const auto& [name, value] : rows)
                if (name == node.Scalar())
                  return value;
            return std::nullopt;
          },
          [rows](const E& x) {
            for (const auto& [name, value] : rows)
              if (value == x)
                return name;
            return std::string{};
          }};
}

/// Of an alarm: low and above.
inline kind<severity> alarm_severity() {
  return choice<severity>({{"low", severity::low},
                           {"medium", severity::medium},
                           {"high", severity::high},
                           {"critical", severity::critical}});
}

} // namespace kinds
} // namespace millwright
