#include "runtime/entry/maintenance_desk.hpp"

#include "protocol/failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr std::string_view unit_kind = "equipment";

[[noreturn]] void refuse(std::string why) {
  throw failure{failure_code::not_found, "", std::move(why)};
}

} // namespace

std::optional<event_time> maintenance_desk::note(maintenance_entry wanted) {
  // What was said before a crash, at a place that is still to be read again, comes first.
  if (splits_.said_is_ahead())
    return std::nullopt;
  const entity_key unit{std::string{unit_kind}, wanted.facility, wanted.unit};
  if (!keeper_.stands_above(unit))
    refuse(unit.id + " of " + unit.facility.text + " is no unit that this node knows");
  if (splits_.empty())
    refuse("nothing has been read yet: say it again when the source can be reached");
  const auto newest = splits_.newest_time();
  wanted.report.at = own_time_ && newest != never ? newest : std::max(newest, driver_clock::wall_now());
  // Any split does: what the unit makes of it depends on its time, which no split has passed.
  auto& split = splits_[0];
  if (!decisions_.decide(split, {decision::kind::maintenance, split.next, wanted.content()}))
    refuse("it was not noted: the log of decisions cannot be written, as the alarm `ledger` says; say it again");
  return wanted.report.at;
}

void maintenance_desk::tell(split_state& split, const decision& entry) {
  split.note_told(entry.position);
  share_.moved();
  const auto said = maintenance_entry::of(entry.content);
  if (!said)
    return spdlog::error("what a person said of a unit's maintenance cannot be read: {}", entry.content);
  hosted_notice notice{hosted_notice::kind::told, {}};
  said->report.encode(notice.text);
  keeper_.tell_above({std::string{unit_kind}, said->facility, said->unit}, std::move(notice));
}

} // namespace millwright
