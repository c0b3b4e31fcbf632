#pragma once

#include "runtime/settings/settings.hpp"
#include "tools/arguments.hpp"

#include <string>
#include <vector>

namespace millwright {

/// How commands are told of settings beside --config, whose meaning each says itself.
inline constexpr option set_option{"--set", "", "KEY=VALUE", "a setting beside the configuration; repeatable"};
inline constexpr option csv_option{"--csv", "", "MAPPING.yaml",
                                   "how a CSV input becomes readings (the keys of source.file.csv)"};

/// What they say; --csv counts where a command has it. `notices` gets what stops nothing; none: nobody asks. Throws
/// `failure` that names every mistake.
node_settings settings_given(const arguments& given, std::vector<std::string>* notices = nullptr);

/// The same; what stops nothing is told on standard error.
node_settings settings_told(const arguments& given);

/// Those of a configuration, empty for none, with settings beside it; what stops nothing is told on standard error.
node_settings settings_told(const std::string& file, const std::vector<std::string>& beside);

} // namespace millwright
