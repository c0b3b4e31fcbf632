#pragma once

#include "actors/kit/actor_type.hpp"
#include "actors/kit/hosted_input.hpp"
#include "runtime/barrier/hosted_outcome.hpp"
#include "runtime/hosting/entity_line.hpp"
#include "runtime/hosting/entity_registry.hpp"
#include "runtime/hosting/gathering.hpp"
#include "runtime/hosting/hosted_entity.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Hosts every actor above the sensors: spawns it when its first part comes, leads it past each complete barrier, keeps
/// what its state consists of, begins it anew when it dies, forgets it when it has long been silent.
///
/// At a complete barrier every sensor has answered, so that what its readings add up to is whole: the parts of all
/// threads go to the actors, these answer, and all of it is committed with the barrier. Nothing is sent twice and
/// nothing is lost that way; and a recovery gives an actor the same inputs in the same order.
class hosted_actors : public actor_host {
public:
  struct surroundings {
    caf::actor_system& system;
    const hosted_types& types;
    entity_registry& registry;
    gathering& gathered;
    /// What is committed of it, the whole state and all inputs since, for whoever begins an actor anew; empty in a
    /// replay: there states stay in memory.
    std::function<std::string(const std::string& key)> committed = {};
    /// It died again and again over the same input, which was passed over; `ended`: and has no successor. May be empty.
    std::function<void(const entity_key&, const std::string& reason, bool ended)> troubled = {};
    /// After so long without anything (event time) it is forgotten; 0: never.
    milliseconds retention{0};
  };

  explicit hosted_actors(surroundings given);
  ~hosted_actors() override;

  /// The ledger has it. @param whole_at the barrier of its whole state; 0: not of this run.
  void recover(std::string_view key, uint32_t whole_at);

  /// What people see of those that have not been led past a barrier of this run yet: as they are committed. May take
  /// seconds; beside everything else, until `stop` says so.
  void recall(const std::function<bool()>& stop);

  struct heard_transition {
    const sensor_context* sensor;
    const alarm_transition* transition;
  };
  struct heard_score {
    const sensor_context* sensor;
    sensor_score score;
  };
  /// Leads every actor concerned past a complete barrier. One thread. @param last the end of a replay.
  /// @param scores for the kinds that want to hear them.
  hosted_outcome settle(uint32_t barrier, const time_passed& time, bool last, std::span<const heard_transition> heard,
                        std::span<const heard_score> scores = {});
  /// The barrier is in the ledger. The thread that settles.
  void committed(uint32_t barrier);

  /// What was gathered since goes to those whom people look at. Called now and then, by one thread.
  void refresh();

  /// Any thread.
  std::vector<entity_line> lines() const;
  /// The same without a copy: calls `visit(kind, headline)` for each, while nobody else looks.
  void visit_headlines(const std::function<void(std::string_view kind, const headline&)>& visit) const;
  /// Calls `visit` for each of those numbered from `first` to before `end`, while nobody else looks.
  void visit(uint64_t first, uint64_t end, const std::function<void(const hosted_entity&)>& visit) const;
  /// The page of one of them as a JSON object; none where there is none, or it does not answer in time. Of one that
  /// sleeps since the start as it is committed.
  std::optional<std::string> page(const entity_key& key);
  uint32_t living() const;

  void answered(uint32_t index, uint32_t incarnation, hosted_answer answer) override;

private:
  struct event {
    uint32_t index = 0;
    uint32_t incarnation = 0;
    std::optional<hosted_answer> answer;
    /// Where it died.
    std::string reason;
  };
  struct step {
    uint32_t index = 0;
    /// Without its time, until it is encoded.
    hosted_input input;
    std::string encoded;
    uint32_t deaths = 0;
  };

  std::optional<stored_look> look_at(uint32_t index, const std::string& key) const;
  std::vector<step> steps_of(uint32_t barrier, bool last, std::span<const heard_transition> heard,
                             std::span<const heard_score> scores);
  void grow();
  /// @param time encoded: the same for all.
  void send(step& next, uint32_t barrier, std::string_view time);
  void spawn(uint32_t index);
  void take(step& done, hosted_answer answer, hosted_outcome& out);
  bool bury(step& failed, const std::string& reason, uint32_t barrier, std::string_view time);
  void forget(const time_passed& time, hosted_outcome& out);
  /// Waits for so many: each step under way ends with one.
  std::deque<event> wait_for_events(size_t least);
  void push(event next);

  const surroundings given_;
  /// Guards `entities_`, held for moments.
  mutable std::mutex mutex_;
  std::deque<hosted_entity> entities_;
  std::mutex events_mutex_;
  std::condition_variable happened_;
  std::deque<event> events_;
  /// So many are waited for.
  size_t awaited_ = 1;
  uint32_t living_ = 0;
  /// The newest barrier that was begun to be settled.
  uint32_t begun_ = 0;
  /// Whoever refreshes: slices whose actors there are not yet.
  std::vector<part_gatherer::seen> unseen_;
  /// (barrier, index) of whole states that are not committed.
  std::deque<std::pair<uint32_t, uint32_t>> uncommitted_;
};

} // namespace millwright
