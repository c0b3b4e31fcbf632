#include "actors/route/route_coverage.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace millwright {

namespace {

// Which routes take a value, one bit each.
using route_bits = std::vector<bool>;

// Values that no route tells apart.
struct alike {
  route_bits takers;
  std::vector<std::string> names;
  size_t count = 0;
};

constexpr size_t most_names = 4;
constexpr const char* sensors_own = "alarms";

class dimension {
public:
  explicit dimension(std::string prefix) : prefix_{std::move(prefix)} {}

  void add(route_bits takers, const std::string& name) {
    const auto [at, fresh] = places_.try_emplace(takers, all_.size());
    if (fresh)
      all_.push_back({std::move(takers), {}, 0});
    auto& into = all_[at->second];
    if (std::find(into.names.begin(), into.names.end(), name) != into.names.end())
      return;
    ++into.count;
    if (into.names.size() < most_names)
      into.names.push_back(name);
  }

  const std::vector<alike>& all() const { return all_; }

  // Of some of its values; nothing where these are all.
  std::string words(const std::set<size_t>& some) const {
    if (some.size() == all_.size())
      return {};
    std::string out;
    size_t named = 0, count = 0;
    for (const auto at : some) {
      count += all_[at].count;
      for (const auto& each : all_[at].names)
        if (named < most_names) {
          out += (named == 0 ? prefix_ : std::string{", "}) + each;
          ++named;
        }
    }
    return out + (count > named ? ", ..." : "");
  }

private:
  std::string prefix_;
  std::vector<alike> all_;
  std::map<route_bits, size_t> places_;
};

route_bits bits_of(const route_table& table, const std::function<bool(const route_match&)>& takes) {
  route_bits out;
  for (const auto& each : table.routes())
    out.push_back(takes(each.match));
  return out;
}

route_bits both(const route_bits& a, const route_bits& b) {
  route_bits out(a.size());
  for (size_t i = 0; i < a.size(); ++i)
    out[i] = a[i] && b[i];
  return out;
}

std::string name_of(const alarm_world::place& x) {
  auto out = x.unit.empty() ? "sensors without a unit" : x.unit;
  if (!x.facility.empty())
    out += " at " + x.facility;
  if (!x.line.empty())
    out += " (line " + x.line + ')';
  return out;
}

dimension sorts_of(const route_table& table, const alarm_world& world, bool of_node) {
  dimension out{""};
  for (const auto& each : world.sorts)
    if ((each.which >= first_node_rule) == of_node)
      out.add(
          bits_of(table,
                  [&](const route_match& match) { return takes_sort(match, each.which, each.level, each.priority); }),
          std::string{name_of(each.which)} + ' ' + std::string{name_of(each.level)});
  return out;
}

dimension places_of(const route_table& table, const alarm_world& world) {
  dimension out{"of "};
  for (const auto& each : world.places)
    out.add(bits_of(table,
                    [&](const route_match& match) { return takes_place(match, each.facility, each.line, each.unit); }),
            name_of(each));
  return out;
}

dimension types_of(const route_table& table, const alarm_world& world) {
  dimension out{"of type "};
  for (const auto& each : world.types)
    out.add(bits_of(table, [&](const route_match& match) { return takes_name(match.types, each); }), each);
  return out;
}

// Of the node's own alarms, which have no place and no type.
dimension nowhere(const route_table& table) {
  dimension out{"of "};
  out.add(
      bits_of(table,
              [](const route_match& match) { return takes_place(match, {}, {}, {}) && takes_name(match.types, {}); }),
      "the node itself");
  return out;
}

// Any day with any day before it, holidays or not, at the minutes at which some shift begins or ends.
class times_of_week {
public:
  explicit times_of_week(const route_table& table) : table_{table} {
    minutes_.insert(std::chrono::minutes{0});
    for (const auto& route : table.routes())
      for (const auto& shift : route.match.shifts)
        note(shift);
    // Which of them have a holiday: a bit each.
    combinations_ = calendars_.size() > most_calendars ? 2 : size_t{1} << calendars_.size();
  }

