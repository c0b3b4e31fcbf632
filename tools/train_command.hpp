#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright train`: a model of a sensor type's health from labelled readings.
int train_command(const std::vector<std::string>& given);

} // namespace millwright
