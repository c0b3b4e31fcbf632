#include "actors/equipment/unit_members.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace millwright {

std::span<const standing_condition> unit_member::standing() const {
  return apart_ ? std::span<const standing_condition>{apart_->standing} : std::span<const standing_condition>{};
}

const member_score& unit_member::score() const {
  static const member_score none;
  return apart_ ? apart_->score : none;
}

void unit_member::drop_nothing() {
  if (apart_ && apart_->standing.empty() && !apart_->score.known())
    apart_.reset();
}

void unit_member::set_standing(std::vector<standing_condition> now) {
  if (!now.empty() || apart_)
    apart_.made().standing = std::move(now);
  drop_nothing();
}

void unit_member::stands(const standing_condition& x) {
  auto& all = apart_.made().standing;
  const auto same = std::find_if(all.begin(), all.end(), [&](const auto& y) { return y.which == x.which; });
  same == all.end() ? all.push_back(x) : void(*same = x);
}

void unit_member::ended(rule which) {
  if (apart_)
    std::erase_if(apart_->standing, [&](const auto& x) { return x.which == which; });
  drop_nothing();
}

void unit_member::set_score(const member_score& x) {
  if (x.known() || apart_)
    apart_.made().score = x;
  drop_nothing();
}

size_t unit_member::heap_bytes() const {
  size_t sum = apart_ ? sizeof(trouble) + apart_->standing.capacity() * sizeof(standing_condition) : 0;
  if (news.sensor.capacity() > std::string{}.capacity())
    sum += news.sensor.capacity() + 1;
  return sum;
}

const standing_condition* unit_member::has(rule which) const {
  const auto all = standing();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& x) { return x.which == which; });
  return found == all.end() ? nullptr : &*found;
}

bool unit_member::in_alarm() const {
  const auto all = standing();
  return std::any_of(all.begin(), all.end(), [](const auto& x) { return x.pages; });
}

bool unit_member::doubtful() const {
  const auto all = standing();
  return std::any_of(all.begin(), all.end(), [](const auto& x) { return of_instrument(x.which); });
}

severity unit_member::worst() const {
  severity out = severity::normal;
  for (const auto& each : standing())
    out = std::max(out, each.level);
  return out;
}

unit_member* unit_members::member(std::string_view sensor) {
  const auto at = std::lower_bound(members_.begin(), members_.end(), sensor,
                                   [](const auto& x, std::string_view name) { return x.news.sensor < name; });
  return at != members_.end() && at->news.sensor == sensor ? &*at : nullptr;
}

void unit_members::take(const sensor_news& news) {
  if (auto* known = member(news.sensor)) {
    known->news.merge(news);
    return;
  }
  unit_member fresh;
  fresh.news = news;
  members_.insert(std::upper_bound(members_.begin(), members_.end(), fresh,
                                   [](const auto& a, const auto& b) { return a.news.sensor < b.news.sensor; }),
                  std::move(fresh));
  members_.shrink_to_fit();
}

void unit_members::heard(const alarm_transition& x, uint16_t type) {
  const auto& name = x.condition.sensor.text;
  if (name.empty() || x.kind == transition_kind::acknowledged)
    return;
  auto* known = member(name);
  if (ends_alarm(x.kind)) {
    if (known)
      known->ended(x.condition.which);
    return;
  }
  if (!known) {
    sensor_news news;
    news.sensor = name;
    news.type = type;
    news.first_heard = news.heard = x.at;
    take(news);
    known = member(name);
  }
  known->stands({x.raised_at, x.condition.which, x.level, x.pages});
}

void unit_members::scored(const sensor_score& x) {
  auto* known = member(x.sensor);
  if (known && (!known->score().known() || known->score().at <= x.at))
    known->set_score({x.at, x.score, x.risk, x.maintenance_recommended, x.extrapolated});
}

void unit_members::drop_old_scores() {
  for (auto& each : members_)
    if (each.score().known() && each.score().at < each.news.time)
      each.set_score({});
}

