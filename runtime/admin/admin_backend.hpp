#pragma once

#include "protocol/actors.hpp"
#include "protocol/alarm_questions.hpp"
#include "protocol/sensor_questions.hpp"
#include "runtime/admin/explain_answer.hpp"
#include "runtime/admin/maintenance_request.hpp"
#include "runtime/admin/plant_answer.hpp"
#include "runtime/admin/sensor_word_request.hpp"
#include "runtime/admin/status_view.hpp"
#include "runtime/hosting/actor_tree.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/ledger/ledger.hpp"

#include <functional>
#include <vector>

namespace millwright {

/// What people's questions are answered from. All of it is called from several threads at a time, may take a while,
/// and may throw `failure`, whose text the person gets.
struct admin_backend {
  ledger* results = nullptr;
  journal* pages = nullptr;
  std::function<alarm_list(const list_alarms&)> alarms;
  std::function<acknowledge_answer(const acknowledge_alarm&)> acknowledge;
  std::function<status_view()> status;
  std::function<sensor_list(const sensor_filter&)> sensors = {};
  std::function<sensors_forgotten(const sensor_filter&)> forget = {};
  /// 0 minutes: as the node's settings say.
  std::function<load_report(uint32_t minutes)> load = {};
  /// So many of the newest, oldest first.
  std::function<load_history_answer(uint32_t most)> load_samples = {};
  plant_source plant = {};
  /// Every actor of the node by name.
  actor_tree* tree = nullptr;
  maintenance_noter maintain = {};
  /// Shelves and notes.
  std::function<handle_answer(const handle_alarms&)> handle = {};
  /// What is shelved, the next to end first.
  std::function<std::vector<alarm_shelf>()> shelves = {};
  explain_source explain = {};
  sensor_word_noter say = {};
};

} // namespace millwright
