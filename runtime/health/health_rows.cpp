#include "runtime/health/health_rows.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace millwright {

namespace {

using enum row_column::value;

constexpr row_column columns[] = {
    {"sensor_id", text},
    {"facility_id", text},
    {"equipment_id", text},
    {"timestamp", time},
    {"health_score", number},
    {"risk_level", text},
    {"maintenance_recommended", boolean},
    {"extrapolated", boolean},
};
constexpr row_schema schema{"health", 1, columns};

/// Readings that are judged together.
constexpr size_t together = 4096;

} // namespace

const row_schema& health_schema() {
  return schema;
}

void append_json(std::string& out, const scored_reading& scored) {
  const auto& r = *scored.of;
  json_object row{out};
  row.text("sensor_id", r.context->key.sensor.text).text("facility_id", r.context->key.facility.text);
  row.text_or_null("equipment_id", r.context->equipment.text).time("timestamp", r.time);
  row.number("health_score", scored.score.score).text("risk_level", name_of(scored.score.risk));
  row.boolean("maintenance_recommended", scored.score.maintenance_recommended)
      .boolean("extrapolated", scored.score.extrapolated);
  row.close();
}

void health_judge::judge(judged_stretch& stretch) {
  stretch.scores.clear();
  std::vector<std::shared_ptr<const model_set>> in_force;
  auto change = stretch.changes.begin();
  uint64_t index = 0;
  for (const auto& part : stretch.readings)
    for (const auto& each : part) {
      for (; change != stretch.changes.end() && change->at <= index; ++change) {
        if (in_force.size() <= change->split)
          in_force.resize(change->split + size_t{1});
        in_force[change->split] = change->models;
      }
      ++index;
      const uint16_t split = each.split();
      if (split >= in_force.size() || !in_force[split] || !each.judged || each.dropped)
        continue;
      if (const auto* model = in_force[split]->of(each.type)) {
        ask(each, in_force[split], *model);
        if (asked_.size() == together)
          answer(stretch.scores);
      }
    }
  answer(stretch.scores);
}

void health_judge::ask(const logged_reading& of, const std::shared_ptr<const model_set>& models,
                       const loaded_model& model) {
  // There are few: the types that have a model.
  size_t i = 0;
  while (i < used_ && batches_[i].model != &model)
    ++i;
  if (i == used_) {
    if (++used_ > batches_.size())
      batches_.emplace_back();
    batches_[i].kept = models;
    batches_[i].model = &model;
  }
  asked_.push_back({&of, i, batches_[i].inputs.size()});
  batches_[i].inputs.push_back({of.value, of.quality, of.hour, of.day});
}

void health_judge::answer(std::vector<scored_reading>& out) {
  for (size_t i = 0; i < used_; ++i)
    batches_[i].scores = batches_[i].scorer.score(*batches_[i].model, limits_, batches_[i].inputs);
  for (const auto& each : asked_)
    out.push_back({each.of, batches_[each.model].scores[each.place]});
  asked_.clear();
  for (size_t i = 0; i < used_; ++i) {
    batches_[i].inputs.clear();
    batches_[i].kept.reset();
  }
  used_ = 0;
}

} // namespace millwright
