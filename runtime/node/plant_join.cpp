#include "runtime/node/plant_join.hpp"

#include "protocol/failure.hpp"
#include "runtime/metadata/stored_metadata.hpp"
#include "runtime/node/decision_pruning.hpp"

#include <spdlog/spdlog.h>

#include <charconv>
#include <utility>

namespace millwright {

namespace {

bool same(const alert_thresholds& a, const alert_thresholds& b) {
  const auto equal = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  return equal(a.low_low, b.low_low) && equal(a.low, b.low) && equal(a.high, b.high) &&
         equal(a.high_high, b.high_high) && equal(a.rate, b.rate);
}

bool same(const facility_info& a, const facility_info& b) {
  return a.known == b.known && a.name == b.name && a.location == b.location && a.timezone == b.timezone &&
         a.production_line == b.production_line;
}

bool same(const sensor_context& a, const sensor_context& b) {
  return a.equipment == b.equipment && a.unit == b.unit && a.maintenance_schedule == b.maintenance_schedule &&
         a.calibration_date == b.calibration_date && same(a.thresholds, b.thresholds) &&
         a.how_critical == b.how_critical && same(*a.facility, *b.facility);
}

void tell(const plant_metadata& metadata) {
  for (const auto& each : metadata.notices())
    spdlog::warn("{}", each);
}

} // namespace

plant_join::plant_join(const std::string& facilities_path, const std::string& sensors_path, decision_log* log)
    : log_{log} {
  if (log_)
    for (const auto& entry : log_->since(whole_plant, 0))
      versions_[entry.position] =
          std::make_shared<plant_metadata>(plant_metadata::from_stored(content_of_stored(entry.content)));
  if (versions_.empty()) {
    const auto content = read_metadata(facilities_path, sensors_path);
    versions_[1] = std::make_shared<plant_metadata>(plant_metadata::from_content(content));
    if (log_)
      log_->append(whole_plant, {decision::kind::metadata, 1, stored_metadata(content)});
  }
  tell(*current());
  if (log_ && !(facilities_path.empty() && sensors_path.empty()))
    look_.emplace(facilities_path, sensors_path, current()->fingerprint());
}

std::shared_ptr<const plant_metadata> plant_join::version(const std::string& number) const {
  uint64_t wanted = 0;
  std::from_chars(number.data(), number.data() + number.size(), wanted);
  const auto it = versions_.find(wanted);
  if (it == versions_.end())
    throw failure{failure_code::bad_metadata, "version " + number, "the journal does not hold this metadata"};
  return it->second;
}

void plant_join::look() {
  if (look_)
    look_->begin(current(), [this, number = next_version()](const std::string& content) {
      log_->append(whole_plant, {decision::kind::metadata, number, stored_metadata(content)});
    });
}

std::optional<std::string> plant_join::changed_version() {
  auto next = look_ ? look_->take() : nullptr;
  if (!next)
    return std::nullopt;
  tell(*next);
  versions_[next_version()] = std::move(next);
  return current_version();
}

void plant_join::forget_before(uint64_t oldest) {
  while (versions_.size() > 1 && versions_.begin()->first < oldest)
    versions_.erase(versions_.begin());
}

sensor_context plant_join::context_of(const plant_metadata& metadata, std::string_view facility,
                                      std::string_view sensor) const {
  sensor_context context;
  context.key.facility.text = facility;
  context.key.sensor.text = sensor;
  metadata.fill(context);
  return context;
}

std::optional<sensor_context> plant_join::other_context(const sensor_context& now,
                                                        const plant_metadata& metadata) const {
  auto next = context_of(metadata, now.key.facility.text, now.key.sensor.text);
  return same(now, next) ? std::nullopt : std::optional{std::move(next)};
}

uint8_t plant_join::hour_of(sensor_entry& entry, event_time at) {
  if (!entry.clock) {
    const auto& zone = entry.context->facility->timezone;
    entry.clock = &clocks_.try_emplace(zone, zone).first->second;
  }
  return static_cast<uint8_t>(entry.clock->hour_of(at));
}

} // namespace millwright
