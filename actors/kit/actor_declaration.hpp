#pragma once

#include "actors/kit/actor_settings.hpp"
#include "protocol/row_schema.hpp"
#include "protocol/sensor_type.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millwright {

/// What a kind of actor is to everybody but its host.
struct actor_declaration {
  /// Of the settings' section (`actors.NAME`), the ledger's keys, people's lists.
  std::string_view name;
  /// In half a sentence, for people.
  std::string_view meaning;
  std::span<const actor_setting> settings;
  /// What is wrong with settings that are right one by one: a sentence for people, empty when nothing is. May be null.
  std::string (*problem)(const actor_settings&) = nullptr;
  /// What these sensor types do not bear, likewise: known where the types are, at the start of a run. May be null.
  std::string (*problem_with_types)(const actor_settings&, std::span<const sensor_type>) = nullptr;
  /// It tells transitions: whoever wants alarms needs its actors.
  bool tells_alarms = false;
  /// It has a shell and a host of its own (sensors): it is in every node and replay, and is not hosted as the others
  /// are.
  bool own_shell = false;
  /// Its windows are seen while they are open.
  bool updates = false;
  /// Its kinds of records.
  std::span<const row_schema* const> rows;
};

/// The kinds of this program, in the order of their registration (actors/kit/actor_type.hpp), which is over before
/// anybody asks.
std::span<const actor_declaration* const> declared_actors();
void declare_actor(const actor_declaration& declaration);

} // namespace millwright
