#pragma once

#include "protocol/detection_settings.hpp"
#include "protocol/monitor_settings.hpp"
#include "protocol/quality_scale.hpp"
#include "protocol/time.hpp"
#include "runtime/message/mail_security.hpp"
#include "runtime/message/text_place.hpp"
#include "runtime/settings/health_settings.hpp"
#include "runtime/settings/route_settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// A secret as it stands in the configuration: `env:NAME`, `file:PATH`, or empty. The text itself never stands there.
struct secret_reference {
  std::string text;

  /// `env:NAME` or `file:PATH`.
  static bool is_one(const std::string& text);

  bool empty() const { return text.empty(); }
  /// The secret's value, trailing line feeds cut. Throws `failure` naming the reference when it cannot be read.
  std::string resolve() const;
};

struct kafka_settings {
  std::vector<std::string> brokers{"127.0.0.1:9092"};
  std::string topic = "sensor-readings";
  /// Where a partition without a committed position starts: earliest or latest.
  std::string start = "earliest";
  /// Go on from the oldest reading there is when the committed position is gone (with an alarm), or stop.
  bool tolerate_data_loss = false;
  milliseconds session_timeout{45'000};
  milliseconds request_timeout{30'000};
  /// Records fetched from librdkafka in one go.
  int batch = 10'000;
  /// Any other librdkafka property, passed through.
  std::map<std::string, std::string> properties;
};

/// How a CSV file becomes readings.
struct csv_mapping {
  struct column {
    /// Header of the column that holds the value.
    std::string column;
    std::string sensor_id;
    std::string sensor_type = "generic";
    /// Field of the type that the column gives; empty: `value`.
    std::string field;
    std::string unit;

    friend bool operator==(const struct column&, const struct column&) = default;
  };

  char delimiter = ',';
  /// Header of the column that holds the time; ISO-8601 or "YYYY-MM-DD hh:mm:ss" in `timezone`, or epoch ms.
  std::string timestamp;
  std::string timezone = "UTC";
  /// Columns of one sensor each ("wide").
  std::vector<column> sensors;
  /// Fields added to each reading: facility_id, sensor_type, ...
  std::map<std::string, std::string> constants;
  /// reading field -> header, for a file with one reading a row ("long").
  std::map<std::string, std::string> fields;

  friend bool operator==(const csv_mapping&, const csv_mapping&) = default;
};

struct file_settings {
  /// NDJSON or CSV by name (.csv); "-" is standard input.
  std::vector<std::string> paths;
  /// Without one a .csv file is refused.
  std::optional<csv_mapping> csv;
  /// Go on waiting for lines at the end (a log that grows), by name: over rotations.
  bool follow = false;
  /// Go on with what is there, with an alarm, when the place to go on from is gone; or stop.
  bool tolerate_data_loss = false;
};

/// The simulated plant: see runtime/simulation. Each `..._per_day` is a mean count a sensor and day.
struct simulation_settings {
  uint32_t sensors = 1000;
  uint32_t facilities = 3;
  uint64_t seed = 1;
  /// Readings a second of the whole plant, in event time; 0: each sensor keeps its type's own interval.
  double rate = 0;
  /// Between two readings of a sensor, whatever its type; 0: `rate` tells.
  milliseconds interval{0};
  /// plain, mixed, or names of kinds of noise, separated by commas: see noise_profile.
  std::string noise = "plain";
  /// Event time of tick 0; `never`: now, on a full minute.
  event_time start = never;
  /// Event time runs this many times as fast as the wall clock; 0: as fast as possible.
  double speed = 1;
  /// How much event time there is; 0: no end.
  milliseconds duration{0};
  /// sensor type -> share; empty: the plant's usual mix.
  std::map<std::string, double> mix;

  struct fault {
    /// spike, step, drift, stuck, dropout, noise, bearing_wear, falling_quality, skewed_clock, late, duplicated,
    /// malformed
    std::string kind;
    /// Sensor id, or empty: a random one by the seed.
    std::string sensor;
    /// After the start.
    milliseconds at{0};
    milliseconds lasts{60'000};
    /// Multiple of the kind's usual strength.
    double strength = 1;
    /// In its place: how far it goes in standard deviations of the sensor's fast noise; of `noise`, what it is
    /// multiplied by. 0: `strength` tells.
    double sigmas = 0;
  };
  std::vector<fault> faults;
  /// Faults drawn at random by the seed: mean count a sensor and day, by kind.
  std::map<std::string, double> faults_per_day;
  /// Written when not empty: a JSON line a fault; facilities.jsonl and sensors.jsonl.
  std::string truth_path;
  std::string metadata_directory;
};

enum class source_kind : uint8_t { kafka, file, simulation };

struct source_settings {
  source_kind kind = source_kind::simulation;
  /// What it means by quality_score.
  quality_scale quality = quality_scale::unit;
  kafka_settings kafka;
  file_settings file;
  simulation_settings simulation;
};

struct ledger_settings {
  /// Directory; empty: no ledger (a replay).
  std::string path = "data/ledger";
  milliseconds interval{5000};
  milliseconds retention_age{7 * 24 * 3'600'000};
  uint64_t retention_bytes = 10ull << 30;
  /// Address space reserved for the file; it grows on disk only as needed.
  uint64_t map_bytes = 64ull << 30;
};

enum class channel_kind : uint8_t {
  terminal,
  log,
  slack,
  webhook,
  email,
  gateway,
  twilio,
  ntfy,
  teams,
  pagerduty,
  alertmanager
};

struct channel_settings {
  std::string name;
  channel_kind kind = channel_kind::terminal;
  /// slack: the incoming webhook; webhook: the receiver. A secret reference, or a plain URL for a webhook.
  std::string url;
  secret_reference url_secret;
  /// webhook: key of the HMAC-SHA256 signature.
  secret_reference secret;
  milliseconds timeout{10'000};
  /// Pause after a failed try, doubled up to the most.
  milliseconds backoff{500};
  milliseconds backoff_most{60'000};
  /// So many messages at once at most, and then so many in `rate_per`; 0: no limit.
  uint32_t rate_pages = 0;
  milliseconds rate_per{60'000};
  /// What it has not delivered goes over others when it has failed for so long; 0: never. Those are named here; none
  /// named: every other one that leaves the machine.
  milliseconds fallback_after{5 * 60'000};
  std::vector<std::string> fallback;
  /// PEM files: who signs the receiver's certificate (empty: the system's authorities), and who we are (empty: nobody).
  std::string authority, certificate, certificate_key;
  /// HTTP proxy; empty: what the environment says (HTTPS_PROXY and its kin, as curl has it).
  std::string proxy;
  secret_reference proxy_secret;
  /// email: the mail server; 0: the usual port.
  std::string server;
  int port = 0;
  mail_security security = mail_security::starttls;
  /// Who logs in; empty: nobody does. twilio: SID and token of the account. ntfy: a password alone is an access token.
  std::string user;
  secret_reference password;
  /// email: addresses. twilio: telephone numbers. gateway: whatever stands for {to} there.
  std::string from;
  std::vector<std::string> to;
  /// gateway: see gateway_form; `url` and the headers are templates as `body` is, or secret references.
  std::string method = "POST";
  std::map<std::string, std::string> headers;
  std::string body;
  text_place format = text_place::json;
  /// Characters of a message; 0: as many as it has, twilio 300.
  uint32_t longest = 0;
  /// gateway: found in an answer of 2xx, it is none. See answer_pattern.
  std::string failed_when;
  /// ntfy: what a tap opens.
  std::string click;
  secret_reference click_secret;
  /// pagerduty: the integration key of a service.
  secret_reference routing_key;
  /// pagerduty: a key of its REST API, which says who has acknowledged there; empty: it is not asked. Where; empty:
  /// PagerDuty's own. And how often, while alarms wait for that.
  secret_reference api_token;
  std::string api_url;
  secret_reference api_url_secret;
  milliseconds ask_every{30'000};
  /// email: the mailbox of `from`, by IMAP, where answers acknowledge; an empty server: there is none. Port 0: the
  /// usual one. `replies_from`: whose answers count beside those of `to`.
  std::string replies_server;
  int replies_port = 0;
  mail_security replies_security = mail_security::tls;
  std::string replies_user;
  secret_reference replies_password;
  std::string replies_folder = "INBOX";
  std::vector<std::string> replies_from;
  /// alertmanager: see stateful_receiver.
  milliseconds resend{60'000};
  /// Templates in the place of our words; see channel_words. Empty: ours.
  std::string words_title, words_body;
  /// alertmanager: see alertmanager_server.
  std::map<std::string, std::string> labels;
};

struct alarm_settings {
  /// Directory of the journal and outbox; empty: beside the ledger.
  std::string path;
  /// Cleared and acknowledged alarms are kept this long.
  milliseconds retention{30 * 24 * 3'600'000ll};
  /// See delivery_limits.
  milliseconds told_late{15 * 60'000};
  milliseconds digest_every{5 * 60'000};
  milliseconds clear_told_after{5 * 60'000};
  milliseconds give_up_after{24 * 3'600'000};
  /// More pages than this in so long are one message over a channel that leaves the machine; 0: never. See
  /// channel_terms.
  uint32_t together_over = 10;
  milliseconds together_within{10'000};
  /// See group_limits.
  milliseconds group_wait{10'000};
  uint32_t group_least = 5;
  milliseconds group_update_every{5 * 60'000};
  milliseconds group_open_for{60 * 60'000};
  /// See first_out_limits.
  milliseconds first_out_within{10 * 60'000};
  milliseconds first_out_after{10'000};
  milliseconds first_out_every{2 * 60'000};
  /// `rules.state`: a sensor that has paged pages again after this, unless that page is acknowledged and over.
  milliseconds page_again_after{24 * 3'600'000};
  /// People are told again of alarms of this severity and above: see route_reminders and reminder_limits.
  severity remind_level = severity::critical;
  milliseconds remind_after{10 * 60'000};
  uint32_t remind_times = 6;
  milliseconds remind_acknowledged_after{8 * 3'600'000};
  /// No shelf lasts longer.
  milliseconds shelve_most{7 * 24 * 3'600'000ll};
};

struct plant_settings {
  /// JSON lines files of semantics 2; empty: none.
  std::string facilities;
  std::string sensors;
  /// How often the files are looked at for changes.
  milliseconds reread{5000};
};

enum class unknown_sensor_policy : uint8_t { accept, dead_letter };

struct node_settings {
  source_settings source;
  ledger_settings ledger;
  alarm_settings alarms;
  plant_settings plant;
  /// File; empty: those within the program.
  std::string sensor_types;
  detection_settings detection;
  /// Of the actors above the sensors: `KIND.KEY` -> as it was written, checked.
  std::map<std::string, std::string> actors;
  /// sensor type -> file of `millwright train`: judges the health of its sensors.
  std::map<std::string, std::string> models;
  health_settings health;
  std::vector<channel_settings> channels;
  std::map<std::string, calendar_settings> calendars;
  std::map<std::string, rota_settings> rotas;
  /// In their order; see route_table.
  std::vector<route_settings> routes;
  uint32_t sensors_max = 2'000'000;
  unknown_sensor_policy sensors_unknown = unknown_sensor_policy::accept;
  /// A sensor silent for this long leaves memory.
  milliseconds sensors_forget_after{7 * 24 * 3'600'000};
  /// One that has left memory is kept on disk for this long.
  milliseconds sensors_retention{90 * 24 * 3'600'000ll};
  /// Dead letters that are kept, a reason, split and minute of the split's time; the others are counted.
  uint32_t dead_letters_kept = 1000;
  /// Shards that the sensors of a split that is no Kafka partition are divided into.
  int shards = 4;
  /// Threads that sensors run on; 0: cores - 1, at least 1.
  int threads = 0;
  /// Readings taken but not yet judged, at most.
  uint32_t credit = 16'384;
  /// Restarts per 1000 readings of a sensor that quarantine it.
  uint32_t quarantine_restarts = 50;
  /// 0: by the pauses that each split makes.
  milliseconds source_silent_after{0};
  monitor_settings monitor;
  /// Share of rejected readings in a minute that raises bad_input.
  double bad_input_share = 0.01;
  /// Called each minute while readings are judged and commits succeed; empty: off.
  secret_reference heartbeat_secret;
  std::string heartbeat_url;
  /// Local socket of the running node.
  std::string socket = "data/millwright.sock";
  /// Told to end, and nothing of it has moved for so long: it ends as if it were killed.
  milliseconds stop_limit{60'000};
  std::string log_level = "info";
  /// File of the structured log; empty: standard error.
  std::string log_path;
};

} // namespace millwright
