#include "actors/equipment/unit_model.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

// 1 knew of maintenance its times alone, and no scores.
constexpr uint8_t state_version = 2;

event_time less(event_time closing, milliseconds delay) {
  return closing == never || closing == forever ? closing : closing - delay;
}

} // namespace

void equipment_targets(const sensor_context& of, const actor_settings&, std::vector<entity_key>& out) {
  if (!of.equipment.empty())
    out.push_back({"equipment", of.key.facility, of.equipment.text});
}

unit_model::unit_model(const hosted_birth& birth)
    : key_{birth.key}, settings_{shared(birth.settings ? unit_settings{*birth.settings} : unit_settings{})} {}

uint16_t unit_model::type_named(std::string_view name) {
  const auto same = std::find_if(types_.begin(), types_.end(), [&](const auto& each) { return each.name == name; });
  const auto at = same - types_.begin();
  if (same == types_.end()) {
    types_.emplace_back().name = name;
    types_.shrink_to_fit();
  }
  return static_cast<uint16_t>(at);
}

std::vector<uint16_t> unit_model::types_of(const unit_part& news) {
  const size_t count = news.type_count();
  std::vector<uint16_t> out(count);
  bool new_one = false;
  for (uint16_t i = 0; i < count; ++i) {
    const auto same =
        std::find_if(types_.begin(), types_.end(), [&](const auto& each) { return each.name == news.type(i); });
    out[i] = static_cast<uint16_t>(same - types_.begin());
    new_one = new_one || same == types_.end();
  }
  if (!new_one)
    return out;
  auto sorted = news.types();
  std::sort(sorted.begin(), sorted.end());
  for (const auto& each : sorted)
    type_named(each);
  for (uint16_t i = 0; i < count; ++i)
    out[i] = type_named(news.type(i));
  return out;
}

void unit_model::take(unit_part&& news, hosted_output&) {
  const auto types = types_of(news);
  auto panes = news.take_panes();
  for (auto& each : panes)
    each.type = types[each.type];
  windows_.take(std::move(panes), settings_->gathering.pane);
  for (auto each : news.news()) {
    each.type = types[each.type];
    members_.take(each);
  }
  auto stretches = news.take_stretches();
  std::sort(stretches.begin(), stretches.end(),
            [](const auto& a, const auto& b) { return std::tie(a.split, a.first) < std::tie(b.split, b.first); });
  for (const auto& each : stretches) {
    heard_ = std::max(heard_, each.heard);
    if (presence_.take(each, settings_->gathering.offline_after))
      apply(each);
  }
  judge_again();
}

void unit_model::apply(const unit_stretch& x) {
  readings_ += x.count;
  faults_ += x.faults;
  last_update_ = std::max(last_update_, x.newest);
  for (const auto& each : x.panes)
    sessions_.take(each, settings_->session_gap);
}

void unit_model::heard(std::span<const alarm_transition> transitions, hosted_output&) {
  for (const auto& each : transitions) {
    const auto& type = each.evidence.sensor_type;
    members_.heard(each, type_named(type.empty() ? std::string_view{"generic"} : std::string_view{type}));
    changed_ = std::max(changed_, each.at);
  }
  judge_again();
}

void unit_model::scored(std::span<const sensor_score> scores) {
  for (const auto& each : scores)
    members_.scored(each);
}

void unit_model::pass(const time_passed& time, hosted_output& out) {
  follow_presence(time, out);
  close(time.closing, out);
  members_.drop_old_scores();
  maintenance_.pass(time.closing);
  if (presence_.time() != never)
    members_.forget(presence_.time() - settings_->member_forgotten);
  judge_again();
}

void unit_model::follow_presence(const time_passed& time, hosted_output& out) {
  using kind = unit_presence::step::kind;
  while (const auto step = presence_.next(time, settings_->gathering.offline_after)) {
    if (step->what != kind::goes_on)
      changed_ = std::max(changed_, step->at);
    if (step->what == kind::went_offline) {
      tell_state(step->at, false, out);
      continue;
    }
    const auto& x = step->stretch;
    if (step->what == kind::came_online) {
      const auto between =
          x.first_in_session ? sessions_.length_with(x.first_time, settings_->session_gap) : sessions_.length();
      const event_time update = x.first_ahead ? last_update_ : std::max(last_update_, x.first_time);
      out.row(equipment_state_row{&key_, step->at, maintenance_.last_time(step->at), update,
                                  runtime_hours(readings_ + 1, between), faults_ + (x.first_fault ? 1 : 0), true});
    }
    apply(x);
  }
}

void unit_model::close(event_time closing, hosted_output& out) {
  auto windows =
      windows_.close(less(closing, settings_->gathering.window_delay), settings_->window, settings_->gathering.pane);
  std::sort(windows.begin(), windows.end(), [&](const auto& a, const auto& b) {
    return std::tuple{a.end, types_[a.type].name.view()} < std::tuple{b.end, types_[b.type].name.view()};
  });
  for (const auto& each : windows) {
    auto& type = types_[each.type];
    const auto row = row_of(each, key_, type.name, *settings_);
    out.row(row);
    type.take(row);
    changed_ = std::max(changed_, each.end);
  }
  for (const auto& each : sessions_.close(less(closing, settings_->gathering.session_delay), settings_->session_gap))
    out.row(row_of(each, key_, *settings_));
}

