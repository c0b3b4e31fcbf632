#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace millwright {

/// (counter, label) -> count, as the lines of `counts`: what became of readings.
using reading_counts = std::map<std::pair<std::string, std::string>, uint64_t>;

/// Of a counter without labels.
uint64_t count_of(const reading_counts& counts, const std::string& counter);

/// Over all labels.
uint64_t sum_of(const reading_counts& counts, const std::string& counter);

/// "averages 10, patterns 11": the labels of a counter. Empty: it has none.
std::string labels_of(const reading_counts& counts, const std::string& counter);

/// "not-json 12, unknown-sensor 3": what was not accepted, and why. Empty: all was.
std::string refusals_of(const reading_counts& counts);

} // namespace millwright
