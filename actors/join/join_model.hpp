#pragma once

#include "actors/join/join_pairs.hpp"
#include "actors/join/join_readings.hpp"
#include "actors/join/join_row.hpp"
#include "actors/kit/hosted_model.hpp"

#include <optional>

namespace millwright {

/// The actor of one join and one key: a unit's, or a facility's.
entity_key join_entity(const join_pair& pair, const facility_id& facility, std::string_view key);
/// Appends the joins that a sensor's readings may be in: none of a unit where it has none.
void join_targets(const sensor_context& of, const actor_settings& settings, std::vector<entity_key>& out);

/// What a shard gathers for a join. One that was not born takes nothing.
class join_part {
public:
  void born(const hosted_birth& birth);

  void take(const contribution& x) {
    if (!pair_)
      return;
    const bool primary = x.type.name == pair_->primary;
    if ((primary || x.type.name == pair_->secondary) && x.on_time(delay_))
      (primary ? sides_.primary : sides_.secondary)
          .push_back({x.of.time, x.of.value, x.context().key.sensor, x.of.position, x.of.split});
  }
  void merge(const join_part& other);
  void encode(std::string& out) const;
  bool decode(std::string_view in);

  /// In order.
  join_sides taken() &&;
  const join_sides& sides() const { return sides_; }

private:
  std::optional<join_pair> pair_;
  milliseconds delay_{120'000};
  join_sides sides_;
};

/// Keeps readings until no partner of theirs can come, and tells each pair at the barrier behind the later of the two.
class join_model {
public:
  using part = join_part;

  explicit join_model(const hosted_birth& birth);

  void take(part&& of, hosted_output& out);
  void heard(std::span<const alarm_transition>, hosted_output&) {}
  void pass(const time_passed& time, hosted_output& out);
  void end(hosted_output& out);

  bool idle() const { return held_.empty(); }
  event_time newest() const { return newest_; }
  void encode(std::string& out) const;
  bool decode(std::string_view in);
  headline line() const;
  void show(json_object& view, const part& open) const;

private:
  join_row row_of(const join_reading& primary, const join_reading& secondary) const;

  facility_id facility_;
  std::string key_;
  /// None where the configuration has no such join any more: then nothing is kept.
  std::optional<join_pair> pair_;
  milliseconds delay_;
  join_sides held_;
  event_time newest_ = never;
};

} // namespace millwright
