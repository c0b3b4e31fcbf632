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

kind<std::optional<wall_time>> wall_clock() {
  return {"a date and a time by the clock there, like 2026-11-30 08:00",
          [](const YAML::Node& node) -> std::optional<std::optional<wall_time>> {
            const auto x = node.IsScalar() ? parse_wall_time(node.Scalar()) : std::nullopt;
            if (!x)
              return std::nullopt;
            return std::optional<std::optional<wall_time>>{*x};
          },
          [](const std::optional<wall_time>& x) { return x ? to_text(*x) : std::string{}; }};
}

kind<std::string> zone_or_none() {
  const auto named = zone();
  return {named.expected + ", or nothing",
          [given = named.parse](const YAML::Node& node) -> std::optional<std::string> {
            return node.IsNull() || (node.IsScalar() && node.Scalar().empty()) ? std::string{} : given(node);
          },
          named.show};
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
      setting<route>("channels", MILLWRIGHT_MEMBER(channels), texts("a list of channels", true, false),
                     "who is told: channels, or rotas of them"),
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

const table<rota_settings::override_settings>& override_rows_of_one() {
  using one = rota_settings::override_settings;
  static const table<one> rows{
      setting<one>("from", MILLWRIGHT_MEMBER(from), wall_clock(), "from when on, by the same clock"),
      setting<one>("to", MILLWRIGHT_MEMBER(to), wall_clock(), "until when"),
      setting<one>("channel", MILLWRIGHT_MEMBER(channel), name("a channel"), "who is on call then"),
  };
  return rows;
}

const table<rota_settings>& rota_rows_of_one() {
  static const table<rota_settings> rows{
      setting<rota_settings>("timezone", MILLWRIGHT_MEMBER(timezone), zone_or_none(),
                             "whose clock it goes by; empty: that of the alarm's facility"),
      setting<rota_settings>("starts", MILLWRIGHT_MEMBER(starts), wall_clock(),
                             "when the first turn of the first channel begins"),
      setting<rota_settings>("every", MILLWRIGHT_MEMBER(every), duration(milliseconds{60'000}), "how long a turn is"),
      setting<rota_settings>("channels", MILLWRIGHT_MEMBER(channels), texts("a list of channels", true, false),
                             "who takes turns, in this order"),
      listed_settings<rota_settings>("overrides", MILLWRIGHT_MEMBER(overrides),
                                     "a list like [{from: 2026-12-24 08:00, to: 2026-12-27 08:00, channel: phone}]",
                                     override_rows_of_one(), "who has it out of turn: holidays, swaps"),
  };
  return rows;
}

field<node_settings> rotas_row() {
  return named_sections<node_settings>(
      "rotas", [](node_settings& of, const std::string& name) -> rota_settings& { return of.rotas[name]; },
      [](const node_settings& from, const auto& visit) {
        for (const auto& [name, each] : from.rotas)
          visit(name, each);
      },
      "rota", "rotas by name, like weekly: {starts: 2026-11-30 08:00, channels: [anna, ben]}", rota_rows_of_one(),
      "who is on call by turns: a route names one where it may name a channel");
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
      rotas_row(),
      listed_settings<node_settings>("routes", MILLWRIGHT_MEMBER(routes), "a list of routes", route_rows_of_one(),
                                     "which channels are told of what; the first that takes an alarm counts"),
  };
}

} // namespace millwright
