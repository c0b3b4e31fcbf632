#include "runtime/health/training/training_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace millwright {

namespace {

std::string list_of(const std::vector<std::string>& names) {
  constexpr size_t most = 5;
  std::string out;
  for (size_t i = 0; i < std::min(most, names.size()); ++i)
    out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > most ? out + fmt::format(", and {} more", names.size() - most) : out;
}

std::string importance_of(const training_result& result) {
  std::vector<size_t> order(result.importance.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return result.importance[a] > result.importance[b]; });
  std::string out;
  for (const size_t each : order)
    out += fmt::format("{}{} {:.1f} %", out.empty() ? "" : ", ", result.model.features[each].name,
                       100 * result.importance[each]);
  return out;
}

} // namespace

std::string to_text(const labelled_readings& readings, const training_result& result) {
  const auto& model = result.model;
  const auto& tested = model.held_out;
  std::string out;
  const auto to = std::back_inserter(out);
  fmt::format_to(
      to, "  readings     {} of {} with a health, of {} machines; {} without one, {} of other types, {} refused\n",
      readings.rows.size(), model.sensor_type, readings.machines.size(), readings.unlabelled, readings.of_other_types,
      readings.refused);
  if (!readings.first_refused.empty())
    fmt::format_to(to, "  refused      the first: {}\n", readings.first_refused);
  fmt::format_to(to, "  trained with {} readings of {} machines ({}, seed {})\n", model.trained_readings,
                 model.trained_machines, name_of(model.kind), model.seed);
  fmt::format_to(to, "  tested with  {} readings of {} others: {}\n", tested.readings, tested.machines,
                 list_of(result.held_out));
  fmt::format_to(to, "  RMSE         {:.4f}\n", tested.rmse);
  if (std::isnan(tested.r2))
    fmt::format_to(to, "  R2           none: those machines' health is all the same\n");
  else
    fmt::format_to(to, "  R2           {:.4f}\n", tested.r2);
  fmt::format_to(to, "  importance   {}\n", importance_of(result));
  fmt::format_to(to, "  calibration  said        readings  mean said  mean health\n");
  for (const auto& each : result.calibration)
    if (each.readings > 0)
      fmt::format_to(to, "               {:.1f} .. {:.1f} {:>10}  {:>9.3f}  {:>11.3f}\n", each.from, each.to,
                     each.readings, each.predicted, each.labelled);
  return out;
}

} // namespace millwright
