#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Keys of a file's rows that nobody looks at. They may be a user's own fields, and so are no mistake; but a misspelt
/// `alert_treshold` is a sensor without limits, and has to be told. Pure.
class unknown_keys {
public:
  /// @param known what rows may have; outlives this object.
  explicit unknown_keys(std::span<const std::string_view> known) : known_{known} {}

  void look(std::string_view key, size_t line);

  /// A line a key: "FILE:3: unknown key `alert_treshold` (did you mean alert_thresholds?), not looked at; in 12 rows".
  std::vector<std::string> told(const std::string& file) const;

private:
  struct place {
    size_t first_line = 0, last_line = 0, rows = 0;
  };

  std::span<const std::string_view> known_;
  std::map<std::string, place, std::less<>> found_;
  bool more_ = false;
};

} // namespace millwright