  dimension times() const {
    dimension out{"on "};
    for (size_t today = 0; today < combinations_; ++today)
      for (size_t before = 0; before < combinations_; ++before)
        for (unsigned day = 0; day < 7; ++day)
          for (const auto minute : minutes_)
            out.add(bits_of(table_,
                            [&](const route_match& match) {
                              return match.shifts.empty() ||
                                     std::any_of(match.shifts.begin(), match.shifts.end(), [&](const auto& each) {
                                       return in(each, before, today, day, minute);
                                     });
                            }),
                    text(today != 0, day, minute));
    return out;
  }

private:
  static constexpr size_t most_calendars = 3;

  const std::vector<shift_span>* spans_of(const shift_name& x) const {
    const auto of = table_.calendars().find(x.calendar);
    if (of == table_.calendars().end())
      return nullptr;
    const auto found = of->second.shifts.find(x.shift);
    return found == of->second.shifts.end() ? nullptr : &found->second;
  }

  void note(const shift_name& x) {
    const auto* spans = spans_of(x);
    if (!spans)
      return;
    for (const auto& span : *spans)
      for (const auto at : {span.from, span.to})
        minutes_.insert(at % std::chrono::minutes{24 * 60});
    if (!table_.calendars().at(x.calendar).holidays.empty() &&
        std::find(calendars_.begin(), calendars_.end(), x.calendar) == calendars_.end())
      calendars_.push_back(x.calendar);
  }

  bool in(const shift_name& x, size_t before, size_t today, unsigned day, std::chrono::minutes at) const {
    const auto* spans = spans_of(x);
    if (!spans)
      return false;
    const auto place = std::find(calendars_.begin(), calendars_.end(), x.calendar) - calendars_.begin();
    const bool has_holidays = static_cast<size_t>(place) < calendars_.size();
    const auto bit = size_t{1} << (calendars_.size() > most_calendars ? 0 : place);
    const auto bits = [&](size_t which, unsigned of_day) {
      return day_bits(of_day, has_holidays && (which & bit) != 0);
    };
    const auto day_before = bits(before, (day + 6) % 7), of_today = bits(today, day);
    return std::any_of(spans->begin(), spans->end(),
                       [&](const auto& each) { return holds(each, day_before, of_today, at); });
  }

  static std::string text(bool is_holiday, unsigned day, std::chrono::minutes at) {
    return (is_holiday ? "a holiday" : day_text(std::chrono::weekday{day})) + ' ' + clock_text(at);
  }

  const route_table& table_;
  std::set<std::chrono::minutes> minutes_;
  /// Those that have holidays.
  std::vector<std::string> calendars_;
  size_t combinations_ = 1;
};

// All that can be, in the order in which it is told: sort, place, type, time.
class all_alarms {
public:
  all_alarms(const route_table& table, std::vector<dimension> dimensions)
      : table_{table}, dimensions_{std::move(dimensions)} {}

  // Calls `visit` with the values of each alarm and who takes it.
  void each(const std::function<void(const std::vector<size_t>&, const route_bits&)>& visit) const {
    std::vector<size_t> at;
    go(at, route_bits(table_.routes().size(), true), visit);
  }

  // The greatest set of alarms around one that no route takes, so far as each of its dimensions can be widened in turn.
  std::vector<std::set<size_t>> widened(const std::vector<size_t>& from) const {
    std::vector<std::set<size_t>> box;
    for (const auto at : from)
      box.push_back({at});
    // What tells most is kept narrow: times, types and places are widened first.
    for (size_t d = box.size(); d-- > 0;)
      for (size_t value = 0; value < dimensions_[d].all().size(); ++value) {
        auto tried = box;
        tried[d] = {value};
        if (!box[d].contains(value) && untaken(tried))
          box[d].insert(value);
      }
    return box;
  }

  // @param all what they are called together.
  std::string words(const std::vector<std::set<size_t>>& box, const std::string& all) const {
    auto out = dimensions_.front().words(box.front());
    const char* parting = out.empty() ? " " : ", ";
    out = out.empty() ? all : all == sensors_own ? out : all + ": " + out;
    for (size_t d = 1; d < box.size(); ++d)
      if (const auto part = dimensions_[d].words(box[d]); !part.empty())
        out += std::exchange(parting, ", ") + part;
    return out;
  }

private:
  void go(std::vector<size_t>& at, const route_bits& takers,
          const std::function<void(const std::vector<size_t>&, const route_bits&)>& visit) const {
    if (at.size() == dimensions_.size())
      return visit(at, takers);
    const auto& all = dimensions_[at.size()].all();
    for (size_t i = 0; i < all.size(); ++i) {
      at.push_back(i);
      go(at, both(takers, all[i].takers), visit);
      at.pop_back();
    }
  }

