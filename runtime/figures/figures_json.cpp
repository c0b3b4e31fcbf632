#include "runtime/figures/judged_alarms.hpp"

#include "protocol/json_list.hpp"

namespace millwright {

namespace {

int64_t whole(uint64_t n) {
  return static_cast<int64_t>(n);
}

template <class Rows, class Append>
std::string list_of(const Rows& rows, Append append) {
  return json_list(rows, [&](std::string& out, const auto& each) {
    json_object object{out};
    append(object, each);
    object.close();
  });
}

/// `put(object)` writes its members.
template <class Put>
std::string object_of(Put put) {
  std::string out;
  json_object object{out};
  put(object);
  object.close();
  return out;
}

/// A member each, whose value `text_of` is.
template <class Counted, class Text>
std::string members_of(const std::map<std::string, Counted>& counted, Text text_of) {
  return object_of([&](json_object& all) {
    for (const auto& [name, x] : counted)
      all.raw(name, text_of(x));
  });
}

std::string tallies_json(const std::map<std::string, alarm_tally>& tallies) {
  return members_of(tallies, [](const alarm_tally& x) {
    return object_of(
        [&](json_object& one) { one.integer("alarms", whole(x.alarms)).integer("pages", whole(x.pages)); });
  });
}

std::string counts_json(const std::map<std::string, uint64_t>& counts) {
  return members_of(counts, [](uint64_t count) { return std::to_string(count); });
}

void put_alert(json_object& row, const told_alert& x) {
  row.time("timestamp", x.at)
      .text("alarm_id", to_string(x.alarm))
      .text_or_null("facility_id", x.condition.facility.text)
      .text_or_null("equipment_id", x.condition.unit.text)
      .text_or_null("sensor_id", x.condition.sensor.text)
      .text("rule", name_of(x.condition.which))
      .text("severity", name_of(x.level))
      .raw("channels",
           json_list(x.channels, [](std::string& out, const std::string& each) { append_json_string(out, each); }));
}

std::string severities_json(const alarm_figures& x) {
  return object_of([&](json_object& all) {
    for (size_t i = 0; i < x.by_severity.size(); ++i)
      all.integer(name_of(static_cast<severity>(i)), whole(x.by_severity[i]));
  });
}

std::string floods_json(const std::vector<flood_period>& floods, std::string_view of) {
  return list_of(floods, [of](json_object& row, const flood_period& each) {
    row.time("from", each.from)
        .time("to", each.to)
        .integer(of, whole(each.pages))
        .integer("worst_10_min", whole(each.worst));
  });
}

std::string rates_json(const page_rates& x) {
  return object_of([&](json_object& all) {
    all.number("per_operator_in_10_min", x.average)
        .integer("worst_10_min", whole(x.worst))
        .time("worst_10_min_until", x.worst_at)
        .integer("periods_of_10_min", whole(x.periods))
        .integer("periods_over_10", whole(x.periods_over))
        .integer("flood_ms", x.flooded().count())
        .raw("floods", floods_json(x.floods, "pages"));
  });
}

std::string score_json(const fault_score& x) {
  const auto kinds = members_of(x.by_kind, [](const auto& tally) {
    return object_of(
        [&](json_object& one) { one.integer("faults", whole(tally.faults)).integer("found", whole(tally.found)); });
  });
  return object_of([&](json_object& all) {
    all.integer("faults", whole(x.all.faults)).integer("found", whole(x.all.found));
    all.integer("missed", whole(x.all.faults - x.all.found)).integer("false", whole(x.false_pages.size()));
    x.delays.empty() ? all.null("median_delay_ms") : all.integer("median_delay_ms", x.median_delay().count());
    all.raw("by_kind", kinds);
    all.raw("missed_faults", list_of(x.missed, [](json_object& row, const known_fault& each) {
              row.text("kind", each.kind)
                  .text("facility_id", each.facility.text)
                  .text_or_null("equipment_id", each.unit.text)
                  .text_or_null("sensor_id", each.sensor.text)
                  .time("start", each.start)
                  .time("end", each.end);
            }));
    all.raw("false_pages", list_of(x.false_pages, put_alert));
  });
}

void put_change(json_object& row, const page_change& x) {
  row.integer("before", whole(x.before))
      .integer("after", whole(x.after))
      .integer("more", whole(x.more))
      .integer("fewer", whole(x.fewer));
}

std::string changes_json(const std::map<std::string, page_change>& changes) {
  return members_of(changes,
                    [](const page_change& x) { return object_of([&](json_object& one) { put_change(one, x); }); });
}

} // namespace

void append_json(std::string& out, const judged_alarms& x) {
  const auto& figures = x.figures;
  json_object all{out};
  all.text("name", x.name);
  x.readings ? all.integer("readings", whole(*x.readings)) : all.null("readings");
  all.time("from", figures.from)
      .time("to", figures.to)
      .integer("operators", figures.operators)
      .integer("alarms", whole(figures.alarms))
      .integer("told", whole(figures.told))
      .integer("pages", whole(figures.pages))
      .integer("digests", whole(figures.digests))
      .raw("rates", rates_json(figures.rates))
      .raw("alarm_floods", floods_json(figures.alarm_floods, "alarms"))
      .raw("most_frequent", list_of(figures.most_frequent,
                                    [](json_object& row, const auto& each) {
                                      row.text("alarm", each.first).integer("pages", whole(each.second));
                                    }))
      .raw("chattering",
           list_of(figures.chattering, [](json_object& row, const std::string& each) { row.text("alarm", each); }))
      .integer("standing", whole(figures.standing))
      .raw("stale", list_of(figures.stale,
                            [](json_object& row, const auto& each) {
                              row.text("alarm", each.first).integer("stood_ms", each.second.count());
                            }))
      .raw("by_severity", severities_json(figures))
      .raw("by_rule", tallies_json(figures.tallies.by_rule))
      .raw("by_hour", tallies_json(figures.tallies.by_hour))
      .raw("by_sensor", tallies_json(figures.tallies.by_sensor))
      .raw("by_channel", counts_json(figures.by_channel));
  x.score ? all.raw("truth", score_json(*x.score)) : all.null("truth");
  all.close();
}

void append_json(std::string& out, const judged_alarms& before, const judged_alarms& after,
                 const page_difference& changes) {
  std::string first, second;
  append_json(first, before);
  append_json(second, after);
  const auto difference = object_of([&](json_object& all) {
    put_change(all, changes.all);
    all.raw("by_rule", changes_json(changes.by_rule))
        .raw("by_hour", changes_json(changes.by_hour))
        .raw("by_sensor", changes_json(changes.by_sensor))
        .raw("by_channel", changes_json(changes.by_channel))
        .raw("more_pages", list_of(changes.more, put_alert))
        .raw("fewer_pages", list_of(changes.fewer, put_alert));
  });
  json_object{out}.raw("before", first).raw("after", second).raw("difference", difference).close();
}

} // namespace millwright
