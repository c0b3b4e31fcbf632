#include "runtime/settings/kinds.hpp"

#include "protocol/plain_path.hpp"
#include "protocol/quantities.hpp"

#include <date/tz.h>

#include <algorithm>
#include <cmath>

namespace millwright::kinds {

namespace {

std::optional<std::string> plain(const YAML::Node& node) {
  if (node.IsNull())
    return std::string{};
  if (!node.IsScalar() || node.Scalar().find_first_of(std::string{"\n\0", 2}) != std::string::npos)
    return std::nullopt;
  return node.Scalar();
}

/// The text of a scalar that no quotes make a text.
std::optional<std::string> bare(const YAML::Node& node) {
  if (!node.IsScalar() || node.Tag() == "!")
    return std::nullopt;
  return node.Scalar();
}

std::string listed(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items)
    out += (out.size() > 1 ? ", " : "") + item;
  return out + ']';
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  size_t from = 0;
  while (from <= text.size()) {
    const auto to = std::min(text.find(',', from), text.size());
    auto part = text.substr(from, to - from);
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty())
      parts.push_back(part);
    from = to + 1;
  }
  return parts;
}

/// HOST, HOST:PORT or [IPV6]:PORT.
bool is_broker(const std::string& text) {
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string::npos;
  if (text.starts_with('[') && bracket == std::string::npos)
    return false;
  const auto colon = text.find(':', bracket == std::string::npos ? 0 : bracket);
  const auto host = text.substr(0, colon);
  if (host.empty() || host.find_first_of(" \t/") != std::string::npos)
    return false;
  if (colon == std::string::npos)
    return true;
  const auto port = parse_natural(std::string_view{text}.substr(colon + 1));
  return port && *port >= 1 && *port <= 65'535;
}

bool is_url(const std::string& text) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme) && text.size() > scheme.size() && text.find_first_of(" \t\"<>") == std::string::npos)
      return text[scheme.size()] != '/' && text[scheme.size()] != ':';
  return false;
}

std::string limited(const std::string& what, const std::string& least, const std::string& most) {
  if (!most.empty())
    return what + " from " + least + " to " + most;
  return what + " of at least " + least;
}

} // namespace

std::string alternatives(const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return out;
}

std::string range_text(const std::string& what, int64_t least, int64_t most) {
  const bool bounded = most < std::numeric_limits<int32_t>::max();
  return limited(what, std::to_string(least), bounded ? std::to_string(most) : "");
}

std::optional<int64_t> parse_integer(const YAML::Node& node) {
  const auto text = bare(node);
  return text ? parse_whole(*text) : std::nullopt;
}

kind<std::string> text() {
  return {"a text", plain, [](const std::string& x) { return x; }};
}

kind<std::string> lines() {
  return {"a text of one or more lines",
          [](const YAML::Node& node) -> std::optional<std::string> {
            if (node.IsNull())
              return std::string{};
            if (!node.IsScalar() || node.Scalar().find('\0') != std::string::npos)
              return std::nullopt;
            return node.Scalar();
          },
          [](const std::string& x) {
            std::string out;
            for (const char c : x)
              out += c == '\n' ? std::string{"\\n"} : std::string(1, c);
            return out;
          }};
}

kind<std::string> directory() {
  auto out = text();
  out.parse = [](const YAML::Node& node) {
    auto path = plain(node);
    return path ? std::optional{plain_path(*std::move(path))} : path;
  };
  return out;
}

kind<std::string> name(const std::string& what) {
  return {what,
          [](const YAML::Node& node) {
            auto text = plain(node);
            return text && text->empty() ? std::nullopt : text;
          },
          [](const std::string& x) { return x; }};
}

kind<std::string> one_of(std::vector<std::string> allowed) {
  return {alternatives(allowed),
          [allowed](const YAML::Node& node) {
            auto text = plain(node);
            return text && std::find(allowed.begin(), allowed.end(), *text) == allowed.end() ? std::nullopt : text;
          },
          [](const std::string& x) { return x; }};
}

kind<std::string> zone() {
  return {"a time zone like Europe/Berlin or UTC",
          [](const YAML::Node& node) -> std::optional<std::string> {
            auto text = plain(node);
            if (!text || text->empty())
              return std::nullopt;
            try {
              date::locate_zone(*text);
              return text;
            } catch (const std::exception&) {
              return std::nullopt;
            }
          },
          [](const std::string& x) { return x; }};
}

kind<char> delimiter() {
  return {"one character, or tab",
          [](const YAML::Node& node) -> std::optional<char> {
            if (!node.IsScalar())
              return std::nullopt;
            const auto& text = node.Scalar();
            if (text == "tab")
              return '\t';
            if (text.size() != 1 || text == "\"" || text == "\n")
              return std::nullopt;
            return text[0];
          },
          [](const char& x) { return x == '\t' ? std::string{"tab"} : std::string(1, x); }};
}

kind<std::vector<std::string>> texts(const std::string& expected, bool split, bool may_be_empty,
                                     std::function<bool(const std::string&)> each) {
  return {expected,
          [=](const YAML::Node& node) -> std::optional<std::vector<std::string>> {
            std::vector<std::string> items;
            if (node.IsSequence()) {
              for (const auto& item : node) {
                if (!item.IsScalar() || item.Scalar().empty())
                  return std::nullopt;
                items.push_back(item.Scalar());
              }
            } else if (const auto text = plain(node); !text) {
              return std::nullopt;
            } else if (split) {
              items = split_at_commas(*text);
            } else if (!text->empty()) {
              items.push_back(*text);
            }
            if ((items.empty() && !may_be_empty) || (each && !std::all_of(items.begin(), items.end(), each)))
              return std::nullopt;
            return items;
          },
          listed};
}

