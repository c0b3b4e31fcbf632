#include "runtime/watch/quality_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millwright {

namespace {

/// The scale that has all of these values, where one is likelier than the others; empty where none is.
std::string_view likely(const std::vector<double>& seen) {
  const auto all_within = [&](double least, double most) {
    return std::all_of(seen.begin(), seen.end(), [=](double each) { return each >= least && each <= most; });
  };
  if (all_within(0, 100))
    return name_of(quality_scale::percent);
  // 192 is good, and alone would do.
  if (all_within(0, 255))
    return name_of(quality_scale::opc_da);
  const bool codes = std::all_of(seen.begin(), seen.end(), [](double each) {
    const auto quality = quality_of(each, quality_scale::opc_ua);
    return quality && (each == 0 || each > 0xffff || each < 0);
  });
  return codes ? name_of(quality_scale::opc_ua) : std::string_view{};
}

} // namespace

void quality_watch::odd(double given) {
  ++count_;
  if (seen_.size() < most_named && std::find(seen_.begin(), seen_.end(), given) == seen_.end())
    seen_.push_back(given);
}

std::string quality_watch::text() const {
  std::string values;
  for (const double each : seen_)
    values += fmt::format("{}{}", values.empty() ? "" : ", ", each);
  std::string out = fmt::format("{} readings have a quality_score outside {}, which counts as absent: {}", count_,
                                range_of(scale_), values);
  if (seen_.size() == most_named)
    out += ", ...";
  out += ". source.quality translates (unit, percent, opc_da or opc_ua)";
  if (const auto meant = likely(seen_); !meant.empty() && meant != name_of(scale_))
    out += fmt::format("; these look like {}", meant);
  return out;
}

std::optional<quality_watch::verdict> quality_watch::look(time_point now, uint64_t accepted) {
  if (!last_odd_) {
    last_odd_ = now;
    accepted_then_ = accepted;
  }
  if (count_ != told_) {
    told_ = count_;
    last_odd_ = now;
    accepted_then_ = accepted;
    return verdict{true, text()};
  }
  if (now - *last_odd_ < calm || accepted == accepted_then_)
    return std::nullopt;
  seen_.clear();
  count_ = told_ = 0;
  return verdict{false, "every quality_score is one again"};
}

} // namespace millwright
