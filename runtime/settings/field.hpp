#pragma once

#include "runtime/settings/gone_keys.hpp"
#include "runtime/settings/kinds.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "runtime/settings/report.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace millwright {

/// What is known of a setting beside its value.
struct setting_description {
  /// Dotted; `*` stands for a name that the person chooses, `[]` for each element of a list.
  std::string key;
  std::string expected;
  std::string meaning;
  /// The value when nothing is configured.
  std::string standard;
};

/// A row of a binding table: one setting of a T.
template <class T>
struct field {
  /// Dotted, relative to T.
  std::string key;
  std::string expected;
  std::string meaning;
  /// Stores the value, or reports why not.
  std::function<void(T&, const setting_value&, settings_report&)> read;
  std::function<std::string(const T&)> show;
  /// Stores a value below this setting ("channels" and then "pager.url"); none where nothing can be below.
  std::function<void(T&, const std::string& below, const setting_value&, settings_report&)> read_below;
  /// The settings below, keys relative to this one.
  std::vector<setting_description> parts;
};

template <class T>
using table = std::vector<field<T>>;

inline void report_wrong(settings_report& report, const setting_value& at, const std::string& expected, bool hidden) {
  const bool plain_text = hidden && at.node.IsScalar();
  report.mistake(at, "expected " + expected + ", got " +
                         (plain_text ? "a plain text (not shown)" : description_of(at.node)));
}

/// One value. `access` gives the member, of a const T& too.
template <class T, class Access>
field<T> setting(std::string key, Access access, kind<std::decay_t<std::invoke_result_t<Access, T&>>> how,
                 std::string meaning) {
  field<T> row{std::move(key), how.expected, std::move(meaning), {}, {}, {}, {}};
  row.read = [access, how](T& target, const setting_value& at, settings_report& report) {
    if (auto value = how.parse(at.node))
      access(target) = std::move(*value);
    else
      report_wrong(report, at, how.expected, how.hidden);
  };
  row.show = [access, how](const T& from) { return how.show(access(from)); };
  return row;
}

// --- reading a section by its table ---

/// What may stand at `prefix` ("" is the top): names of the next level.
template <class T>
std::vector<std::string> names_below(const table<T>& rows, const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& row : rows)
    if (row.key.size() > prefix.size() && row.key.starts_with(prefix)) {
      auto name = row.key.substr(prefix.size(), row.key.find('.', prefix.size()) - prefix.size());
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(std::move(name));
    }
  return names;
}

template <class T>
void report_unknown(const table<T>& rows, const std::string& path, const setting_value& at, settings_report& report) {
  if (const auto* row = gone(at.key))
    return report.notice(at, text_of(*row));
  const auto dot = path.rfind('.');
  const std::string prefix = dot == std::string::npos ? "" : path.substr(0, dot + 1);
  const std::string above = at.key.substr(0, at.key.size() - path.size());
  const auto siblings = names_below(rows, prefix);
  std::vector<std::string> whole;
  for (const auto& row : rows)
    whole.push_back(row.key);
  std::string nearest = nearest_name(path.substr(prefix.size()), siblings);
  nearest = nearest.empty() ? nearest_name(path, whole) : prefix + nearest;
  std::string what = "unknown key";
  if (!nearest.empty())
    what += " (did you mean " + above + nearest + "?)";
  else if (!siblings.empty())
    what += "; expected " + kinds::alternatives(siblings);
  report.mistake(at, what);
}

template <class T>
void read_section(T& target, const table<T>& rows, const std::string& prefix, const setting_value& at,
                  settings_report& report);

/// Reads the value that stands at `path`, relative to T.
template <class T>
void read_at(T& target, const table<T>& rows, const std::string& path, const setting_value& at,
             settings_report& report) {
  for (const auto& row : rows) {
    if (row.key == path)
      return row.read(target, at, report);
    if (row.read_below && path.size() > row.key.size() && path.starts_with(row.key) && path[row.key.size()] == '.')
      return row.read_below(target, path.substr(row.key.size() + 1), at, report);
  }
  const auto below = names_below(rows, path + '.');
  const bool went = below.empty() && holds_gone(at.key);
  if (below.empty() && !(went && (at.node.IsMap() || at.node.IsNull())))
    return report_unknown(rows, path, at, report);
  // A section whose keys are all commented out.
  if (at.node.IsNull())
    return;
  if (!at.node.IsMap())
    return report.mistake(at,
                          "expected a section with " + kinds::alternatives(below) + ", got " + description_of(at.node));
  read_section(target, rows, path + '.', at, report);
}

template <class T>
void read_section(T& target, const table<T>& rows, const std::string& prefix, const setting_value& at,
                  settings_report& report) {
  for (const auto& entry : at.node) {
    if (!entry.first.IsScalar()) {
      report.mistake(at.below("?", entry.second, entry.first.Mark()),
                     "expected a name as key, got " + description_of(entry.first));
      continue;
    }
    const auto child = at.below(entry.first.Scalar(), entry.second, entry.first.Mark());
    if (report.first_time(child))
      read_at(target, rows, prefix + entry.first.Scalar(), child, report);
  }
}

template <class T>
std::vector<setting_description> describe_table(const table<T>& rows, const T& standard) {
  std::vector<setting_description> out;
  for (const auto& row : rows) {
    if (row.parts.empty())
      out.push_back({row.key, row.expected, row.meaning, row.show(standard)});
    for (const auto& part : row.parts)
      out.push_back({row.key + part.key, part.expected, part.meaning, part.standard});
  }
  return out;
}

