#pragma once

#include "protocol/json.hpp"
#include "runtime/admin/explain_answer.hpp"

#include <map>
#include <set>

namespace millwright {

/// A page of it went out, by itself or within a group's.
inline bool told_somebody(const alarm_record& x) {
  return !x.paged_to.empty() || x.in_group();
}

/// Rows of an explanation that are about alarms: what each is, how urgent, by which routes, and what became of its
/// pages. Reads the journal at the first alarm, once.
class alarm_explanation {
public:
  /// @param from, out outlive this. @param now wall clock.
  alarm_explanation(const explain_source& from, event_time now, std::string& out) : from_{from}, now_{now}, out_{out} {}

  /// @param of its sensor, where it has one that is known.
  void add(const alarm_record& x, const std::optional<explained_sensor>& of);
  /// The routes that such an alarm meets, and who is told by them. @param id empty: of an alarm that there is not.
  /// @param then they are those of when it was told.
  void add_routes(const std::string& id, const alarm_transition& about, event_time at, bool then);
  /// What the channels say of themselves that any of the alarms went to.
  void add_channels();

private:
  json_object& begin(std::string_view row) { return line_.emplace(out_).text("row", row); }
  void end() {
    line_->close();
    out_ += '\n';
  }

  void add_priority(const std::string& id, const alarm_record& x, const std::optional<explained_sensor>& of);
  void add_pages(const std::string& id, const alarm_record& x);
  const std::vector<notification_entry>& finished();
  const std::vector<outbox_entry>& waiting(const channel_name& channel);

  const explain_source& from_;
  const event_time now_;
  std::string& out_;
  std::optional<json_object> line_;
  std::optional<std::vector<notification_entry>> finished_;
  std::map<channel_name, std::vector<outbox_entry>> waiting_;
  std::set<std::string> channels_;
};

} // namespace millwright
