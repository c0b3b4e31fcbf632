#include "runtime/admin/plant_answer.hpp"

#include "protocol/json.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/plant_names.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace millwright {

namespace {

/// Of the whole plant, only units in such a state are worth a line: offline, degraded, unstable.
constexpr int troubled_rank = 2;

using line_list = std::vector<const entity_line*>;

bool worse(const entity_line* x, const entity_line* y) {
  return x->line.rank != y->line.rank ? x->line.rank > y->line.rank : x->key < y->key;
}

/// The `most` worst ones, in order.
void keep_worst(line_list& lines, size_t most) {
  const auto kept = std::min(lines.size(), most);
  std::partial_sort(lines.begin(), lines.begin() + static_cast<ptrdiff_t>(kept), lines.end(), worse);
  lines.resize(kept);
}

class answer_writer {
public:
  explicit answer_writer(const plant_source& from) : pages_{from} {}

  json_object& begin(std::string_view row) {
    line_.emplace(out_);
    return line_->text("row", row);
  }
  void end() {
    line_->close();
    out_ += '\n';
  }

  void headline_of(const entity_line& x) {
    line_->text("facility_id", x.key.facility.text)
        .text("id", x.key.id)
        .integer("rank", x.line.rank)
        .text("state", x.line.state.empty() ? unknown_state : x.line.state)
        .text_or_null("reason", x.line.reason)
        .time("since", x.line.since)
        .time("newest", x.newest);
  }

  void counts(const plant_counts& x) {
    line_->key("counts");
    append_json(out_, x);
  }

  void page(const entity_key& key) {
    if (const auto found = pages_.page(key))
      line_->raw("page", *found);
    else
      line_->null("page");
  }

  std::string taken() && { return std::move(out_); }

private:
  page_questions pages_;
  std::string out_;
  std::optional<json_object> line_;
};

void write_list(answer_writer& out, std::string_view row, const line_list& lines, bool with_kind = false) {
  for (const auto* each : lines) {
    auto& line = out.begin(row);
    if (with_kind)
      line.text("kind", each->key.type);
    out.headline_of(*each);
    out.end();
  }
}

void write_facility(answer_writer& out, const entity_line& facility, const plant_counts& counts) {
  out.begin("facility");
  out.headline_of(facility);
  out.counts(counts);
  out.page(facility.key);
  out.end();
}

plant_answer whole_plant(const plant_request& request, const plant_source& from,
                         const std::vector<entity_line>& lines) {
  plant_counts all;
  std::map<std::string_view, plant_counts> by_facility;
  line_list facilities, troubled;
  for (const auto& each : lines) {
    all.add(each.key.type, each.line);
    by_facility[each.key.facility.text].add(each.key.type, each.line);
    if (each.key.type == facility_kind)
      facilities.push_back(&each);
    else if (each.key.type == unit_kind && each.line.rank >= troubled_rank)
      troubled.push_back(&each);
  }
  plant_answer answer;
  answer.total = troubled.size();
  answer_writer out{from};
  out.begin("plant");
  out.counts(all);
  out.end();
  keep_worst(facilities, request.limit);
  for (const auto* each : facilities)
    write_facility(out, *each, by_facility[each->key.facility.text]);
  keep_worst(troubled, request.limit);
  write_list(out, "unit", troubled);
  answer.rows = std::move(out).taken();
  return answer;
}

plant_answer one_facility(const plant_request& request, const plant_source& from, const std::vector<entity_line>& lines,
                          const entity_key& key) {
  plant_counts counts;
  const entity_line* facility = nullptr;
  line_list production, units;
  for (const auto& each : lines) {
    if (each.key.facility != key.facility)
      continue;
    counts.add(each.key.type, each.line);
    if (each.key.type == facility_kind)
      facility = &each;
    else if (each.key.type == line_kind)
      production.push_back(&each);
    else if (each.key.type == unit_kind)
      units.push_back(&each);
  }
  plant_answer answer;
  answer.total = units.size();
  answer_writer out{from};
  const entity_line silent{key, {}, never};
  write_facility(out, facility ? *facility : silent, counts);
  keep_worst(production, request.limit);
  for (const auto* each : production) {
    out.begin("line");
    out.headline_of(*each);
    out.page(each->key);
    out.end();
  }
  keep_worst(units, request.limit);
  write_list(out, "unit", units);
  answer.rows = std::move(out).taken();
  return answer;
}

plant_answer one_actor(const plant_source& from, const std::vector<entity_line>& lines, const entity_key& key) {
  answer_writer out{from};
  for (const auto& each : lines) {
    if (each.key != key)
      continue;
    const bool unit = key.type == unit_kind;
    auto& line = out.begin(unit ? "unit" : "actor");
    if (!unit)
      line.text("kind", key.type);
    out.headline_of(each);
    out.page(key);
    out.end();
  }
  return {std::move(out).taken(), 1};
}

plant_answer list_of_kind(const plant_request& request, const plant_source& from, const std::vector<entity_line>& lines,
                          const entity_key& key) {
  line_list found;
  for (const auto& each : lines)
    if (each.key.type == key.type && (key.facility.text.empty() || each.key.facility == key.facility))
      found.push_back(&each);
  plant_answer answer;
  answer.total = found.size();
  keep_worst(found, request.limit);
  answer_writer out{from};
  write_list(out, "actor", found, true);
  answer.rows = std::move(out).taken();
  return answer;
}

} // namespace

plant_answer answer_plant(const plant_request& request, const plant_source& from) {
  const auto lines = from.lines();
  const auto target = target_of(request, lines, from.kinds);
  switch (target.what) {
  case plant_target::scope::plant:
    return whole_plant(request, from, lines);
  case plant_target::scope::kind:
    return list_of_kind(request, from, lines, target.key);
  case plant_target::scope::actor:
    break;
  }
  return target.key.type == facility_kind ? one_facility(request, from, lines, target.key)
                                          : one_actor(from, lines, target.key);
}

} // namespace millwright
