#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// A subcommand of the program. `run` gets what stands behind its name (with --help it prints its usage) and returns
/// the exit code; a user's mistake is thrown as `failure`, which main prints.
struct command {
  std::string_view name;
  /// Shown by `millwright --help`.
  std::string_view summary;
  int (*run)(const std::vector<std::string>&);
};

/// All that this program has (the table is in commands.cpp).
std::span<const command> commands();

/// What the program does with its line, the name of the program left out. Nothing is thrown: every mistake is printed
/// to standard error, a line each. 0; 2 for a mistake of the person or the surroundings; 1 for any other.
int run_program(const std::vector<std::string>& line);

} // namespace millwright