  bool untaken(const std::vector<std::set<size_t>>& box, size_t d = 0, const route_bits* takers = nullptr) const {
    const route_bits every(table_.routes().size(), true);
    const auto& so_far = takers ? *takers : every;
    if (std::find(so_far.begin(), so_far.end(), true) == so_far.end())
      return true;
    if (d == box.size())
      return false;
    return std::all_of(box[d].begin(), box[d].end(), [&](size_t value) {
      const auto next = both(so_far, dimensions_[d].all()[value].takers);
      return untaken(box, d + 1, &next);
    });
  }

  const route_table& table_;
  std::vector<dimension> dimensions_;
};

bool holds_all(const std::vector<std::set<size_t>>& box, const std::vector<size_t>& at) {
  for (size_t d = 0; d < box.size(); ++d)
    if (!box[d].contains(at[d]))
      return false;
  return true;
}

std::vector<std::string> once(std::vector<std::string> names) {
  std::erase(names, std::string{});
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// A name that is wanted where there is none such.
void look_for_names(const route_match& match, const alarm_world& world, route_findings::unreached& out) {
  std::vector<std::string> facilities, lines, units, rules;
  for (const auto& each : world.places) {
    facilities.push_back(each.facility);
    lines.push_back(each.line);
    units.push_back(each.unit);
  }
  bool pages = match.rules.bits == 0;
  for (const auto& each : world.sorts) {
    rules.emplace_back(name_of(each.which));
    pages = pages || match.rules.has(each.which);
  }
  struct asked {
    const char* what;
    const std::vector<std::string>* wanted;
    std::vector<std::string> known;
  };
  for (auto& each : {asked{"facility", &match.facilities, once(facilities)}, asked{"line", &match.lines, once(lines)},
                     asked{"unit", &match.units, once(units)}, asked{"type", &match.types, once(world.types)}})
    if (std::none_of(each.known.begin(), each.known.end(),
                     [&](const auto& name) { return takes_name(*each.wanted, name); }) &&
        !each.wanted->empty()) {
      out.what = each.what;
      out.wanted = *each.wanted;
      out.known = each.known;
      return;
    }
  if (!pages) {
    out.what = "rule";
    out.wanted = names_of(match.rules);
    out.known = once(rules);
  }
}

} // namespace

route_findings look_over(const route_table& table, const alarm_world& world) {
  route_findings out;
  const auto count = table.routes().size();
  if (count == 0)
    return out;
  const auto times = times_of_week{table}.times();
  const all_alarms families[] = {
      {table, {sorts_of(table, world, false), places_of(table, world), types_of(table, world), times}},
      {table, {sorts_of(table, world, true), nowhere(table), times}}};
  std::vector<bool> reached(count);
  std::vector<std::set<size_t>> taken_before(count);
  for (const auto& family : families) {
    std::vector<std::vector<std::set<size_t>>> boxes;
    family.each([&](const std::vector<size_t>& at, const route_bits& takers) {
      std::optional<size_t> ended;
      for (size_t i = 0; i < count; ++i) {
        if (!takers[i])
          continue;
        if (ended) {
          taken_before[i].insert(*ended);
          continue;
        }
        reached[i] = true;
        if (!table.routes()[i].goes_on)
          ended = i;
      }
      if (std::find(takers.begin(), takers.end(), true) != takers.end() ||
          std::any_of(boxes.begin(), boxes.end(), [&](const auto& each) { return holds_all(each, at); }))
        return;
      if (out.untaken.size() >= route_findings::most_untaken) {
        out.more_untaken = true;
        return;
      }
      boxes.push_back(family.widened(at));
      out.untaken.push_back(family.words(boxes.back(), &family == families ? sensors_own : "the node's own alarms"));
    });
  }
  for (size_t i = 0; i < count; ++i) {
    if (reached[i])
      continue;
    route_findings::unreached each;
    each.route = i;
    for (const auto before : taken_before[i])
      each.taken_by.push_back(table.routes()[before].name);
    if (each.taken_by.empty())
      look_for_names(table.routes()[i].match, world, each);
    out.unreached_routes.push_back(std::move(each));
  }
  return out;
}

} // namespace millwright
