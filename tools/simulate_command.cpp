#include "tools/simulate_command.hpp"

#include "protocol/failure.hpp"
#include "protocol/quantities.hpp"
#include "runtime/simulation/reading_output.hpp"
#include "runtime/simulation/simulation_source.hpp"
#include "runtime/types/sensor_type_table.hpp"
#include "tools/arguments.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <limits>
#include <unistd.h>

namespace millwright {

namespace {

constexpr option options[] = {
    {"--sensors", "", "N", "1 to 1000000 (1000)"},
    {"--facilities", "", "F", "sites that they are dealt out to (3)"},
    {"--seed", "", "S", "same seed and start, same bytes (1)"},
    {"--start", "", "TIME",
     "event time of the first reading, ISO-8601 with zone (now; 2026-01-01T00:00:00Z at speed max)"},
    {"--duration", "", "TIME", "event time to simulate: 90s, 15min, 2h, 1d; 0: no end (0; 1h at speed max)"},
    {"--speed", "", "K", "times real time, or max (max; 1 with --kafka)"},
    {"--rate", "", "R", "readings a second of the whole plant, in event time; 0: each type's own interval (0)"},
    {"--interval", "", "TIME", "between two readings of any sensor, in place of a rate: 60s"},
    {"--noise", "", "KIND,...",
     "how healthy sensors move: plain, mixed (every kind), or kinds as in config/one-node.yaml (plain)"},
    {"--mix", "", "TYPE=SHARE,...", "sensor types and their shares (the plant's usual mix)"},
    {"--fault", "", "KIND@OFFSET[:LASTS][:SENSOR][:STRENGTH]",
     "a fault, so long after the start; lasts 1min; SENSOR is TI-101, FACILITY/TI-101, or chosen by the seed; "
     "STRENGTH is a multiple of the usual one, or 5sigma of the sensor's fast noise; repeatable"},
    {"--faults-per-day", "", "KIND=X,...", "faults at random, so many a sensor and day"},
    {"--health", "", "",
     "each reading says its sensor's hidden health, 1 (sound) to 0 (worn out), for millwright train"},
    {"--truth", "", "FILE", "write each fault as a JSON line"},
    {"--metadata", "", "DIR", "write facilities.jsonl and sensors.jsonl"},
    {"--out", "", "FILE", "write the readings there; - is standard output (-)"},
    {"--kafka", "", "BROKERS", "send the readings to Kafka instead: host:port,..."},
    {"--topic", "", "NAME", "the topic (sensor-readings)"},
    {"--partitions", "", "N", "made with so many when it is missing (8)"},
    {"--types", "", "FILE", "sensor types (the program's own, as config/sensor-types.yaml)"},
};

volatile std::sig_atomic_t interrupted = 0;

/// Ends the loop at SIGINT and SIGTERM; a second one ends the program as usual. A closed pipe becomes an error of
/// write.
class signals_caught {
public:
  signals_caught() {
    interrupted = 0;
    struct sigaction end {};
    end.sa_handler = [](int) { interrupted = 1; };
    end.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &end, &before_[0]);
    sigaction(SIGTERM, &end, &before_[1]);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &before_[2]);
  }
  signals_caught(const signals_caught&) = delete;
  signals_caught& operator=(const signals_caught&) = delete;
  ~signals_caught() {
    sigaction(SIGINT, &before_[0], nullptr);
    sigaction(SIGTERM, &before_[1], nullptr);
    sigaction(SIGPIPE, &before_[2], nullptr);
  }

private:
  struct sigaction before_[3]{};
};

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  for (size_t from = 0; from <= text.size();) {
    const size_t end = std::min(text.find(by, from), text.size());
    out.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

[[noreturn]] void wrong(const std::string& option, const std::string& expected, const std::string& got) {
  throw failure{failure_code::bad_usage, option, expected + " expected, got \"" + got + "\""};
}

std::map<std::string, double> shares_of(const arguments& given, const std::string& option) {
  std::map<std::string, double> out;
  for (const auto& list : given.all(option))
    for (const auto& each : split(list, ',')) {
      const auto equals = each.find('=');
      const auto number = equals == each.npos ? std::nullopt : parse_number(each.substr(equals + 1));
      if (!number || equals == 0 || *number < 0)
        wrong(option, "NAME=NUMBER, separated by commas,", each);
      out[each.substr(0, equals)] = *number;
    }
  return out;
}

simulation_settings::fault fault_of(const std::string& text) {
  const std::string form = "KIND@OFFSET[:LASTS][:SENSOR][:STRENGTH]";
  const auto at = text.find('@');
  if (at == text.npos)
    wrong("--fault", form, text);
  simulation_settings::fault out;
  out.kind = text.substr(0, at);
  const auto parts = split(text.substr(at + 1), ':');
  const auto offset = parse_duration(parts[0]);
  if (!fault_kind_named(out.kind))
    wrong("--fault", "one of " + fault_kind_names(), out.kind);
  if (!offset)
    wrong("--fault", "an offset like 90s or 15min", parts[0]);
  if (parts.size() > 4)
    wrong("--fault", form, text);
  out.at = *offset;
  // Each part but the offset may be left out: a duration, a number and a name tell themselves apart; empty ones too.
  int next = 1;
  for (size_t i = 1; i < parts.size(); ++i) {
    const auto& part = parts[i];
    if (part.empty()) {
      ++next;
      continue;
    }
    const bool sigmas = part.ends_with("sigma");
    const auto number = parse_number(sigmas ? part.substr(0, part.size() - 5) : part);
    const auto lasts = number ? std::nullopt : parse_duration(part);
    if (lasts && next <= 1) {
      out.lasts = *lasts;
      next = 2;
    } else if (number && next <= 3) {
      (sigmas ? out.sigmas : out.strength) = *number;
      next = 4;
    } else if (!number && !lasts && next <= 2) {
      out.sensor = part;
      next = 3;
    } else {
      wrong("--fault", form, text);
    }
  }
  return out;
}

simulation_settings settings_of(const arguments& given) {
  simulation_settings out;
  const bool kafka = given.has("--kafka");
  out.sensors = static_cast<uint32_t>(given.integer("--sensors", 1000, 1, 1'000'000));
  out.facilities = static_cast<uint32_t>(given.integer("--facilities", 3, 1, 10'000));
  if (given.has("--seed")) {
    const auto seed = parse_natural(given.text("--seed"));
    if (!seed)
      wrong("--seed", "a whole number of 0 or more", given.text("--seed"));
    out.seed = *seed;
  }
  out.rate = given.number("--rate", 0, 0);
  out.interval = given.duration("--interval", milliseconds{0});
  out.noise = given.text("--noise", "plain");
  const auto speed = given.text("--speed", kafka ? "1" : "max");
  out.speed = 0;
  if (speed != "max") {
    const auto times = parse_number(speed);
    if (!times || *times <= 0 || *times > 1e6)
      wrong("--speed", "a number above 0 (at most 1000000), or max", speed);
    out.speed = *times;
  }
  // As fast as possible there is no now: a fixed start, so that the same line gives the same bytes.
  const event_time fixed{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  out.start = given.time("--start", out.speed == 0 ? fixed : never);
  out.duration = given.duration("--duration", out.speed == 0 ? milliseconds{3'600'000} : milliseconds{0});
  out.mix = shares_of(given, "--mix");
  for (const auto& each : given.all("--fault"))
    out.faults.push_back(fault_of(each));
  out.faults_per_day = shares_of(given, "--faults-per-day");
  out.truth_path = given.text("--truth");
  out.metadata_directory = given.text("--metadata");
  return out;
}

/// What the plant refuses is named by its key in a configuration; here it was an option.
std::unique_ptr<simulation_source> source_of(const simulation_settings& settings,
                                             const std::vector<sensor_type>& types) {
  try {
    return std::make_unique<simulation_source>(settings, types);
  } catch (const failure& e) {
    const std::string text = e.what(), prefix = "source.simulation.";
    if (e.code() != failure_code::bad_configuration || !text.starts_with(prefix))
      throw;
    const auto colon = text.find(": ");
    const auto key = text.substr(prefix.size(), colon - prefix.size());
    const auto name = key.substr(0, key.find_first_of(".["));
    const std::string option = name == "faults"           ? "--fault"
                               : name == "faults_per_day" ? "--faults-per-day"
                                                          : "--" + name;
    // "mix.temperatur": which of the shares.
    const auto dot = key.find('.');
    throw failure{failure_code::bad_usage, option,
                  (dot == key.npos ? "" : key.substr(dot + 1) + ": ") + text.substr(colon + 2)};
  }
}

/// One line on a terminal's standard error, twice a second.
class progress_line {
public:
  explicit progress_line(const simulation_settings& settings)
      : settings_{settings}, shown_{::isatty(STDERR_FILENO) == 1}, begun_{clock::now()}, last_{begun_} {}

  void show(uint64_t readings, event_time at, event_time start, bool final) {
    const auto now = clock::now();
    if (!shown_ || (!final && now - last_ < std::chrono::milliseconds{500}))
      return;
    const double seconds = std::chrono::duration<double>(now - last_).count();
    const double all = std::chrono::duration<double>(now - begun_).count();
    const double rate =
        final ? static_cast<double>(readings) / std::max(all, 1e-3) : static_cast<double>(readings - before_) / seconds;
    std::string share;
    if (settings_.duration.count() > 0)
      share =
          "  " + std::to_string(std::min<int64_t>(100, 100 * (at - start).count() / settings_.duration.count())) + " %";
    std::fprintf(stderr, "\r%llu readings  %.0f/s  plant's time %s%s\033[K", static_cast<unsigned long long>(readings),
                 rate, to_iso(at).substr(0, 19).c_str(), final ? "\n" : share.c_str());
    std::fflush(stderr);
    last_ = now;
    before_ = readings;
  }

private:
  using clock = std::chrono::steady_clock;

  const simulation_settings& settings_;
  bool shown_;
  clock::time_point begun_, last_;
  uint64_t before_ = 0;
};

/// The sensor's id as it stands in the line; a damaged line may have lost it.
std::string_view key_of(std::string_view line, const simulated_plant& plant, uint64_t tick, std::string& memory) {
  constexpr std::string_view prefix = "{\"sensor_id\":\"";
  if (line.starts_with(prefix))
    if (const auto end = line.find('"', prefix.size()); end != line.npos)
      return line.substr(prefix.size(), end - prefix.size());
  memory = plant.layout().sensor_id_of(plant.schedule().at(tick).sensor);
  return memory;
}

void pour(simulation_source& source, reading_output& out, const simulation_settings& settings, bool keyed,
          bool labelled) {
  source.start({});
  progress_line progress{settings};
  record_batch batch;
  std::string memory, with_health;
  uint64_t readings = 0;
  event_time at = source.plant().start();
  while (!interrupted && !source.finished() && !out.closed()) {
    source.poll(batch, 4096, milliseconds{100});
    for (const auto& each : batch.records) {
      std::string_view line{each.data, each.size};
      if (labelled) {
        with_health.clear();
        source.plant().append_labelled_json(each.position, with_health);
        line = with_health;
      }
      out.put(keyed ? key_of(line, source.plant(), each.position, memory) : std::string_view{}, line, *each.arrival);
    }
    readings += batch.records.size();
    if (!batch.records.empty())
      at = *batch.records.back().arrival;
    // Somebody may be watching what comes at the pace of the clock.
    if (settings.speed > 0)
      out.flush();
    progress.show(readings, at, source.plant().start(), false);
  }
  out.finish();
  progress.show(readings, at, source.plant().start(), true);
}

} // namespace

int simulate_command(const std::vector<std::string>& line) {
  const arguments given{{"simulate [OPTION]...",
                         "Writes the readings of a simulated plant, one JSON object a line, healthy or with faults: "
                         "spike, drift, step, stuck, noise, bearing_wear, falling_quality, skewed_clock, dropout, "
                         "late, duplicated, malformed.",
                         options},
                        line};
  if (given.help_printed())
    return 0;
  if (given.has("--kafka") && given.has("--out"))
    throw failure{failure_code::bad_usage, "--out", "either --out or --kafka, not both"};
  for (const auto* each : {"--topic", "--partitions"})
    if (given.has(each) && !given.has("--kafka"))
      throw failure{failure_code::bad_usage, each, "goes with --kafka"};
  const auto settings = settings_of(given);
  const auto partitions = static_cast<int>(given.integer("--partitions", 8, 1, 10'000));
  const auto types = load_sensor_types(given.text("--types"));
  const signals_caught signals;
  const auto source = source_of(settings, types.types());
  const bool keyed = given.has("--kafka");
  const auto out = keyed ? write_to_kafka({given.text("--kafka"), given.text("--topic", "sensor-readings"), partitions})
                         : write_to_file(given.text("--out", "-"));
  pour(*source, *out, settings, keyed, given.has("--health"));
  return 0;
}

} // namespace millwright
