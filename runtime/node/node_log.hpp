#pragma once

#include <functional>
#include <string>

namespace millwright {

/// Sets up the structured log: one JSON object a line (time, level, thread, text). A text that repeats within a minute
/// is summed up, not repeated.
/// @param path a file; empty: `print` where given, else standard error.
/// @param print gets each line without its line feed, from any thread.
void set_up_log(const std::string& level, const std::string& path, std::function<void(const std::string&)> print);

} // namespace millwright
