#include "actors/equipment/unit_part.hpp"
#include "runtime/bench/bench_row.hpp"
#include "runtime/bench/load_plant.hpp"
#include "runtime/bench/process_figures.hpp"
#include "runtime/flow/part_receiver.hpp"
#include "runtime/flow/part_sender.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace millwright {

namespace {

constexpr uint16_t shards = 8;
constexpr event_time plant_start = from_epoch_ms(1'767'225'600'000);

/// Units whose sensors come by several shards, and the shard that owns these units: what five seconds of readings are
/// on their way from the ones to the other.
class shards_and_owner {
public:
  shards_and_owner(const load_plant& plant, const sensor_type_table& types) {
    std::vector<uint16_t> sources;
    for (uint16_t i = 0; i < shards; ++i) {
      sources.push_back(i);
      // Each barrier ends with nothing left to be sent: no sender has two parts of a unit to merge.
      senders_.emplace_back(i, uint16_t{0}, 1, part_merge{});
    }
    receiver_.emplace(uint16_t{0}, 1, sources);
    for (uint32_t sensor = 0; sensor < plant.sensors(); ++sensor) {
      const auto& context = contexts_.emplace_back(plant.context_of(sensor));
      const auto shard = static_cast<uint16_t>(sensor % shards);
      const uint32_t unit =
          senders_[shard].number_of({std::string{"equipment"}, context.key.facility, context.equipment.text});
      // A unit's sensors come one after the other.
      if (gathered_[shard].empty() || gathered_[shard].back().number != unit)
        gathered_[shard].push_back({unit, {}});
      auto& of = gathered_[shard].back().part;
      for (uint64_t turn = 0; turn < 5; ++turn) {
        auto r = plant.reading_of(sensor, turn, plant_start + milliseconds{1000 * turn});
        r.context = &context;
        r.split = shard;
        r.position = turn;
        of.take({r, types.types()[r.type]});
      }
    }
  }

  /// One barrier of all shards, and one of the owner. @param whole parts are read and merged, too. Returns how many
  /// there were.
  uint64_t barrier(bool whole) {
    ++barrier_;
    uint64_t sent = 0;
    for (uint16_t shard = 0; shard < shards; ++shard) {
      flow_parts parts;
      for (const auto& each : gathered_[shard]) {
        each.part.encode(parts.begin(each.number, barrier_));
        parts.end();
      }
      sent += parts.size();
      source_time time;
      time.at.split = shard;
      time.at.time = plant_start + milliseconds{5000 * barrier_};
      senders_[shard].cut(barrier_, std::move(parts), time);
      senders_[shard].committed(barrier_);
    }
    exchange();
    uint64_t taken = 0;
    std::vector<unit_part> units;
    receiver_->cut(barrier_, [&](uint16_t, const flow_part_view& part) {
      ++taken;
      bytes_ += part.bytes.size();
      if (!whole)
        return;
      if (part.target >= units.size())
        units.resize(part.target + 1);
      unit_part one;
      if (!one.decode(part.bytes))
        throw std::runtime_error{"a part cannot be read"};
      units[part.target].merge(one);
    });
    receiver_->committed(barrier_);
    exchange();
    if (taken != sent || !quiet())
      throw std::runtime_error{"not every part has come"};
    return taken;
  }

  uint64_t bytes() const { return bytes_; }

private:
  void exchange() {
    const milliseconds now{static_cast<int64_t>(5000 * barrier_)};
    std::string bytes;
    bool moved = true;
    while (moved) {
      moved = false;
      for (auto& each : senders_)
        while (each.next(now, bytes)) {
          receiver_->take(bytes);
          moved = true;
        }
      while (receiver_->next(bytes)) {
        const auto answer = decode_flow_answer(bytes);
        senders_[answer->source].take(*answer, now);
        moved = true;
      }
    }
  }
  bool quiet() const {
    for (const auto& each : senders_)
      if (!each.quiet())
        return false;
    return true;
  }

  struct gathered_unit {
    /// At its sender.
    uint32_t number = 0;
    unit_part part;
  };

  std::deque<sensor_context> contexts_;
  std::vector<gathered_unit> gathered_[shards];
  std::deque<part_sender> senders_;
  std::optional<part_receiver> receiver_;
  uint64_t barrier_ = 0, bytes_ = 0;
};

} // namespace

std::vector<bench_measure> bench_partials(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(24'000u, 300u), types};
  shards_and_owner all{plant, types};
  double rates[2]{};
  uint64_t parts = 0;
  for (const bool whole : {false, true}) {
    uint64_t done = 0;
    // Of a core: on a machine that does other things as well, too.
    const double begin = cpu_seconds();
    const auto seconds = [&] { return cpu_seconds() - begin; };
    while (done == 0 || seconds() < request.sized(3.0, 0.0))
      done += all.barrier(whole);
    rates[whole] = static_cast<double>(done) / std::max(seconds(), 1e-6);
    parts += done;
  }
  return {{"partials", rates[1], "parts/s", 5e5, 2e6, false, {}, {}, "of units: encoded, sent, taken, read, merged"},
          {"partials-flow", rates[0], "parts/s", {}, {}, false, {}, {}, "the same, neither read nor merged"},
          {"partials-bytes", static_cast<double>(all.bytes()) / static_cast<double>(parts), "B/part", {}, {}, true}};
}

} // namespace millwright