template <class T>
std::string show_table(const table<T>& rows, const T& from) {
  std::string out = "{";
  for (const auto& row : rows)
    out += (out.size() > 1 ? ", " : "") + row.key + ": " + row.show(from);
  return out + '}';
}

inline std::vector<setting_description> below(const std::string& separator, std::vector<setting_description> parts) {
  for (auto& part : parts)
    part.key = separator + part.key;
  return parts;
}

// --- settings that hold others ---

/// Reads a section whose keys are names that the person chooses: each by `read_below`, once. `wrong_name` begins what
/// is said of one that is no text, or has one of the characters `none_of`.
template <class T, class Below>
auto by_names(std::string expected, Below read_below, std::string wrong_name, std::string none_of) {
  return [=](T& target, const setting_value& at, settings_report& report) {
    if (at.node.IsNull())
      return;
    if (!at.node.IsMap())
      return report_wrong(report, at, expected, false);
    for (const auto& entry : at.node) {
      const auto child =
          at.below(entry.first.IsScalar() ? entry.first.Scalar() : "?", entry.second, entry.first.Mark());
      if (!entry.first.IsScalar() || entry.first.Scalar().find_first_of(none_of) != std::string::npos)
        report.mistake(child, wrong_name + description_of(entry.first));
      else if (report.first_time(child))
        read_below(target, entry.first.Scalar(), child, report);
    }
  };
}

/// Names that the person chooses, each with one value of a kind. An entry of a later origin is added or replaces.
template <class T, class Access, class V>
field<T> named_settings(std::string key, Access access, std::string expected, kind<V> how, std::string meaning,
                        std::vector<std::string> allowed = {},
                        std::function<bool(const std::string&)> secret_name = {}) {
  field<T> row{std::move(key), std::move(expected), std::move(meaning), {}, {}, {}, {}};
  row.read_below = [=](T& target, const std::string& name, const setting_value& at, settings_report& report) {
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), name) == allowed.end())
      return report.mistake(at, "unknown name" + did_you_mean(name, allowed) + "; expected " +
                                    kinds::alternatives(allowed));
    if (secret_name && secret_name(name) && !kinds::secret().parse(at.node))
      return report_wrong(report, at, kinds::secret().expected, true);
    if (auto value = how.parse(at.node))
      access(target)[name] = std::move(*value);
    else
      report_wrong(report, at, how.expected, how.hidden);
  };
  row.read = by_names<T>(row.expected, row.read_below, "expected a name as key, got ", {});
  row.show = [access, how](const T& from) {
    std::string out = "{";
    for (const auto& [name, value] : access(from))
      out += (out.size() > 1 ? ", " : "") + name + ": " + how.show(value);
    return out + '}';
  };
  return row;
}

/// What a section may be called: dots part keys.
inline bool is_section_name(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !name.empty() && name.size() <= 64 && name.find_first_not_of(allowed) == std::string_view::npos;
}

/// Sections by names that the person chooses. A later origin adds some, or changes single keys of one.
/// @param named `R& (T&, name)`: the section that is called so, made where there is none. @param each `(const T&,
/// visit)` calls visit(name, const R&) for all, in the order in which they are shown. @param what one of them is.
template <class T, class R, class Named, class Each>
field<T> named_sections(std::string key, Named named, Each each, const std::string& what, std::string expected,
                        const table<R>& rows, std::string meaning) {
  field<T> row{
      std::move(key), std::move(expected), std::move(meaning), {}, {}, {}, below(".*.", describe_table(rows, R{}))};
  const auto wrong_name = "expected a " + what + "'s name of letters, digits, - and _, got ";
  row.read_below = [=](T& target, const std::string& path, const setting_value& at, settings_report& report) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    if (!is_section_name(name))
      return report.mistake(at, wrong_name + '"' + name + '"');
    auto& section = named(target, name);
    if (dot != std::string::npos)
      return read_at(section, rows, path.substr(dot + 1), at, report);
    if (at.node.IsMap())
      return read_section(section, rows, "", at, report);
    report_wrong(report, at, "a section with " + kinds::alternatives(names_below(rows, "")), false);
  };
  row.read = by_names<T>(row.expected, row.read_below, wrong_name, ".");
  row.show = [=](const T& from) {
    std::string out = "{";
    each(from, [&](const std::string& name, const R& section) {
      out += (out.size() > 1 ? ", " : "") + name + ": " + show_table(rows, section);
    });
    return out + '}';
  };
  return row;
}

/// A list of sections; a later origin's list replaces the former.
template <class T, class R, class Access>
field<T> listed_settings(std::string key, Access access, std::string expected, const table<R>& rows,
                         std::string meaning) {
  field<T> row{
      std::move(key), std::move(expected), std::move(meaning), {}, {}, {}, below("[].", describe_table(rows, R{}))};
  row.read = [=, expected = row.expected](T& target, const setting_value& at, settings_report& report) {
    if (!at.node.IsSequence() && !at.node.IsNull())
      return report_wrong(report, at, expected, false);
    access(target).clear();
    size_t index = 0;
    for (const auto& each : at.node) {
      const auto child = at.at(index++, each);
      auto& element = access(target).emplace_back();
      if (each.IsMap())
        read_section(element, rows, "", child, report);
      else
        report_wrong(report, child, "a section with " + kinds::alternatives(names_below(rows, "")), false);
    }
  };
  row.show = [=](const T& from) {
    std::string out = "[";
    for (const auto& each : access(from))
      out += (out.size() > 1 ? ", " : "") + show_table(rows, each);
    return out + ']';
  };
  return row;
}

} // namespace millwright