kind<std::vector<std::string>> brokers() {
  return texts("a list of at least one HOST:PORT (port 1 to 65535)", true, false, is_broker);
}

kind<bool> boolean() {
  return {"true or false",
          [](const YAML::Node& node) -> std::optional<bool> {
            const auto text = bare(node);
            if (text == "true" || text == "yes" || text == "on")
              return true;
            if (text == "false" || text == "no" || text == "off")
              return false;
            return std::nullopt;
          },
          [](const bool& x) { return std::string{x ? "true" : "false"}; }};
}

kind<double> number(double least, double most) {
  return {limited("a number", number_text(least), std::isinf(most) ? "" : number_text(most)),
          [=](const YAML::Node& node) -> std::optional<double> {
            const auto text = bare(node);
            const auto x = text ? parse_number(*text) : std::nullopt;
            return x && *x >= least && *x <= most ? x : std::nullopt;
          },
          number_text};
}

kind<double> positive() {
  return {"a number above 0",
          [](const YAML::Node& node) -> std::optional<double> {
            const auto text = bare(node);
            const auto x = text ? parse_number(*text) : std::nullopt;
            return x && *x > 0 ? x : std::nullopt;
          },
          number_text};
}

kind<double> share() {
  return {"a share from 0 to 1, like 0.01 or 1%",
          [](const YAML::Node& node) -> std::optional<double> {
            const auto text = bare(node);
            const auto x = text ? parse_share(*text) : std::nullopt;
            return x && *x >= 0 && *x <= 1 ? x : std::nullopt;
          },
          number_text};
}

kind<milliseconds> duration(milliseconds least) {
  return {"a duration" + (least.count() > 0 ? " of at least " + duration_text(least) : std::string{}) +
              ", like 500ms, 5s, 15min, 2h or 7d",
          [=](const YAML::Node& node) -> std::optional<milliseconds> {
            const auto text = bare(node);
            const auto x = text ? parse_duration(*text) : std::nullopt;
            return x && *x >= least ? x : std::nullopt;
          },
          [](const milliseconds& x) { return duration_text(x); }};
}

kind<std::optional<milliseconds>> duration_or_none() {
  using value = std::optional<milliseconds>;
  return {duration().expected + ", or nothing",
          [given = duration().parse](const YAML::Node& node) -> std::optional<value> {
            if (node.IsNull())
              return value{};
            const auto x = given(node);
            return x ? std::optional<value>{*x} : std::nullopt;
          },
          [](const value& x) { return x ? duration_text(*x) : std::string{}; }};
}

kind<uint64_t> size(uint64_t least) {
  return {"a size of at least " + size_text(least) + ", like 512MiB or 10GiB",
          [=](const YAML::Node& node) -> std::optional<uint64_t> {
            const auto text = bare(node);
            const auto x = text ? parse_size(*text) : std::nullopt;
            return x && *x >= least ? x : std::nullopt;
          },
          [](const uint64_t& x) { return size_text(x); }};
}

kind<uint64_t> seed() {
  return {"a whole number of at least 0",
          [](const YAML::Node& node) -> std::optional<uint64_t> {
            const auto text = bare(node);
            return text ? parse_natural(*text) : std::nullopt;
          },
          [](const uint64_t& x) { return std::to_string(x); }};
}

kind<event_time> start_time() {
  return {"now, or a time with zone like 2026-11-21T10:00:00Z",
          [](const YAML::Node& node) -> std::optional<event_time> {
            if (!node.IsScalar())
              return std::nullopt;
            return node.Scalar() == "now" ? never : parse_time(node.Scalar());
          },
          [](const event_time& x) { return x == never ? "now" : to_iso(x); }};
}

kind<secret_reference> secret() {
  return {"env:NAME or file:PATH",
          [](const YAML::Node& node) -> std::optional<secret_reference> {
            const auto text = plain(node);
            if (!text || !(text->empty() || secret_reference::is_one(*text)))
              return std::nullopt;
            return secret_reference{*text};
          },
          [](const secret_reference& x) { return x.text; }, true};
}

kind<address> url() {
  return {"a URL (http:// or https://), env:NAME or file:PATH",
          [](const YAML::Node& node) -> std::optional<address> {
            const auto text = plain(node);
            if (!text)
              return std::nullopt;
            if (secret_reference::is_one(*text))
              return address{{}, {*text}};
            if (!text->empty() && !is_url(*text))
              return std::nullopt;
            return address{*text, {}};
          },
          // The path of a webhook's URL often is its password.
          [](const address& x) {
            if (x.url.empty())
              return x.secret.text;
            const auto host = x.url.find("://") + 3;
            const auto end = std::min(x.url.find_first_of("/?#", host), x.url.size());
            const auto login = x.url.rfind('@', end);
            const auto from = login == std::string::npos || login < host ? host : login + 1;
            return x.url.substr(0, host) + x.url.substr(from, end - from) + (end < x.url.size() ? "/..." : "");
          },
          true};
}

} // namespace millwright::kinds
