#pragma once

#include "actors/facility/facility_model.hpp"
#include "runtime/flow/part_receiver.hpp"
#include "runtime/flow/part_sender.hpp"

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

/// Shards that gather for facilities of other shards, over a network that loses, repeats, reorders and delays, while
/// both ends crash between any two steps, and their former owners go on for a while.
namespace millwright::flow {

/// What is gathered: a real part, and how many readings are in it, late or not.
struct counted_part {
  uint64_t readings = 0;
  facility_part facility;

  void merge(const counted_part& other);
  std::string bytes() const;
  static counted_part of(std::string_view bytes);
};

/// A log of readings, and what owners of its shard have decided while they read it.
struct source_log {
  std::vector<reading> readings;
  std::vector<uint32_t> sensors;
  /// From that position on the sensors count in facilities that are shifted by so many.
  std::map<uint64_t, uint32_t> decisions;
};

struct world_shape {
  uint16_t sources = 3, receivers = 2;
  uint32_t facilities = 4;
  size_t readings = 80, steps = 1200;
  flow_limits limits;
  /// Of a hundred.
  unsigned lost = 15, repeated = 10, crashes = 1;
};

class world {
public:
  world(uint64_t seed, world_shape shape);

  /// Anything happens.
  void chaos();
  /// The network heals and nobody crashes any more; former owners live on. True: what people see is what was read.
  bool shows_what_was_read();
  /// Everything is read, committed and acknowledged. False: it does not come to an end.
  bool comes_to_rest();

  /// All final rows, sorted; windows that are open at the end are closed first.
  std::vector<std::string> rows();
  /// From the definitions.
  std::vector<std::string> plain_rows() const;

  /// What went wrong on the way; empty where nothing did.
  const std::string& broken() const { return broken_; }

  uint64_t crashes = 0, closed_on_the_way = 0, most_kept = 0;

private:
  struct source_state {
    uint64_t position = 0, barrier = 0;
    event_time time = never;
    std::map<uint16_t, std::string> kept;
  };
  struct live_source {
    uint64_t epoch = 0;
    bool fenced = false;
    source_state at;
    std::map<uint64_t, uint32_t> decisions;
    std::map<uint16_t, std::unique_ptr<part_sender>> senders;
    std::map<uint32_t, counted_part> gathered;
    std::map<uint32_t, uint64_t> newest;
    std::deque<source_state> cut;
    uint64_t told = 0;
  };
  struct receiver_state {
    uint64_t barrier = 0;
    std::string stored;
    std::map<uint32_t, std::string> models;
    std::map<uint32_t, uint64_t> readings;
    std::map<uint16_t, uint64_t> taken;
    std::vector<std::string> rows;
  };
  struct live_receiver {
    uint64_t epoch = 0;
    bool fenced = false;
    std::unique_ptr<part_receiver> end;
    receiver_state at;
    std::map<uint32_t, std::unique_ptr<facility_model>> models;
    std::deque<receiver_state> cut;
    uint64_t told = 0;
  };
  struct packet {
    bool to_receiver = true;
    uint16_t to = 0;
    std::string bytes;
  };

  uint64_t chance(uint64_t n) { return random_() % n; }
  void fail(std::string what);
  uint32_t facility_of(const source_log& log, const std::map<uint64_t, uint32_t>& decisions, uint64_t position) const;
  uint64_t count(uint16_t source, uint64_t upto, const std::map<uint64_t, uint32_t>& decisions,
                 uint16_t receiver) const;

  std::unique_ptr<live_source> source_from(uint16_t number);
  std::unique_ptr<live_receiver> receiver_from(uint16_t number);
  void crash_source(uint16_t number);
  void crash_receiver(uint16_t number);

  void read(uint16_t number, live_source& of);
  void decide(uint16_t number, live_source& of);
  void show(live_source& of);
  void cut(uint16_t number, live_source& of);
  void commit(uint16_t number, live_source& of);
  void send(uint16_t number, live_source& of);
  void cut(uint16_t number, live_receiver& of);
  void commit(uint16_t number, live_receiver& of);
  void answer(uint16_t number, live_receiver& of);
  void post(packet next);
  void deliver();
  void deliver_all();
  void check_bounds();
  std::map<uint32_t, uint64_t> seen() const;

  const world_shape shape_;
  std::mt19937_64 random_;
  milliseconds now_{0};
  bool healed_ = false;
  std::string broken_;
  std::vector<std::vector<sensor_context>> contexts_;
  sensor_type type_;
  std::vector<uint16_t> source_numbers_;
  std::vector<source_log> logs_;
  std::vector<source_state> source_disk_;
  std::vector<receiver_state> receiver_disk_;
  std::vector<uint64_t> source_epochs_, receiver_epochs_;
  std::vector<std::unique_ptr<live_source>> sources_;
  std::vector<std::unique_ptr<live_receiver>> receivers_;
  std::vector<std::pair<uint16_t, std::unique_ptr<live_source>>> old_sources_;
  std::vector<std::pair<uint16_t, std::unique_ptr<live_receiver>>> old_receivers_;
  /// Readings for a receiver up to a committed barrier of a source.
  std::map<std::tuple<uint16_t, uint16_t, uint64_t>, uint64_t> behind_;
  std::vector<packet> network_;
};

} // namespace millwright::flow
