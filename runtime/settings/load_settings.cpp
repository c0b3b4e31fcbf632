#include "runtime/settings/load_settings.hpp"

#include "protocol/failure.hpp"
#include "runtime/settings/tables.hpp"
#include "runtime/yaml/only_document.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace millwright {

namespace {

[[noreturn]] void refuse(failure_code code, const settings_report& report) {
  const auto& all = report.mistakes();
  std::string what = all.front().what;
  for (size_t i = 1; i < all.size(); ++i)
    what += '\n' + all[i].where + ": " + all[i].what;
  throw failure{code, all.front().where, what};
}

void read_override(node_settings& settings, const std::string& text, settings_report& report) {
  report.next_origin();
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    return report.mistake("--set", "expected KEY=VALUE, got \"" + text.substr(0, equals == 0 ? 0 : 40) + '"');
  setting_value value;
  value.key = text.substr(0, equals);
  const auto right = text.substr(equals + 1);
  // Only brackets and braces are YAML: whatever else stands there is meant as it stands.
  if (right.starts_with('[') || right.starts_with('{')) {
    try {
      value.node = only_document(right);
    } catch (const YAML::Exception& e) {
      return report.mistake(value, "expected a list or section in YAML: " + e.msg);
    }
  } else {
    value.node = YAML::Node(right);
  }
  report.first_time(value);
  read_at(settings, node_table(), value.key, value, report);
}

node_settings finished(node_settings settings, settings_report& report, std::vector<std::string>* notices) {
  // The wish for no channel at all is `channels: {}`.
  if (settings.channels.empty() && !report.given("channels"))
    settings.channels.emplace_back().name = "terminal";
  check_settings(settings, report);
  if (!report.mistakes().empty())
    refuse(failure_code::bad_configuration, report);
  if (notices)
    *notices = report.notices();
  return settings;
}

/// Reads a file by one table; the top must be a section.
template <class T>
bool read_file(T& target, const table<T>& rows, const std::string& path, setting_value& top, settings_report& report) {
  if (!read_yaml(path, top, report))
    return false;
  read_section(target, rows, "", top, report);
  return true;
}

} // namespace

bool read_yaml(const std::string& path, setting_value& out, settings_report& report) {
  std::ifstream in{path, std::ios::binary};
  std::error_code code;
  if (!in || std::filesystem::is_directory(path, code)) {
    report.mistake(path, "cannot be read: " + std::string{in ? "it is a directory" : std::strerror(errno)});
    return false;
  }
  std::ostringstream text;
  text << in.rdbuf();
  try {
    out = {only_document(text.str()), "", path, 0};
  } catch (const YAML::Exception& e) {
    const auto line = e.mark.is_null() ? "" : ':' + std::to_string(e.mark.line + 1);
    report.mistake(path + line, "not valid YAML: " + e.msg);
    return false;
  }
  if (out.node.IsMap() || out.node.IsNull())
    return true;
  report.mistake(path, "expected keys and values, got " + description_of(out.node));
  return false;
}

node_settings load_settings(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                            std::vector<std::string>* notices) {
  settings_report report;
  node_settings settings;
  setting_value top;
  read_file(settings, node_table(), file.string(), top, report);
  for (const auto& each : overrides)
    read_override(settings, each, report);
  return finished(std::move(settings), report, notices);
}

node_settings settings_from_overrides(const std::vector<std::string>& overrides, std::vector<std::string>* notices) {
  settings_report report;
  node_settings settings;
  for (const auto& each : overrides)
    read_override(settings, each, report);
  return finished(std::move(settings), report, notices);
}

csv_mapping load_csv_mapping(const std::filesystem::path& file) {
  settings_report report;
  csv_mapping mapping;
  setting_value top;
  if (read_file(mapping, csv_table(), file.string(), top, report))
    check_csv_mapping(mapping, file.string(), report);
  if (!report.mistakes().empty())
    refuse(failure_code::bad_mapping, report);
  return mapping;
}

std::vector<setting_description> described_settings() {
  return describe_table(node_table(), settings_from_overrides({}));
}

std::string settings_text(const node_settings& settings) {
  std::string out;
  for (const auto& row : node_table())
    out += row.key + ": " + row.show(settings) + '\n';
  return out;
}

} // namespace millwright