const unit_member* unit_members::worst_scored() const {
  const unit_member* out = nullptr;
  for (const auto& each : members_)
    if (each.score().known() && (!out || each.score().value < out->score().value))
      out = &each;
  return out;
}

bool unit_members::left(std::string_view sensor) {
  return std::erase_if(members_, [&](const auto& x) { return x.news.sensor == sensor; }) > 0;
}

bool unit_members::forget(event_time latest) {
  return std::erase_if(members_, [&](const auto& x) { return x.news.heard <= latest; }) > 0;
}

std::vector<const unit_member*> unit_members::by_trouble() const {
  std::vector<const unit_member*> out;
  for (const auto& each : members_)
    out.push_back(&each);
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) {
    return std::tuple{a->worst(), a->in_alarm(), a->standing().size()} >
           std::tuple{b->worst(), b->in_alarm(), b->standing().size()};
  });
  return out;
}

event_time unit_members::first_heard() const {
  event_time out = members_.empty() ? never : forever;
  for (const auto& each : members_)
    out = std::min(out, each.news.first_heard);
  return out;
}

size_t unit_members::heap_bytes() const {
  size_t sum = members_.capacity() * sizeof(unit_member);
  for (const auto& each : members_)
    sum += each.heap_bytes();
  return sum;
}

void unit_members::encode(binary_writer& out) const {
  out.varint(members_.size());
  for (const auto& each : members_) {
    const auto& news = each.news;
    out.text(news.sensor);
    out.varint(news.count);
    for (const auto at : {news.first_heard, news.heard, news.time})
      out.time(at);
    out.varint(news.position);
    out.f64(news.value);
    out.f64(news.quality);
    out.varint(news.split);
    out.varint(news.type);
    out.varint(each.standing().size());
    for (const auto& condition : each.standing()) {
      out.time(condition.since);
      out.u8(static_cast<uint8_t>(condition.which));
      out.u8(static_cast<uint8_t>(condition.level));
      out.u8(condition.pages ? 1 : 0);
    }
    const auto& score = each.score();
    out.u8(score.known() ? 1 : 0);
    if (score.known())
      sensor_score{{}, score.at, score.value, score.risk, score.maintenance_recommended, score.extrapolated}.encode(
          out);
  }
}

bool unit_members::decode(binary_reader& in, size_t types, bool with_scores) {
  *this = {};
  members_.resize(in.count(45));
  bool good = true;
  std::string_view before;
  for (auto& each : members_) {
    auto& news = each.news;
    news.sensor = in.text();
    news.count = static_cast<uint32_t>(in.varint());
    for (auto* at : {&news.first_heard, &news.heard, &news.time})
      *at = in.time();
    news.position = in.varint();
    news.value = in.f64();
    news.quality = in.f64();
    const uint64_t split = in.varint(), type = in.varint();
    news.split = static_cast<uint16_t>(split);
    news.type = static_cast<uint16_t>(type);
    std::vector<standing_condition> standing(in.count(11));
    for (auto& condition : standing) {
      condition.since = in.time();
      const uint8_t which = in.u8(), level = in.u8(), pages = in.u8();
      good = good && which < rule_count && level <= static_cast<uint8_t>(severity::critical) && pages <= 1;
      condition.which = static_cast<rule>(which);
      condition.level = static_cast<severity>(level);
      condition.pages = pages == 1;
    }
    each.set_standing(std::move(standing));
    if (const uint8_t scored = with_scores ? in.u8() : uint8_t{0}; scored != 0) {
      sensor_score x;
      good = good && scored == 1 && x.decode(in) && x.at != never;
      each.set_score({x.at, x.score, x.risk, x.maintenance_recommended, x.extrapolated});
    }
    good = good && before < news.sensor && split <= 0xffff && type < types && std::isfinite(news.value);
    before = news.sensor;
  }
  return good && in.ok();
}

} // namespace millwright
