#include "runtime/replay/learn_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millwright {

namespace {

// In two parts at most: "6 d 23 h".
std::string in_words(milliseconds time) {
  const auto s = time.count() / 1000;
  const auto two = [](int64_t large, const char* unit, int64_t small, const char* part) {
    return small == 0 ? fmt::format("{} {}", large, unit) : fmt::format("{} {} {} {}", large, unit, small, part);
  };
  if (s >= 86'400)
    return two(s / 86'400, "d", s % 86'400 / 3600, "h");
  if (s >= 3600)
    return two(s / 3600, "h", s % 3600 / 60, "min");
  return two(s / 60, "min", s % 60, "s");
}

std::string examples_of(const learn_summary::group& of, bool spans) {
  std::string out;
  for (const auto& [span, key] : of.shortest) {
    out += fmt::format("{}{} of {}", out.empty() ? "" : ", ", key.sensor.text, key.facility.text);
    if (spans)
      out += fmt::format(" {}", in_words(span));
  }
  if (of.sensors > of.shortest.size())
    out += fmt::format(" and {} more", of.sensors - of.shortest.size());
  return out;
}

} // namespace

void learn_summary::group::add(const sensor_key& key, milliseconds span) {
  ++sensors;
  const std::pair entry{span, key};
  if (shortest.size() == named && !(entry < shortest.back()))
    return;
  shortest.insert(std::upper_bound(shortest.begin(), shortest.end(), entry), entry);
  if (shortest.size() > named)
    shortest.pop_back();
}

void learn_summary::add(const sensor_key& key, const lessons& learned, const detection_settings& settings) {
  ++sensors;
  readings_to_learn = settings.state.learn;
  learning_time = settings.state.learning_time;
  if (!learned.any()) {
    bad.add(key, {});
    return;
  }
  first = std::min(first, learned.first);
  last = std::max(last, learned.last);
  if (!learned.normal_range)
    few.add(key, learned.span());
  else if (learned.span() < learning_time)
    early.add(key, learned.span());
  else
    ++ready;
}

std::string to_text(const learn_summary& summary) {
  std::string out;
  const auto line = [&](std::string_view name, const std::string& text) {
    out += fmt::format("  {:<12} {}\n", name, text);
  };
  const auto& counts = summary.counters;
  const auto refused = refusals_of(counts);
  const uint64_t accepted = count_of(counts, "accepted"),
                 repeated = count_of(counts, "duplicate") + count_of(counts, "conflict");
  line("readings",
       fmt::format("{} accepted, {} repeated, refused: {}", accepted, repeated, refused.empty() ? "none" : refused));
  if (const auto unknown = count_of(counts, "unknown-type"); unknown > 0)
    line("unknown", fmt::format("{} readings of an unknown sensor type, read as generic", unknown));
  if (summary.first <= summary.last)
    line("time", fmt::format("{} to {}, {}", to_iso(summary.first), to_iso(summary.last),
                             in_words(summary.last - summary.first)));
  line("sensors", fmt::format("{} learned", summary.sensors));
  const auto group = [&](std::string_view name, const learn_summary::group& of, bool spans, const std::string& what) {
    if (of.sensors > 0)
      line(name, fmt::format("{} {}: {}", of.sensors, what, examples_of(of, spans)));
  };
  line("ready", summary.learning_time.count() > 0
                    ? fmt::format("{} know their normal range and have been seen for {}: they page when they leave it, "
                                  "from the first live reading on",
                                  summary.ready, in_words(summary.learning_time))
                    : fmt::format("{} know their normal range: they page when they leave it, from the first live "
                                  "reading on",
                                  summary.ready));
  group("too short", summary.early, true,
        fmt::format("know it, and have been seen for less than {}: what is missing they get live, and until then it is "
                    "shown when they leave it, and pages nobody",
                    in_words(summary.learning_time)));
  group("too few", summary.few, true,
        fmt::format("gave too few readings for a normal range ({}), and go on learning", summary.readings_to_learn));
  group("unfit", summary.bad, false, "gave only readings of bad quality or out of their type's range");
  if (summary.quarantined > 0)
    line("quarantined", fmt::format("{} sensors whose readings could not be judged", summary.quarantined));
  const auto taken = static_cast<double>(accepted + repeated);
  line("rate", fmt::format("{:.0f} readings/s over {:.2f} s", summary.seconds > 0 ? taken / summary.seconds : 0.0,
                           summary.seconds));
  return out;
}

} // namespace millwright
