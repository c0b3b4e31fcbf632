#include "runtime/source/open_stream.hpp"

#include "protocol/failure.hpp"
#include "runtime/source/csv_stream.hpp"

namespace millwright {

namespace {

bool is_csv(const std::string& path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".csv") == 0;
}

} // namespace

std::unique_ptr<record_stream> open_stream(const std::string& path, const file_settings& settings) {
  if (!is_csv(path))
    return std::make_unique<ndjson_stream>(path, settings.follow);
  if (!settings.csv)
    throw failure{failure_code::bad_mapping, path, "a CSV file needs a mapping (source.file.csv)"};
  return std::make_unique<csv_stream>(path, *settings.csv, settings.follow);
}

} // namespace millwright
