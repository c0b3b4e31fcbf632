#pragma once

#include "runtime/settings/field.hpp"
#include "runtime/settings/settings.hpp"

namespace millwright {

/// Every setting there is, a line each. The loader, "did you mean", `millwright config keys` and the test that the
/// commented reference names every key all come from these tables: a new setting is one more line.
const table<node_settings>& node_table();
const table<csv_mapping>& csv_table();
const table<channel_settings>& channel_table();

/// Parts of `node_table`, by section.
table<node_settings> source_rows();
table<node_settings> window_rows();
table<node_settings> rule_rows();
table<node_settings> channel_rows();
table<node_settings> route_rows();
/// One for each setting that a registered kind of actor declares.
table<node_settings> actor_rows();
table<node_settings> monitor_rows();

/// What must hold between settings, or within a section.
void check_settings(const node_settings& settings, settings_report& report);
void check_channels(const std::vector<channel_settings>& channels, settings_report& report);
void check_routes(const node_settings& settings, settings_report& report);
/// Reports `what` at the first of `keys` that was given, unless it holds; nothing when one of them is wrong in itself.
void require(bool holds, const std::vector<std::string>& keys, const std::string& what, settings_report& report);
/// `where`: the mapping as a whole.
void check_csv_mapping(const csv_mapping& mapping, const std::string& where, settings_report& report);

/// The document in a file; none, with a mistake, when it cannot be read or is no YAML.
bool read_yaml(const std::string& path, setting_value& out, settings_report& report);

/// A URL that stands in the open, or behind a secret reference.
template <class T>
field<T> url_setting(std::string key, std::string T::*url, secret_reference T::*secret, std::string meaning) {
  const auto how = kinds::url();
  field<T> row{std::move(key), how.expected, std::move(meaning), {}, {}, {}, {}};
  row.read = [=](T& target, const setting_value& at, settings_report& report) {
    if (auto value = how.parse(at.node)) {
      target.*url = std::move(value->url);
      target.*secret = std::move(value->secret);
    } else {
      report_wrong(report, at, how.expected, how.hidden);
    }
  };
  row.show = [=](const T& from) { return how.show({from.*url, from.*secret}); };
  return row;
}

} // namespace millwright

/// A member of the section that a table is about, for `setting`.
#define MILLWRIGHT_MEMBER(path)                                                                                        \
  [](auto& section) -> auto& {                                                                                         \
    return section.path;                                                                                               \
  }
