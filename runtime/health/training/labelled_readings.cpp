#include "runtime/health/training/labelled_readings.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "runtime/health/health_features.hpp"
#include "runtime/health/training/health_label.hpp"
#include "runtime/metadata/local_clock.hpp"
#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/parse/reading_parser.hpp"
#include "runtime/source/open_stream.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <unordered_map>
#include <vector>

namespace millwright {

namespace {

/// The number of the line that begins at this byte of a file.
uint64_t line_at(const std::string& path, uint64_t offset) {
  std::ifstream in{path, std::ios::binary};
  std::vector<char> text(1 << 16);
  uint64_t line = 1;
  while (offset > 0 && in) {
    in.read(text.data(), static_cast<std::streamsize>(std::min<uint64_t>(offset, text.size())));
    line += static_cast<uint64_t>(std::count(text.data(), text.data() + in.gcount(), '\n'));
    offset -= static_cast<uint64_t>(in.gcount());
  }
  return line;
}

class reader {
public:
  explicit reader(const labelled_input& input)
      : input_{input}, metadata_{plant_metadata::load(input.settings.plant.facilities, input.settings.plant.sensors)},
        parser_{input.types, std::chrono::minutes{5}, input.settings.source.quality} {
    out_.rows.features = health_features().size();
  }

  labelled_readings read() {
    auto files = input_.settings.source.file;
    files.follow = false;
    for (const auto& path : input_.paths) {
      const auto stream = open_stream(path, files);
      read_file(*stream);
    }
    return std::move(out_);
  }

private:
  /// What is known of a sensor.
  struct known {
    uint32_t machine;
    local_clock* clock;
    std::string unit;
  };

  void read_file(record_stream& stream) {
    for (record_ = 1;;) {
      switch (stream.look()) {
      case record_stream::state::finished:
        return;
      case record_stream::state::starved:
        stream.fill(milliseconds{1000});
        break;
      case record_stream::state::ready:
        if (stream.text() || stream.damage().empty())
          take(stream);
        else
          refuse([&] { return stream.damage(); });
        stream.pop();
        ++record_;
        break;
      }
    }
  }

  std::string place_of(const record_stream& stream) const {
    const auto& from = stream.input();
    if (from.repeatable())
      return from.path() + ":" + std::to_string(line_at(from.path(), stream.origin_of_view().begin));
    return (from.path() == "-" ? "standard input" : from.path()) + ", record " + std::to_string(record_);
  }

  // Where that was is looked up for the first one alone: it costs a look through the file.
  template <class What>
  void refuse(What what) {
    if (out_.refused++ == 0)
      out_.first_refused = what();
  }

  void take(const record_stream& stream) {
    // Parsing changes the text.
    const auto label = health_label_of({stream.text(), stream.size()});
    const auto outcome = parser_.parse(stream.text(), stream.size(), {}, std::nullopt);
    if (outcome.status == parse_status::blank)
      return;
    if (outcome.rejected())
      return refuse([&] { return place_of(stream) + ": " + std::string{outcome.detail}; });
    if (outcome.type != input_.wanted) {
      ++out_.of_other_types;
      return;
    }
    if (label.what == health_label::kind::none) {
      ++out_.unlabelled;
      return;
    }
    if (!label.usable()) {
      std::string got = label.got;
      if (label.what == health_label::kind::number)
        append_json_number(got, label.value);
      throw failure{failure_code::bad_configuration, place_of(stream),
                    "expected a health from 0 (worn out) to 1 (sound), got " + got};
    }
    auto& sensor = known_as(outcome.facility_id, outcome.sensor_id);
    if (outcome.has_unit() && !sensor.unit.empty() && outcome.unit != sensor.unit)
      return refuse([&] {
        return place_of(stream) + ": unit \"" + std::string{outcome.unit} + "\" where the metadata says \"" +
               sensor.unit + '"';
      });
    const auto local = sensor.clock->at(outcome.time);
    auto& rows = out_.rows;
    rows.values.resize(rows.values.size() + rows.features);
    put_health_features({outcome.value, outcome.quality, static_cast<uint8_t>(local.hour_of_day),
                         static_cast<uint8_t>(local.day_of_week)},
                        rows.values.data() + rows.values.size() - rows.features);
    rows.labels.push_back(static_cast<float>(label.value));
    out_.machine_of.push_back(sensor.machine);
  }

  known& known_as(std::string_view facility, std::string_view sensor) {
    key_.assign(facility).append(1, '\0').append(sensor);
    const auto found = sensors_.find(key_);
    if (found != sensors_.end())
      return found->second;
    sensor_context context;
    context.key.facility.text = facility;
    context.key.sensor.text = sensor;
    metadata_.fill(context);
    const auto& unit = context.equipment.text;
    const auto name = (unit.empty() ? context.key.sensor.text : unit) + " (" + context.key.facility.text + ")";
    const auto [machine, fresh] = machines_.try_emplace(name, static_cast<uint32_t>(out_.machines.size()));
    if (fresh)
      out_.machines.push_back(name);
    const auto& zone = context.facility->timezone;
    return sensors_[key_] = {machine->second, &clocks_.try_emplace(zone, zone).first->second,
                             std::string{context.unit.view()}};
  }

  const labelled_input& input_;
  plant_metadata metadata_;
  reading_parser parser_;
  labelled_readings out_;
  uint64_t record_ = 0;
  std::string key_;
  std::unordered_map<std::string, known> sensors_;
  std::unordered_map<std::string, uint32_t> machines_;
  std::map<std::string, local_clock> clocks_;
};

} // namespace

labelled_readings read_labelled(const labelled_input& input) {
  return reader{input}.read();
}

} // namespace millwright
