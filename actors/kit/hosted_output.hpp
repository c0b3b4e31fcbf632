#pragma once

#include "protocol/alarm.hpp"
#include "protocol/hosted_row.hpp"

#include <concepts>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// A record that an actor other than a sensor may emit: `Row::schema` says what kind it is.
template <class Row>
concept result_row = requires(const Row& row, std::string& json) {
  { Row::schema.name } -> std::convertible_to<std::string_view>;
  { time_of(row) } -> std::same_as<event_time>;
  append_json(json, row);
};

/// What a hosted actor's model decides in one step, in the order of decision.
class hosted_output {
public:
  template <result_row Row>
  void row(const Row& row) {
    hosted_row& added = rows.emplace_back(hosted_row{&Row::schema, time_of(row), {}});
    append_json(added.json, row);
  }
  void transition(alarm_transition x) { transitions.push_back(std::move(x)); }

  void clear() {
    rows.clear();
    transitions.clear();
  }

  std::vector<hosted_row> rows;
  std::vector<alarm_transition> transitions;
};

} // namespace millwright
