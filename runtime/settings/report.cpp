#include "runtime/settings/report.hpp"

namespace millwright {

std::string setting_value::where() const {
  if (file.empty())
    return "--set " + key;
  std::string out = file;
  if (line > 0)
    out += ':' + std::to_string(line);
  return key.empty() ? out : out + ": " + key;
}

setting_value setting_value::below(const std::string& name, const YAML::Node& child, const YAML::Mark& mark) const {
  return {child, key.empty() ? name : key + '.' + name, file, mark.is_null() ? line : mark.line + 1};
}

setting_value setting_value::at(size_t index, const YAML::Node& child) const {
  const auto mark = child.Mark();
  return {child, key + '[' + std::to_string(index) + ']', file, mark.is_null() ? line : mark.line + 1};
}

std::string description_of(const YAML::Node& node) {
  if (!node.IsDefined() || node.IsNull())
    return "nothing";
  if (node.IsSequence())
    return "a list";
  if (node.IsMap())
    return "a section";
  constexpr size_t longest = 60;
  const auto& text = node.Scalar();
  std::string out = node.Tag() == "!" ? "the text \"" : "\"";
  out += text.size() > longest ? text.substr(0, longest) + "..." : text;
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20)
      c = ' ';
  return out + '"';
}

void settings_report::mistake(const setting_value& at, const std::string& what) {
  wrong_.insert(at.key);
  mistakes_.push_back({at.where(), what});
}

void settings_report::mistake(const std::string& where, const std::string& what) {
  mistakes_.push_back({where, what});
}

bool settings_report::first_time(const setting_value& at) {
  const auto [before, fresh] =
      seen_.try_emplace(at.file + '\n' + at.key, at.line > 0 ? " in line " + std::to_string(at.line) : "");
  if (!fresh)
    mistake(at, "expected each key once, got it again (first" + before->second + ")");
  if (!at.node.IsNull())
    places_[at.key] = at.where();
  return fresh;
}

std::string settings_report::where(const std::string& key) const {
  const auto place = places_.find(key);
  return place == places_.end() ? key : place->second;
}

} // namespace millwright
