#pragma once

#include "protocol/time.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace millwright {

/// A setting of a kind of actor: `actors.KIND.KEY` in the configuration.
struct actor_setting {
  enum class kind : uint8_t { duration, number, count, flag, text };

  std::string_view key;
  kind of = kind::text;
  /// As it would be written in the configuration: "10min", "0.7", "on".
  std::string_view standard;
  std::string_view meaning;
  /// Of durations (in seconds), numbers and counts, both inclusive.
  double least = 0, most = 1e18;
};

/// The values of one kind's settings, those that nobody has set included. Asking for a key that is not declared, or as
/// something else than it is declared as, is a mistake of the program (std::logic_error).
class actor_settings {
public:
  actor_settings() = default;
  /// Everything at its standard value.
  explicit actor_settings(std::span<const actor_setting> declared);

  milliseconds duration(std::string_view key) const;
  double number(std::string_view key) const;
  uint64_t count(std::string_view key) const;
  bool flag(std::string_view key) const;
  const std::string& text(std::string_view key) const;

  /// False, and nothing is changed, when the text is none of the declared kind within its bounds.
  bool set(std::string_view key, std::string_view text);
  /// As `set` would take it.
  std::string shown(std::string_view key) const;
  std::span<const actor_setting> declared() const { return declared_; }

private:
  struct value {
    double figure = 0;
    std::string text;
  };

  const value& of(std::string_view key, actor_setting::kind as) const;
  const actor_setting* setting(std::string_view key) const;

  std::span<const actor_setting> declared_;
  std::map<std::string, value, std::less<>> values_;
};

} // namespace millwright
