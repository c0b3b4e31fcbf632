#include "actors/join/join_model.hpp"

#include "actors/join/join_settings.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr uint8_t part_version = 1, model_version = 1;

std::string_view name_in(const entity_key& key) {
  return std::string_view{key.id}.substr(0, key.id.find('\0'));
}

std::optional<join_pair> pair_of(const hosted_birth& birth) {
  const auto* found = birth.settings ? joins_of(*birth.settings).named(name_in(birth.key)) : nullptr;
  return found ? std::optional{*found} : std::nullopt;
}

event_time pane_end(event_time at) {
  return align_down(at, pane_length) + pane_length;
}

// Those that may go with `primary`: not later than it, and at most `within` earlier.
std::span<const join_reading> partners(const std::vector<join_reading>& secondary, const join_reading& primary,
                                       milliseconds within) {
  const auto earlier = [](const join_reading& a, event_time b) { return a.time < b; };
  const auto first = std::lower_bound(secondary.begin(), secondary.end(), primary.time - within, earlier);
  const auto last = std::lower_bound(first, secondary.end(), primary.time + milliseconds{1}, earlier);
  return {first, last};
}

template <class Over>
void drop_first(std::vector<join_reading>& of, Over over) {
  of.erase(of.begin(), std::find_if_not(of.begin(), of.end(), over));
}

} // namespace

entity_key join_entity(const join_pair& pair, const facility_id& facility, std::string_view key) {
  entity_key out{std::string{"join"}, facility, pair.name};
  out.id += '\0';
  out.id += key;
  return out;
}

void join_targets(const sensor_context& of, const actor_settings& settings, std::vector<entity_key>& out) {
  for (const auto& pair : joins_of(settings).pairs) {
    const auto key = pair.key == join_key::equipment_id ? of.equipment.view() : of.key.facility.view();
    if (!key.empty())
      out.push_back(join_entity(pair, of.key.facility, key));
  }
}

void join_part::born(const hosted_birth& birth) {
  pair_ = pair_of(birth);
  if (birth.settings)
    delay_ = birth.settings->duration("delay");
}

void join_part::merge(const join_part& other) {
  const auto add = [](auto& to, const auto& more) { to.insert(to.end(), more.begin(), more.end()); };
  add(sides_.primary, other.sides_.primary);
  add(sides_.secondary, other.sides_.secondary);
}

void join_part::encode(std::string& out) const {
  auto sorted = sides_;
  sorted.sort();
  binary_writer writer{out};
  writer.u8(part_version);
  sorted.encode(writer);
}

bool join_part::decode(std::string_view in) {
  binary_reader reader{in};
  return reader.u8() == part_version && sides_.decode(reader) && reader.at_end();
}

join_sides join_part::taken() && {
  sides_.sort();
  return std::move(sides_);
}

join_model::join_model(const hosted_birth& birth)
    : facility_{birth.key.facility}, pair_{pair_of(birth)}, delay_{birth.settings ? birth.settings->duration("delay")
                                                                                  : milliseconds{120'000}} {
  const auto name = name_in(birth.key);
  if (name.size() < birth.key.id.size())
    key_ = birth.key.id.substr(name.size() + 1);
}

void join_model::take(part&& of, hosted_output& out) {
  if (!pair_)
    return;
  auto fresh = std::move(of).taken();
  for (const auto* side : {&fresh.primary, &fresh.secondary})
    if (!side->empty())
      newest_ = std::max(newest_, side->back().time);

  // What is held was told with each other already: of it, only with what is new.
  std::vector<std::pair<const join_reading*, const join_reading*>> found;
  const auto match = [&](const join_reading& primary, const std::vector<join_reading>& secondary) {
    for (const auto& each : partners(secondary, primary, pair_->within))
      found.emplace_back(&primary, &each);
  };
  for (const auto& primary : fresh.primary) {
    match(primary, held_.secondary);
    match(primary, fresh.secondary);
  }
  if (!fresh.secondary.empty()) {
    const auto first = std::lower_bound(held_.primary.begin(), held_.primary.end(), fresh.secondary.front().time,
                                        [](const join_reading& a, event_time b) { return a.time < b; });
    for (auto primary = first; primary != held_.primary.end(); ++primary)
      match(*primary, fresh.secondary);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return *a.first < *b.first || (!(*b.first < *a.first) && *a.second < *b.second);
  });
  for (const auto& [primary, secondary] : found)
    out.row(row_of(*primary, *secondary));
  held_.merge_sorted(std::move(fresh));
}

void join_model::pass(const time_passed& time, hosted_output&) {
  if (time.closing == never)
    return;
  const event_time over = time.closing == forever ? forever : time.closing - delay_;
  const milliseconds within = pair_ ? pair_->within : milliseconds{0};
  drop_first(held_.primary, [&](const join_reading& each) { return pane_end(each.time) <= over; });
  drop_first(held_.secondary, [&](const join_reading& each) { return pane_end(each.time + within) <= over; });
}

void join_model::end(hosted_output&) {
  held_ = {};
}

join_row join_model::row_of(const join_reading& primary, const join_reading& secondary) const {
  return {pair_->name,   key_,           facility_,        primary.time,   primary.sensor,
          primary.value, secondary.time, secondary.sensor, secondary.value};
}

void join_model::encode(std::string& out) const {
  binary_writer writer{out};
  writer.u8(model_version);
  writer.time(newest_);
  held_.encode(writer);
}

bool join_model::decode(std::string_view in) {
  binary_reader reader{in};
  if (reader.u8() != model_version)
    return false;
  newest_ = reader.time();
  if (!held_.decode(reader) || !reader.at_end())
    return false;
  if (!pair_)
    held_ = {};
  return true;
}

headline join_model::line() const {
  headline out;
  out.state = pair_ ? "joining" : "not configured";
  out.since = newest_;
  return out;
}

void join_model::show(json_object& view, const part& open) const {
  view.text("join", pair_ ? pair_->name : std::string{}).text("key", key_).text("facility_id", facility_.text);
  view.text_or_null("primary", pair_ ? pair_->primary : std::string{});
  view.text_or_null("secondary", pair_ ? pair_->secondary : std::string{});
  view.integer("waiting_primary", static_cast<int64_t>(held_.primary.size() + open.sides().primary.size()));
  view.integer("waiting_secondary", static_cast<int64_t>(held_.secondary.size() + open.sides().secondary.size()));
  view.time("newest", newest_);
}

} // namespace millwright
