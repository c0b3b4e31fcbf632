#include "runtime/replay/learn.hpp"

#include "protocol/failure.hpp"
#include "runtime/replay/taught_stores.hpp"

#include <fmt/format.h>

#include <chrono>

namespace millwright {

namespace {

constexpr size_t shown_of_a_line = 300;

/// Keeps what sensors know, and figures for people. What they found, nobody is told.
class lesson_recorder : public output_consumer {
public:
  void consume(const barrier_output& output) override {
    states_.take(output);
    output.visit_counters([&](const std::string& counter, const std::string& label, uint64_t n) {
      counters_[{counter, label}] += n;
    });
    for (const auto& block : output.dead_letters.all())
      if (first_letter_.empty())
        first_letter_ = block.lines.substr(0, std::min(block.lines.find('\n'), shown_of_a_line));
  }

  const newest_states& states() const { return states_; }
  const reading_counts& counters() const { return counters_; }
  /// Of what was no reading, with the reason; empty: all were.
  const std::string& first_letter() const { return first_letter_; }

private:
  newest_states states_;
  reading_counts counters_;
  std::string first_letter_;
};

std::string named(const std::vector<std::string>& inputs) {
  return inputs.size() == 1 ? inputs.front() : fmt::format("{} and {} more", inputs.front(), inputs.size() - 1);
}

} // namespace

std::optional<learn_summary> learn(const learn_request& request) {
  const auto begin = std::chrono::steady_clock::now();
  auto settings = request.settings;
  // Nobody asks how sound machines were.
  settings.models.clear();
  const auto types = load_sensor_types(settings.sensor_types);
  const rule_book book{&settings.detection, &types.types()};
  taught_stores stores{settings};
  lesson_recorder recorder;
  const auto end = run_recorded({settings, types, book, request.inputs, recorder, recorder.states(), request.progress,
                                 request.stop, failure_code::output_unwritable, false});
  if (!end.whole)
    return std::nullopt;
  learn_summary summary;
  summary.counters = recorder.counters();
  summary.quarantined = end.quarantined;
  auto sensors = taught_by(recorder.states(), book, end.time);
  if (sensors.empty()) {
    const auto why = refusals_of(summary.counters);
    throw failure{failure_code::not_found, named(request.inputs),
                  why.empty() ? "there is no reading in it: nothing was learned"
                              : fmt::format("no reading was accepted, so nothing was learned: {}; the first: {}", why,
                                            recorder.first_letter())};
  }
  for (const auto& each : sensors)
    summary.add(each.key, each.learned, settings.detection);
  const auto by = fmt::format("{} readings, {} to {}, of {}", end.accepted, to_iso(summary.first), to_iso(summary.last),
                              named(request.inputs));
  if (!stores.keep(std::move(sensors), by, request.stop))
    return std::nullopt;
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return summary;
}

} // namespace millwright
