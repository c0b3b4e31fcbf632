#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace millwright {

/// A value of a configuration, and where it stands.
struct setting_value {
  YAML::Node node;
  /// Whole and dotted: "ledger.path", "source.file.csv.sensors[0].column".
  std::string key;
  /// File name; empty for a `--set`.
  std::string file;
  /// From 1; 0 where unknown.
  int line = 0;

  /// "FILE:LINE: KEY" or "--set KEY".
  std::string where() const;
  /// The value `child`, named `name`, below this one. Its line is that of `mark`, or this one's.
  setting_value below(const std::string& name, const YAML::Node& child, const YAML::Mark& mark) const;
  setting_value at(size_t index, const YAML::Node& child) const;
};

/// What a value is, for "got ...": "\"text\"", "a list", "a section", "nothing".
std::string description_of(const YAML::Node& node);

/// What was found while a configuration was read: its mistakes in the order of the file, and where each key stands.
class settings_report {
public:
  void mistake(const setting_value& at, const std::string& what);
  void mistake(const std::string& where, const std::string& what);
  /// What the person should know, and what stops nothing.
  void notice(const setting_value& at, const std::string& what) { notices_.push_back(at.where() + ": " + what); }
  /// Takes note of a key; false, with a mistake, when the same file has given it before.
  bool first_time(const setting_value& at);
  /// A new file or override begins, which may give keys anew.
  void next_origin() { seen_.clear(); }

  bool given(const std::string& key) const { return places_.contains(key); }
  bool wrong(const std::string& key) const { return wrong_.contains(key); }
  /// "FILE:LINE: KEY" of the key as last given; the key alone when it was not.
  std::string where(const std::string& key) const;

  struct entry {
    std::string where;
    std::string what;
  };
  const std::vector<entry>& mistakes() const { return mistakes_; }
  const std::vector<std::string>& notices() const { return notices_; }

private:
  std::vector<entry> mistakes_;
  std::vector<std::string> notices_;
  std::map<std::string, std::string> places_;
  std::map<std::string, std::string> seen_;
  std::set<std::string> wrong_;
};

} // namespace millwright
