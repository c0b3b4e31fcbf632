#pragma once

#include "runtime/settings/settings.hpp"
#include "runtime/source/record_stream.hpp"

#include <memory>
#include <string>

namespace millwright {

/// A file's records: CSV by its name (.csv) and the mapping of `settings`, else NDJSON; "-" is standard input. Throws
/// `failure` input_unreadable or bad_mapping.
std::unique_ptr<record_stream> open_stream(const std::string& path, const file_settings& settings);

} // namespace millwright