void unit_model::end(hosted_output& out) {
  time_passed all;
  all.closing = forever;
  follow_presence(all, out);
  close(forever, out);
  if (presence_.known())
    tell_state(presence_.time(), presence_.online(), out);
  judge_again();
}

double unit_model::runtime_hours(uint64_t readings, milliseconds between) const {
  return settings_->runtime_between_readings ? static_cast<double>(between.count()) / 3'600'000
                                             : static_cast<double>(readings) * settings_->hours_a_reading;
}

void unit_model::tell_state(event_time at, bool online, hosted_output& out) const {
  out.row(equipment_state_row{&key_, at, maintenance_.last_time(at), last_update_,
                              runtime_hours(readings_, sessions_.length()), faults_, online});
}

void unit_model::maintained(const maintenance_report& report) {
  if (report.what == maintenance_report::kind::ends && maintenance_.under_way())
    changed_ = std::max(changed_, report.at);
  maintenance_.take(report);
  judge_again();
}

void unit_model::noticed(const hosted_notice& notice, hosted_output&) {
  if (notice.what == hosted_notice::kind::left)
    return left(notice.text);
  const auto report = maintenance_report::decode(notice.text);
  if (!report)
    throw std::runtime_error{"what a person said of its maintenance cannot be read"};
  maintained(*report);
}

void unit_model::left(std::string_view sensor) {
  members_.left(sensor);
  judge_again();
}

unit_facts unit_model::facts() const {
  return {*settings_,      types_, members_, presence_.online(), presence_.since(), maintenance_.under_way(),
          presence_.time()};
}

void unit_model::judge_again() {
  const auto now = facts();
  const auto state = judge(now);
  if (state == health_ && health_since_ != never)
    return;
  health_ = state;
  health_since_ = cause_since(state, now);
  if (health_since_ == never)
    health_since_ = changed_;
}

bool unit_model::idle() const {
  return presence_.idle() && windows_.empty() && sessions_.empty();
}

headline unit_model::line() const {
  return {rank_of(health_, members_), std::string{name_of(health_)}, reason_for(health_, facts()), health_since_};
}

size_t unit_model::heap_bytes() const {
  const auto heap = [](const std::string& x) { return x.capacity() > std::string{}.capacity() ? x.capacity() + 1 : 0; };
  return windows_.heap_bytes() + sessions_.heap_bytes() + presence_.heap_bytes() + members_.heap_bytes() +
         maintenance_.heap_bytes() + heap(key_.type) + heap(key_.facility.text) + heap(key_.id) +
         types_.capacity() * sizeof(unit_type);
}

void unit_model::encode(std::string& bytes) const {
  binary_writer out{bytes};
  out.u8(state_version);
  out.varint(readings_);
  out.varint(faults_);
  for (const auto at : {last_update_, heard_, health_since_, changed_})
    out.time(at);
  out.u8(static_cast<uint8_t>(health_));
  out.varint(types_.size());
  for (const auto& each : types_) {
    out.text(each.name);
    out.time(each.window_end);
    out.time(each.status_since);
    out.f64(each.stddev);
    out.f64(each.quality);
    out.u8(static_cast<uint8_t>(each.status));
  }
  windows_.encode(out);
  sessions_.encode(out);
  presence_.encode(out);
  members_.encode(out);
  maintenance_.encode(out);
}

bool unit_model::decode(std::string_view bytes) {
  binary_reader in{bytes};
  const uint8_t version = in.u8();
  if (version == 0 || version > state_version)
    return false;
  unit_model read{key_, settings_};
  read.readings_ = in.varint();
  read.faults_ = in.varint();
  read.last_update_ = in.time();
  if (version == 1)
    for (const auto what : {maintenance_report::kind::done, maintenance_report::kind::begins})
      if (const auto at = in.time(); at != never)
        read.maintenance_.take({what, at, {}, {}, {}});
  for (auto* at : {&read.heard_, &read.health_since_, &read.changed_})
    *at = in.time();
  const uint8_t health = in.u8();
  read.health_ = static_cast<unit_health>(health);
  bool good = health <= static_cast<uint8_t>(unit_health::unstable);
  read.types_.resize(in.count(34));
  for (auto& each : read.types_) {
    each.name = in.text();
    each.window_end = in.time();
    each.status_since = in.time();
    each.stddev = in.f64();
    each.quality = in.f64();
    const uint8_t status = in.u8();
    good = good && status <= static_cast<uint8_t>(window_status::degraded);
    each.status = static_cast<window_status>(status);
  }
  const size_t types = read.types_.size();
  if (!good || !in.ok() || types > 0xffff || !read.windows_.decode(in, types) || !read.sessions_.decode(in) ||
      !read.presence_.decode(in) || !read.members_.decode(in, types, version > 1) ||
      (version > 1 && !read.maintenance_.decode(in)) || !in.at_end())
    return false;
  *this = std::move(read);
  return true;
}

} // namespace millwright
