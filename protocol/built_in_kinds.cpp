#include "protocol/built_in_kinds.hpp"

namespace millwright {

namespace {

using enum row_column::value;

constexpr row_column statistics_fields[] = {
    {"sensor_id", text},  {"facility_id", text}, {"sensor_type", text}, {"equipment_id", text}, {"window_start", time},
    {"window_end", time}, {"avg", number},       {"stddev", number},    {"min", number},        {"max", number},
    {"count", integer},   {"last", number},      {"z", number},         {"severity", text},
};
constexpr row_column patterns_fields[] = {
    {"sensor_id", text}, {"facility_id", text}, {"equipment_id", text},    {"window_start", time}, {"window_end", time},
    {"slope", number},   {"count", integer},    {"rapid_change", boolean}, {"stuck", boolean},
};
constexpr row_column averages_fields[] = {
    {"sensor_id", text}, {"facility_id", text}, {"window_start", time},     {"window_end", time},
    {"avg", number},     {"count", integer},    {"latest_timestamp", time},
};
constexpr row_column anomalies_fields[] = {
    {"anomaly_id", text},  {"timestamp", time},     {"sensor_id", text}, {"equipment_id", text},
    {"facility_id", text}, {"facility_name", text}, {"rule", text},      {"severity", text},
    {"value", number},     {"score", number},       {"baseline", json},  {"window_start", time},
    {"window_end", time},  {"origin", text},
};
constexpr row_column alarms_fields[] = {
    {"alarm_id", text},    {"number", integer},    {"timestamp", time},   {"transition", text}, {"reason", text},
    {"sensor_id", text},   {"equipment_id", text}, {"facility_id", text}, {"rule", text},       {"severity", text},
    {"priority", integer}, {"value", number},      {"message", text},
};
constexpr row_column notifications_fields[] = {
    {"key", text}, {"alarm_id", text}, {"channel", text}, {"timestamp", time}, {"priority", integer}, {"outcome", text},
};
constexpr row_column dead_letters_fields[] = {
    {"timestamp", time}, {"source", text}, {"reason", text}, {"detail", text}, {"payload", text},
};
constexpr row_column counts_fields[] = {{"counter", text}, {"label", text}, {"count", integer}};
constexpr row_column scores_fields[] = {
    {"sensor_id", text}, {"facility_id", text}, {"timestamp", time}, {"score", number},
    {"states", json},    {"z", number},         {"novelty", number}, {"state", number},
};

constexpr row_schema schemas[] = {
    {"statistics", 1, statistics_fields},
    {"patterns", 1, patterns_fields},
    {"averages", 1, averages_fields},
    {"anomalies", 1, anomalies_fields},
    {"alarms", 1, alarms_fields},
    {"notifications", 1, notifications_fields},
    {"dead-letters", 1, dead_letters_fields},
    {"counts", 1, counts_fields},
    {"scores", 1, scores_fields},
};

} // namespace

std::span<const row_schema> built_in_schemas() {
  return schemas;
}

} // namespace millwright
