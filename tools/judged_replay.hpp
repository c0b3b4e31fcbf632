#pragma once

#include "runtime/replay/replay.hpp"
#include "tools/arguments.hpp"
#include "tools/input_progress.hpp"
#include "tools/judging.hpp"

namespace millwright {

/// How `replay` is asked for figures, of one configuration or of two, in place of its summary.
inline constexpr option compare_option{"--compare", "", "B.yaml",
                                       "what this configuration would have paged beside it; results in DIR/before and "
                                       "DIR/after"};
inline constexpr option with_option{"--with", "", "KEY=VALUE",
                                    "a setting of that other configuration alone, or of the same one changed; "
                                    "repeatable"};
inline constexpr option figures_option{"--figures", "", "",
                                       "the figures of ISA-18.2 and EEMUA 191 in place of the "
                                       "summary"};
inline constexpr option figures_json_option{"--json", "", "", "the figures as one JSON object"};

/// Whether any of these is given.
bool wants_figures(const arguments& given);

/// Runs it, once or twice, and prints. Returns the exit code; throws `failure`.
/// @param request `out` empty: nothing is written.
/// @param shown is cleared before something is printed.
int run_judged_replay(const arguments& given, replay_request request, const input_progress& shown);

} // namespace millwright
