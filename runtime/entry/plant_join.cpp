#include "runtime/entry/plant_join.hpp"

#include "protocol/failure.hpp"
#include "runtime/decisions/decision_pruning.hpp"

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
  return a.equipment == b.equipment && a.unit == b.unit && a.when == b.when && a.decides == b.decides &&
         a.calibration_date == b.calibration_date && same(a.thresholds, b.thresholds) &&
         a.how_critical == b.how_critical && same(*a.facility, *b.facility);
}

void tell(const plant_metadata& metadata) {
  for (const auto& each : metadata.notices())
    spdlog::warn("{}", each);
}

} // namespace

plant_join::plant_join(const std::string& facilities_path, const std::string& sensors_path, decision_log* log,
                       model_sources models)
    : log_{log}, models_{std::move(models)} {
  if (log_)
    for (const auto& entry : log_->since(whole_plant, 0))
      open_stored(entry.content, entry.position);
  if (versions_.empty())
    open_files(facilities_path, sensors_path);
  shown_->put(current());
  tell(*current());
  if (log_ && !(facilities_path.empty() && sensors_path.empty()))
    look_.emplace(facilities_path, sensors_path, current()->fingerprint());
  if (log_ && models_.types && !(models_.paths.empty() && model_content_->empty()))
    model_look_.emplace(models_.paths, files_of_content(*model_content_), *models_.types);
}

void plant_join::open_stored(const std::string& stored, uint64_t number) {
  auto content = plant_of_stored(stored);
  auto metadata = plant_metadata::from_stored(content.metadata);
  if (models_.types && !content.models.empty()) {
    std::vector<std::string> unusable;
    metadata = metadata.with_models(
        std::make_shared<const model_set>(models_of(files_of_content(content.models), *models_.types, unusable)));
    for (const auto& each : unusable)
      spdlog::warn("a stored model is not used: {}", each);
  }
  versions_[number] = std::make_shared<const plant_metadata>(std::move(metadata));
  model_content_ = std::make_shared<const std::string>(std::move(content.models));
}

void plant_join::open_files(const std::string& facilities_path, const std::string& sensors_path) {
  const auto content = read_metadata(facilities_path, sensors_path);
  auto metadata = plant_metadata::from_content(content);
  if (!models_.paths.empty()) {
    const auto files = load_models(models_.paths, *models_.types);
    std::vector<std::string> unusable;
    metadata = metadata.with_models(std::make_shared<const model_set>(models_of(files, *models_.types, unusable)));
    model_content_ = std::make_shared<const std::string>(model_content(files));
  }
  versions_[1] = std::make_shared<const plant_metadata>(std::move(metadata));
  if (log_)
    log_->append(whole_plant, {decision::kind::metadata, 1, stored_plant({content, *model_content_})});
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
  if (model_look_ && model_look_->under_way())
    return;
  if (!look_)
    return look_at_models();
  look_->begin(current(), [this, number = next_version(), models = model_content_](const std::string& content) {
    log_->append(whole_plant, {decision::kind::metadata, number, stored_plant({content, *models})});
  });
}

void plant_join::look_at_models() {
  if (model_look_)
    model_look_->begin([this, number = next_version()](const std::string& content) {
      auto next = stored_now();
      next.models = content;
      log_->append(whole_plant, {decision::kind::metadata, number, stored_plant(next)});
    });
}

plant_content plant_join::stored_now() const {
  const auto stored = log_->since(whole_plant, 0);
  return stored.empty() ? plant_content{} : plant_of_stored(stored.back().content);
}

std::optional<std::string> plant_join::changed_version() {
  looked_at_models_ = !(look_ && look_->ended());
  std::shared_ptr<const plant_metadata> next;
  if (looked_at_models_) {
    if (auto found = model_look_ ? model_look_->take() : std::nullopt) {
      next = std::make_shared<const plant_metadata>(current()->with_models(std::move(found->models)));
      model_content_ = std::make_shared<const std::string>(std::move(found->content));
    }
  } else {
    try {
      if (const auto found = look_->take()) {
        tell(*found);
        next = std::make_shared<const plant_metadata>(found->with_models(current()->models()));
      }
    } catch (...) {
      look_at_models();
      throw;
    }
  }
  const bool changed = next != nullptr;
  if (changed)
    versions_[next_version()] = std::move(next);
  shown_->put(current());
  if (!looked_at_models_)
    look_at_models();
  return changed ? std::optional{current_version()} : std::nullopt;
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

enrichment plant_join::local_time_of(sensor_entry& entry, event_time at) {
  if (!entry.clock) {
    const auto& zone = entry.context->facility->timezone;
    entry.clock = &clocks_.try_emplace(zone, zone).first->second;
  }
  return entry.clock->at(at);
}

} // namespace millwright
