#include "runtime/admin/plant_counts.hpp"

#include "protocol/json.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <algorithm>

namespace millwright {

using namespace std::chrono_literals;

void state_counts::add(const headline& line) {
  const auto state = line.state.empty() ? unknown_state : std::string_view{line.state};
  auto found = std::find_if(all_.begin(), all_.end(), [&](const entry& x) { return x.state == state; });
  if (found == all_.end())
    found = all_.insert(all_.end(), {std::string{state}, line.rank, 0});
  found->rank = std::min(found->rank, line.rank);
  ++found->count;
}

std::vector<state_counts::entry> state_counts::worst_first() const {
  auto out = all_;
  std::sort(out.begin(), out.end(),
            [](const entry& x, const entry& y) { return x.rank != y.rank ? x.rank > y.rank : x.state < y.state; });
  return out;
}

void plant_counts::add(std::string_view kind, const headline& line) {
  if (kind == unit_kind) {
    ++units;
    units_by_health.add(line);
  } else if (kind == facility_kind) {
    ++facilities;
  } else if (kind == line_kind) {
    ++lines;
  }
}

plant_counts count_plant(std::span<const entity_line> lines) {
  plant_counts out;
  for (const auto& each : lines)
    out.add(each.key.type, each.line);
  return out;
}

std::string plant_text(const plant_counts& x) {
  if (x.facilities == 0)
    return {};
  std::string out = grouped(x.facilities) + (x.facilities == 1 ? " facility, " : " facilities, ") + grouped(x.units) +
                    (x.units == 1 ? " unit" : " units");
  std::string_view before = ": ";
  for (const auto& each : x.units_by_health.worst_first()) {
    if (each.state == healthy_state)
      continue;
    out.append(before).append(grouped(each.count)).append(" ").append(each.state);
    before = ", ";
  }
  return out;
}

std::string_view colour_of_state(std::string_view state, int rank) {
  if (state == "unstable" || state == "in alarm")
    return ansi::red;
  if (state == "offline" || state == "degraded" || state == "abnormal")
    return ansi::yellow;
  return rank <= 1 ? std::string_view{} : rank == 2 ? ansi::yellow : ansi::red;
}

void append_json(std::string& out, const plant_counts& x) {
  const auto count = [](uint64_t n) { return static_cast<int64_t>(n); };
  std::string by_health;
  json_object states{by_health};
  for (const auto& each : x.units_by_health.worst_first())
    states.integer(each.state, count(each.count));
  states.close();
  json_object{out}
      .integer("facilities", count(x.facilities))
      .integer("lines", count(x.lines))
      .integer("units", count(x.units))
      .raw("units_by_health", by_health)
      .close();
}

plant_counts plant_counter::counted(clock::time_point now) {
  std::lock_guard guard{mutex_};
  if (now < next_)
    return counts_;
  const auto begun = clock::now();
  counts_ = count_();
  next_ = now + std::max<clock::duration>(1s, 100 * (clock::now() - begun));
  return counts_;
}

} // namespace millwright
