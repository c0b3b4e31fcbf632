#include "runtime/node/make_source.hpp"

#include "runtime/simulation/simulation_source.hpp"
#include "runtime/source/file_source.hpp"
#include "runtime/source/kafka_source.hpp"

namespace millwright {

namespace {

// The time of a line whose turn is to be found: parsed from a copy, for the line itself is parsed in place later.
class line_clock {
public:
  explicit line_clock(const sensor_type_table& types) : parser_{types} {}

  std::optional<event_time> operator()(std::string_view line) {
    copy_.assign(line);
    const auto outcome = parser_.parse(copy_.data(), copy_.size(), {}, std::nullopt);
    if (!outcome.accepted())
      return std::nullopt;
    return outcome.time;
  }

private:
  reading_parser parser_;
  std::string copy_;
};

} // namespace

std::unique_ptr<source> make_source(const source_settings& settings, const sensor_type_table& types,
                                    std::optional<std::string> known_identity) {
  switch (settings.kind) {
  case source_kind::kafka:
    return std::make_unique<kafka_source>(settings.kafka);
  case source_kind::file: {
    const auto clock = std::make_shared<line_clock>(types);
    return std::make_unique<file_source>(
        settings.file, [clock](std::string_view line) { return (*clock)(line); }, std::move(known_identity));
  }
  case source_kind::simulation:
    break;
  }
  return std::make_unique<simulation_source>(settings.simulation, types.types(), std::move(known_identity));
}

} // namespace millwright
