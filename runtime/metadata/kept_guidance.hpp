#pragma once

#include "protocol/alarm_guidance.hpp"
#include "protocol/rules.hpp"
#include "runtime/metadata/packed_rows.hpp"

#include <map>
#include <string_view>

namespace millwright {

/// What a row says of the alarms of its sensor or unit: of all of them, and what is otherwise for one rule's.
struct row_guidance {
  alarm_guidance of_all;
  std::map<rule, alarm_guidance> by_rule;

  bool empty() const { return of_all.empty() && by_rule.empty(); }
  /// What is to be done is said, be it for some rule alone.
  bool has_action() const;
  /// What holds for one rule's alarms.
  alarm_guidance of(rule which) const;
};

/// What the rows say of alarms, by facility and id: it is looked at when somebody is paged, and who says nothing takes
/// no memory.
class kept_guidance {
public:
  /// Of equals the last one counts, also where it says nothing.
  void add(std::string_view facility, std::string_view id, const row_guidance& says);
  /// Gives spare memory back: no more are added.
  void close() { rows_.close(); }
  row_guidance find(std::string_view facility, std::string_view id) const;
  bool has(std::string_view facility, std::string_view id) const { return rows_.has(facility, id); }

private:
  packed_rows rows_;
};

} // namespace millwright
