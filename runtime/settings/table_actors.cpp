#include "actors/kit/actor_declaration.hpp"
#include "protocol/quantities.hpp"
#include "runtime/settings/tables.hpp"

#include <fmt/format.h>

#include <cmath>

namespace millwright {

namespace {

using kind_of_value = actor_setting::kind;

std::string expected_by(const actor_setting& setting) {
  const bool bounded = setting.most < 1e17;
  const auto shown = [&](double x) {
    return setting.of == kind_of_value::duration ? duration_text(milliseconds{std::llround(x * 1000)}) : number_text(x);
  };
  const auto bounds =
      bounded ? "from " + shown(setting.least) + " to " + shown(setting.most) : "of at least " + shown(setting.least);
  switch (setting.of) {
  case kind_of_value::duration:
    return "a duration " + bounds + ", like 30s or 5min";
  case kind_of_value::number:
    return "a number " + bounds;
  case kind_of_value::count:
    return "a whole number " + bounds;
  case kind_of_value::flag:
    return "on or off";
  case kind_of_value::text:
    return "a text";
  }
  return {};
}

field<node_settings> row_of(const actor_declaration& kind, const actor_setting& setting) {
  const auto name = fmt::format("{}.{}", kind.name, setting.key);
  field<node_settings> row{"actors." + name, expected_by(setting), std::string{setting.meaning}, {}, {}, {}, {}};
  row.read = [name, &kind, &setting, expected = row.expected](node_settings& to, const setting_value& at,
                                                              settings_report& report) {
    actor_settings trial{kind.settings};
    const bool empty = at.node.IsNull() && setting.of == kind_of_value::text;
    if (!empty && (!at.node.IsScalar() || !trial.set(setting.key, at.node.Scalar())))
      return report_wrong(report, at, expected, false);
    to.actors[name] = empty ? std::string{} : at.node.Scalar();
  };
  row.show = [name, &setting](const node_settings& from) {
    const auto given = from.actors.find(name);
    return given == from.actors.end() ? std::string{setting.standard} : given->second;
  };
  return row;
}

} // namespace

table<node_settings> actor_rows() {
  table<node_settings> rows;
  for (const auto* kind : declared_actors())
    for (const auto& setting : kind->settings)
      rows.push_back(row_of(*kind, setting));
  return rows;
}

} // namespace millwright
