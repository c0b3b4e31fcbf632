#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright simulate`: the plant's readings to a file, standard output or Kafka, the truth of its faults and its
/// metadata to files. Ends after the duration, at SIGINT or SIGTERM, or when nobody reads the pipe any more, with
/// everything flushed. Throws `failure`.
int simulate_command(const std::vector<std::string>& arguments);

} // namespace millwright
