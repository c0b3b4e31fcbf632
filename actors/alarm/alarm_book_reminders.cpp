#include "actors/alarm/alarm_book.hpp"
#include "protocol/local_time.hpp"

// People who are told again.

namespace millwright {

namespace {

std::string by_whom(const std::string& name) {
  return name.empty() ? std::string{} : " by " + name;
}

// "20 min", "1 h 10 min"
std::string time_text(milliseconds x) {
  const auto minutes = x.count() / 60'000;
  std::string out;
  if (minutes >= 60)
    out = std::to_string(minutes / 60) + " h";
  if (minutes % 60 > 0 || out.empty())
    out += (out.empty() ? "" : " ") + std::to_string(minutes % 60) + " min";
  return out;
}

} // namespace

// A page of its own, under a number that no channel has had. It is an alert of now, however long ago it was raised.
void alarm_book::remind(place at, event_time now, std::vector<decision>& out) {
  if (page_reminders::beyond(*at->second, now)) {
    change(at, [&](alarm_record& record) { page_reminders::set_back(record, now); });
    out.push_back({false, at->first, {}, {}});
    return;
  }
  const auto& known = *at->second;
  const auto& zone = known.latest.evidence.timezone;
  const auto since = known.waits_since;
  const auto choice =
      known.acknowledged ? choose(known, known.latest, now) : ways_.remind(known.latest, {since, known.told_wall}, now);
  if (choice.ways.empty())
    return;
  const auto why = known.acknowledged ? "it still stands; acknowledged" + by_whom(known.acknowledged_by) + " at " +
                                            local_minute(known.acknowledged_at, zone)
                                      : "told again: nobody has acknowledged it for " + time_text(now - since);
  decision told{true, at->first, {}, {}};
  change(at, [&](alarm_record& record) {
    ++record.latest.number;
    const bool news = record.back_unheard;
    auto x = record.latest;
    x.fresh = true;
    x.reason += (x.reason.empty() ? "" : "; ") + why;
    alert(record, choice, x, now, told);
    for (auto& each : told.pages)
      each.reminder = !news;
    if (record.acknowledged) {
      record.acknowledged = false;
      record.acknowledged_by.clear();
      record.acknowledged_at = never;
    } else {
      record.waits_since = since;
    }
    record.explanation += "; " + why;
    record.changed_at = now;
  });
  out.push_back(std::move(told));
}

} // namespace millwright
