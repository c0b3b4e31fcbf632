#include "runtime/settings/tables.hpp"

#include <utility>

namespace millwright {

using namespace std::chrono_literals;
using namespace kinds;

namespace {

const std::vector<std::string> fault_kinds{"spike",        "drift", "step",         "stuck",
                                           "dropout",      "noise", "bearing_wear", "falling_quality",
                                           "skewed_clock", "late",  "duplicated",   "malformed"};

const table<csv_mapping::column>& column_table() {
  static const table<csv_mapping::column> rows{
      setting<csv_mapping::column>("column", MILLWRIGHT_MEMBER(column), name("a column's header"),
                                   "header of the column with the value"),
      setting<csv_mapping::column>("sensor_id", MILLWRIGHT_MEMBER(sensor_id), name("a sensor id"),
                                   "sensor that the column belongs to"),
      setting<csv_mapping::column>("sensor_type", MILLWRIGHT_MEMBER(sensor_type), name("a sensor type"), "its type"),
      setting<csv_mapping::column>("field", MILLWRIGHT_MEMBER(field), text(),
                                   "field of the type that the column gives; empty: value"),
      setting<csv_mapping::column>("unit", MILLWRIGHT_MEMBER(unit), text(), "unit of the values"),
  };
  return rows;
}

const table<simulation_settings::fault>& fault_table() {
  using fault = simulation_settings::fault;
  static const table<fault> rows{
      setting<fault>("kind", MILLWRIGHT_MEMBER(kind), one_of(fault_kinds), "what goes wrong"),
      setting<fault>("sensor", MILLWRIGHT_MEMBER(sensor), text(), "sensor id; empty: one drawn by the seed"),
      setting<fault>("at", MILLWRIGHT_MEMBER(at), duration(), "when, after the start"),
      setting<fault>("lasts", MILLWRIGHT_MEMBER(lasts), duration(1ms), "for how long"),
      setting<fault>("strength", MILLWRIGHT_MEMBER(strength), positive(), "multiple of the kind's usual strength"),
      setting<fault>("sigmas", MILLWRIGHT_MEMBER(sigmas), number(0),
                     "in its place, standard deviations of the sensor's fast noise; 0: strength counts"),
  };
  return rows;
}

/// A mapping, or the path of a file that holds one.
field<node_settings> csv_row() {
  field<node_settings> row{"source.file.csv",
                           "a CSV mapping, or the path of a file with one",
                           "how a CSV file's columns become readings",
                           {},
                           {},
                           {},
                           below(".", describe_table(csv_table(), csv_mapping{}))};
  row.read = [expected = row.expected](node_settings& target, const setting_value& at, settings_report& report) {
    auto& csv = target.source.file.csv;
    if (at.node.IsNull() || (at.node.IsScalar() && at.node.Scalar().empty())) {
      csv.reset();
    } else if (at.node.IsMap()) {
      if (!csv)
        csv.emplace();
      read_section(*csv, csv_table(), "", at, report);
    } else if (setting_value file; !at.node.IsScalar()) {
      report_wrong(report, at, expected, false);
    } else if (read_yaml(at.node.Scalar(), file, report)) {
      csv.emplace();
      read_section(*csv, csv_table(), "", file, report);
    }
  };
  row.read_below = [](node_settings& target, const std::string& path, const setting_value& at,
                      settings_report& report) {
    auto& csv = target.source.file.csv;
    if (!csv)
      csv.emplace();
    read_at(*csv, csv_table(), path, at, report);
  };
  row.show = [](const node_settings& from) {
    return from.source.file.csv ? show_table(csv_table(), *from.source.file.csv) : std::string{};
  };
  return row;
}

bool is_secret_property(const std::string& name) {
  for (const std::string_view part : {"password", "secret", "ssl.key.pem", "sasl.oauthbearer.config"})
    if (name.find(part) != std::string::npos)
      return true;
  return false;
}

} // namespace

const table<csv_mapping>& csv_table() {
  static const table<csv_mapping> rows{
      setting<csv_mapping>("delimiter", MILLWRIGHT_MEMBER(delimiter), delimiter(), "what parts the columns"),
      setting<csv_mapping>("timestamp", MILLWRIGHT_MEMBER(timestamp), name("a column's header"),
                           "header of the column with the time"),
      setting<csv_mapping>("timezone", MILLWRIGHT_MEMBER(timezone), zone(), "zone of times that name none"),
      listed_settings<csv_mapping, csv_mapping::column>(
          "sensors", MILLWRIGHT_MEMBER(sensors), "a list of columns", column_table(),
          "columns of one sensor each, for a file with many values a row"),
      named_settings<csv_mapping>("constants", MILLWRIGHT_MEMBER(constants), "reading fields and their values", text(),
                                  "fields that every reading gets"),
      named_settings<csv_mapping>("fields", MILLWRIGHT_MEMBER(fields),
                                  "reading fields and the headers of their columns", name("a column's header"),
                                  "columns of reading fields, for a file with one reading a row"),
  };
  return rows;
}

table<node_settings> source_rows() {
  return {
      setting<node_settings>(
          "source.type", MILLWRIGHT_MEMBER(source.kind),
          choice<source_kind>(
              {{"simulation", source_kind::simulation}, {"kafka", source_kind::kafka}, {"file", source_kind::file}}),
          "where readings come from"),
      setting<node_settings>("source.quality", MILLWRIGHT_MEMBER(source.quality),
                             choice<quality_scale>({{"unit", quality_scale::unit},
                                                    {"percent", quality_scale::percent},
                                                    {"opc_da", quality_scale::opc_da},
                                                    {"opc_ua", quality_scale::opc_ua}}),
                             "what the source means by quality_score"),
      setting<node_settings>(
          "source.silent_after", MILLWRIGHT_MEMBER(source_silent_after), duration(),
          "a partition or input without a reading for this long raises source_silent; 0s: 3 times its longest pause"),
      setting<node_settings>("source.bad_input_share", MILLWRIGHT_MEMBER(bad_input_share), share(),
                             "share of rejected readings in a minute above which bad_input is raised"),

      setting<node_settings>("source.kafka.brokers", MILLWRIGHT_MEMBER(source.kafka.brokers), brokers(),
                             "brokers to start from"),
      setting<node_settings>("source.kafka.topic", MILLWRIGHT_MEMBER(source.kafka.topic), name("a topic's name"),
                             "topic with the readings"),
      setting<node_settings>(
          "source.kafka.start", MILLWRIGHT_MEMBER(source.kafka.start), one_of({"earliest", "latest"}),
          "where partitions start when the ledger knows none; one that is found later starts at its beginning"),
      setting<node_settings>(
          "source.kafka.tolerate_data_loss", MILLWRIGHT_MEMBER(source.kafka.tolerate_data_loss), boolean(),
          "go on, with an alarm, when Kafka no longer has the readings behind the ledger; else stop"),
      setting<node_settings>("source.kafka.session_timeout", MILLWRIGHT_MEMBER(source.kafka.session_timeout),
                             duration(1s), "a node silent for this long is taken for dead by Kafka"),
      setting<node_settings>("source.kafka.request_timeout", MILLWRIGHT_MEMBER(source.kafka.request_timeout),
                             duration(1s), "how long a broker may take to answer"),
      setting<node_settings>("source.kafka.batch", MILLWRIGHT_MEMBER(source.kafka.batch), whole<int>(1, 1'000'000),
                             "records taken in one go"),
      named_settings<node_settings>(
          "source.kafka.properties", MILLWRIGHT_MEMBER(source.kafka.properties), "librdkafka properties", text(),
          "any other librdkafka property; passwords as env:NAME or file:PATH", {}, is_secret_property),

      setting<node_settings>("source.file.paths", MILLWRIGHT_MEMBER(source.file.paths),
                             texts("a path or a list of paths", false, true),
                             "files with readings, merged by time; - is standard input"),
      setting<node_settings>("source.file.follow", MILLWRIGHT_MEMBER(source.file.follow), boolean(),
                             "wait for more at the end of a file, also when it is rotated"),
      setting<node_settings>("source.file.tolerate_data_loss", MILLWRIGHT_MEMBER(source.file.tolerate_data_loss),
                             boolean(),
                             "go on, with an alarm, when the place that the ledger stands at is gone; else stop"),
      csv_row(),

      setting<node_settings>("source.simulation.sensors", MILLWRIGHT_MEMBER(source.simulation.sensors),
                             whole<uint32_t>(1, 1'000'000), "sensors of the simulated plant"),
      setting<node_settings>("source.simulation.facilities", MILLWRIGHT_MEMBER(source.simulation.facilities),
                             whole<uint32_t>(1, 100'000), "facilities that they are spread over"),
      setting<node_settings>("source.simulation.seed", MILLWRIGHT_MEMBER(source.simulation.seed), seed(),
                             "the same seed gives the same plant"),
      setting<node_settings>("source.simulation.rate", MILLWRIGHT_MEMBER(source.simulation.rate), number(0),
                             "readings a second of the whole plant; 0: each sensor at its type's own interval"),
      setting<node_settings>("source.simulation.interval", MILLWRIGHT_MEMBER(source.simulation.interval), duration(),
                             "time between two readings of any sensor, in place of a rate; 0: none given"),
      setting<node_settings>("source.simulation.noise", MILLWRIGHT_MEMBER(source.simulation.noise), name("a noise"),
                             "plain, mixed (every kind of healthy noise) or kinds, separated by commas"),
      setting<node_settings>("source.simulation.start", MILLWRIGHT_MEMBER(source.simulation.start), start_time(),
                             "time of the first reading"),
      setting<node_settings>("source.simulation.speed", MILLWRIGHT_MEMBER(source.simulation.speed), number(0),
                             "how many times faster than real time; 0: as fast as possible"),
      setting<node_settings>("source.simulation.duration", MILLWRIGHT_MEMBER(source.simulation.duration), duration(),
                             "how much plant time there is; 0: no end"),
      named_settings<node_settings>("source.simulation.mix", MILLWRIGHT_MEMBER(source.simulation.mix),
                                    "sensor types and their shares", share(),
                                    "sensor types and their shares; none: a usual plant"),
      listed_settings<node_settings, simulation_settings::fault>(
          "source.simulation.faults", MILLWRIGHT_MEMBER(source.simulation.faults), "a list of faults", fault_table(),
          "faults on a schedule"),
      named_settings<node_settings>("source.simulation.faults_per_day",
                                    MILLWRIGHT_MEMBER(source.simulation.faults_per_day),
                                    "kinds of faults and their mean count", number(0),
                                    "faults at random: mean count a sensor and day, by kind", fault_kinds),
      setting<node_settings>("source.simulation.truth", MILLWRIGHT_MEMBER(source.simulation.truth_path), text(),
                             "file for the truth of every fault; empty: none"),
      setting<node_settings>("source.simulation.metadata", MILLWRIGHT_MEMBER(source.simulation.metadata_directory),
                             directory(), "directory for facilities.jsonl and sensors.jsonl of the plant; empty: none"),
  };
}

} // namespace millwright
