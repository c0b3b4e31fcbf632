#include "runtime/metadata/unknown_keys.hpp"

#include "runtime/settings/nearest_name.hpp"

#include <algorithm>

namespace millwright {

namespace {

// Rows whose keys are data would fill a log.
constexpr size_t most_told = 20;
constexpr size_t longest_told = 60;

} // namespace

void unknown_keys::look(std::string_view key, size_t line) {
  if (std::find(known_.begin(), known_.end(), key) != known_.end())
    return;
  auto at = found_.find(key);
  if (at == found_.end()) {
    if (found_.size() == most_told) {
      more_ = true;
      return;
    }
    at = found_.try_emplace(std::string{key}, place{line, 0, 0}).first;
  }
  // The same key twice in a row is one row.
  if (at->second.last_line != line)
    ++at->second.rows;
  at->second.last_line = line;
}

std::vector<std::string> unknown_keys::told(const std::string& file) const {
  std::vector<std::string> out;
  const std::vector<std::string> names{known_.begin(), known_.end()};
  for (const auto& [key, where] : found_)
    out.push_back(file + ":" + std::to_string(where.first_line) + ": unknown key `" + key.substr(0, longest_told) +
                  "`" + did_you_mean(key, names) + ", not looked at; in " + std::to_string(where.rows) +
                  (where.rows == 1 ? " row" : " rows"));
  if (more_)
    out.push_back(file + ": and further unknown keys");
  return out;
}

} // namespace millwright
