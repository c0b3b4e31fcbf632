#include "runtime/settings/tables.hpp"

namespace millwright {

using namespace kinds;

namespace {

template <class V, class Parse, class Show>
kind<std::vector<V>> list_of(std::string expected, Parse parse, Show shown) {
  auto read = texts(expected, false, true, [parse](const std::string& text) { return parse(text).has_value(); });
  return {std::move(expected),
          [read, parse](const YAML::Node& node) -> std::optional<std::vector<V>> {
            const auto all = read.parse(node);
            if (!all)
              return std::nullopt;
            std::vector<V> out;
            for (const auto& each : *all)
              out.push_back(*parse(each));
            return out;
          },
          [shown](const std::vector<V>& all) {
            std::string out = "[";
            for (const auto& each : all)
              out += (out.size() > 1 ? ", " : "") + shown(each);
            return out + ']';
          }};
}

kind<std::vector<std::string>> name_patterns(const std::string& what) {
  return texts(what + ", or a list of such; * is any text in it", true, true);
}

const table<route_settings>& route_rows_of_one() {
  using route = route_settings;
  static const table<route> rows{
      setting<route>("name", MILLWRIGHT_MEMBER(name), name("a name"), "what it is called in pages and explanations"),
      setting<route>("match.facility", MILLWRIGHT_MEMBER(facilities), name_patterns("a facility_id"),
                     "takes alarms of these facilities; empty: of any, and the node's own"),
      setting<route>("match.line", MILLWRIGHT_MEMBER(lines), name_patterns("a production line"),
                     "of facilities with these production lines"),
      setting<route>("match.unit", MILLWRIGHT_MEMBER(units), name_patterns("an equipment_id"), "of these units"),
      setting<route>("match.type", MILLWRIGHT_MEMBER(types), name_patterns("a sensor type"),
                     "of sensors of these types"),
      setting<route>("match.rule", MILLWRIGHT_MEMBER(rules), texts("a rule, or a list of rules", true, true),
                     "of these rules"),
      setting<route>("match.severity", MILLWRIGHT_MEMBER(level), alarm_severity(), "of this severity and above"),
      setting<route>("match.priority", MILLWRIGHT_MEMBER(priority), whole<int>(0, 100), "of this priority and above"),
      setting<route>("match.shift", MILLWRIGHT_MEMBER(shifts), texts("CALENDAR.SHIFT, or a list of such", true, true),
                     "while it is one of these shifts of a calendar, by the facility's clock"),
      setting<route>("channels", MILLWRIGHT_MEMBER(channels), texts("a list of channels", true, false), "who is told"),
      setting<route>("continue", MILLWRIGHT_MEMBER(goes_on), boolean(), "those behind it are asked as well"),
      setting<route>("remind_after", MILLWRIGHT_MEMBER(remind_after), duration_or_none(),
                     "they are told again when nobody has acknowledged it for so long; not given: alarms.remind.after"),
      setting<route>("next_level.channels", MILLWRIGHT_MEMBER(next_level), texts("a list of channels", true, true),
                     "who is told as well, when nobody has acknowledged it for longer"),
      setting<route>("next_level.after", MILLWRIGHT_MEMBER(next_level_after), duration(milliseconds{1}),
                     "for how long"),
  };
  return rows;
}

const table<calendar_settings>& calendar_rows_of_one() {
  using calendar = calendar_settings;
  static const table<calendar> rows{
      setting<calendar>("timezone", MILLWRIGHT_MEMBER(timezone), zone(),
                        "for the node's own alarms; others go by the clock of their facility"),
      named_settings<calendar>(
          "shifts", MILLWRIGHT_MEMBER(shifts), "shifts by name, like day: mon-fri 06:00-22:00",
          list_of<shift_span>(
              "days and hours like mon-fri 06:00-22:00, 22:00-06:00, sat-sun or holiday, or a list of such",
              parse_shift_span, [](const shift_span& x) { return to_text(x); }),
          "when each is; over midnight it belongs to the day on which it begins"),
      setting<calendar>("holidays", MILLWRIGHT_MEMBER(holidays),
                        list_of<holiday>("a list of dates like 2027-05-06, or 12-25 of each year", parse_holiday,
                                         [](const holiday& x) { return to_text(x); }),
                        "days that count as Sundays"),
  };
  return rows;
}

field<node_settings> calendars_row() {
  return named_sections<node_settings>(
      "calendars", [](node_settings& of, const std::string& name) -> calendar_settings& { return of.calendars[name]; },
      [](const node_settings& from, const auto& visit) {
        for (const auto& [name, each] : from.calendars)
          visit(name, each);
      },
      "calendar", "calendars by name, like site: {shifts: {night: 22:00-06:00}}", calendar_rows_of_one(),
      "shifts and holidays that routes ask for");
}

} // namespace

table<node_settings> route_rows() {
  return {
      calendars_row(),
      listed_settings<node_settings>("routes", MILLWRIGHT_MEMBER(routes), "a list of routes", route_rows_of_one(),
                                     "which channels are told of what; the first that takes an alarm counts"),
  };
}

} // namespace millwright
