#pragma once

#include "actors/kit/actor_declaration.hpp"
#include "actors/kit/hosted_model.hpp"
#include "protocol/actors.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a hosted actor answers at a barrier.
struct hosted_answer {
  uint32_t barrier = 0;
  std::vector<hosted_row> rows;
  std::vector<alarm_transition> transitions;
  /// Where it was asked for.
  std::optional<std::string> whole;
  headline line;
  event_time newest = never;
  bool idle = false;
};

/// What hosted actors need of the node. Called from CAF's threads.
class actor_host {
public:
  virtual ~actor_host() = default;

  virtual void answered(uint32_t index, uint32_t incarnation, hosted_answer answer) = 0;
};

/// What the shell of a hosted actor is born with.
struct hosted_start {
  hosted_birth birth;
  actor_host* host = nullptr;
  /// Its number in the node.
  uint32_t index = 0;
  /// Counts the actors that it has had since the node's start.
  uint32_t incarnation = 0;
  /// Empty: nobody has seen it before. Else what the model's `encode` wrote, and every input since, each behind its
  /// length (varint).
  std::string stored;
};

/// What a stored actor would say of itself.
struct stored_look {
  headline line;
  event_time newest = never;
  /// Its page, as a JSON object.
  std::string page;
};

/// A kind of actor, as the node knows it: declared once, by the folder of the actor, and registered by one line in
/// actors/actor_types.cpp.
struct actor_type : actor_declaration {
  /// Appends the things of this kind that readings of such a sensor count in; each with `type` set to the name.
  void (*targets)(const sensor_context&, const actor_settings&, std::vector<entity_key>&) = nullptr;
  /// People look at what is gathered at once, not at the next barrier alone.
  bool seen_at_once = false;

  // Made by `actor_type_of` from the model.
  /// `new_part` looks at key and settings.
  bool parts_are_born = false;
  /// What health models say of its sensors is for it.
  bool hears_scores = false;
  void* (*new_part)(const hosted_birth&) = nullptr;
  void (*delete_part)(void*) = nullptr;
  void (*take)(void* part, const contribution&) = nullptr;
  void (*encode_part)(const void* part, std::string&) = nullptr;
  /// Where its readings differ for it; null: nowhere.
  void (*bounds)(const actor_settings&, tally_bounds&) = nullptr;
  /// Appends a part of these readings, encoded; null: it takes each reading, by the four above.
  void (*gather)(const hosted_birth&, std::span<const sensor_tally* const>, std::string&) = nullptr;
  hosted_actor (*spawn)(caf::actor_system&, hosted_start) = nullptr;
  /// @param stored as of `hosted_start`. None where it cannot be read.
  std::optional<stored_look> (*look)(const hosted_birth&, std::string_view stored) = nullptr;
};

/// In the order of their registration.
std::span<const actor_type* const> registered_actor_types();
/// Adds a kind, which stays for the whole run. Before anything else is done: settings, ledger and results know the
/// kinds that there are when they are first asked for.
void register_actor_type(const actor_type& type);
/// Adds those of actors/actor_types.cpp, once, however often it is called.
void register_built_in_actor_types();

} // namespace millwright
