#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// An option that a subcommand knows. May be given several times: `text` takes the last, `all` takes each.
struct option {
  /// With its dashes: "--set".
  std::string_view name;
  /// "-c", or empty.
  std::string_view letter;
  /// What stands for the value in the help ("KEY=VALUE"); empty for a flag, which takes none.
  std::string_view value;
  std::string_view meaning;
};

/// A subcommand's line as its person typed it, checked against what the subcommand knows. `--option value`,
/// `--option=value`, `-c value`; `--` ends the options; `-` is a positional. Every reader throws
/// `failure(bad_usage)` naming the option, what was expected and what was got.
class arguments {
public:
  /// How a subcommand is called: "simulate [OPTION]...", a sentence or two on what it does, its options, and how many
  /// positionals it takes.
  struct usage {
    std::string_view line;
    std::string_view purpose;
    std::span<const option> options;
    size_t least = 0;
    size_t most = 0;
  };

  /// The array of options must outlive this object. Throws on an unknown option (with the nearest known one), a missing
  /// or superfluous value, and on too few or too many positionals. With --help among the options nothing is checked.
  arguments(const usage& known, const std::vector<std::string>& given);

  /// Prints the usage to standard output when --help or -h was given; true then: the subcommand returns 0.
  bool help_printed() const;

  const std::vector<std::string>& positionals() const { return positionals_; }
  /// An option of this name was given, flag or not.
  bool has(std::string_view name) const;
  /// The last value; `otherwise` where there is none.
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  /// The same of a value that must not be empty: `what` is expected, "an id".
  std::string filled(std::string_view name, std::string_view what, std::string_view otherwise = {}) const;
  std::vector<std::string> all(std::string_view name) const;

  /// The options of these names as they were given, for another line in a shell: " -c FILE --set 'KEY=A B'". Empty
  /// where there are none.
  std::string repeated(std::initializer_list<std::string_view> names) const;

  int64_t integer(std::string_view name, int64_t otherwise, int64_t least = std::numeric_limits<int64_t>::min(),
                  int64_t most = std::numeric_limits<int64_t>::max()) const;
  double number(std::string_view name, double otherwise, double least = -std::numeric_limits<double>::infinity(),
                double most = std::numeric_limits<double>::infinity()) const;
  /// "500ms", "5s", "15min", "2h", "7d".
  milliseconds duration(std::string_view name, milliseconds otherwise) const;
  /// ISO-8601 with zone.
  event_time time(std::string_view name, event_time otherwise) const;
  /// One of `allowed`.
  std::string choice(std::string_view name, std::string_view otherwise,
                     std::span<const std::string_view> allowed) const;

private:
  struct occurrence {
    const option* which;
    std::string value;
  };

  const option& known_as(std::string_view name) const;
  const std::string* last(std::string_view name) const;

  usage usage_;
  std::vector<occurrence> occurrences_;
  std::vector<std::string> positionals_;
  bool help_ = false;
};

/// `text` as a POSIX shell takes it for one word: as it stands, or within quotes.
std::string shell_word(std::string_view text);

/// The help text of a subcommand, as `help_printed` prints it.
std::string help_text(const arguments::usage& usage);

} // namespace millwright
