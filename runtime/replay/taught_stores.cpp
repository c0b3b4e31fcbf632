#include "runtime/replay/taught_stores.hpp"

#include "actors/sensor/sensor_model.hpp"
#include "protocol/failure.hpp"
#include "protocol/plain_path.hpp"
#include "runtime/hosting/sleeping_sensors.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/journal/paired_stores.hpp"
#include "runtime/ledger/taught_by.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace millwright {

namespace fs = std::filesystem;

namespace {

constexpr size_t sensors_a_commit = 50'000;

// Before a long run, with what to do.
const std::string& free_place(const std::string& path, std::string_view what) {
  std::error_code error;
  if (fs::exists(path, error) && !(fs::is_directory(path, error) && fs::is_empty(path, error)))
    throw failure{failure_code::bad_configuration, path,
                  fmt::format("there is {} already, and what recordings teach goes into a new ledger with a new alarm "
                              "journal: move both away that are there, or name other places with --set "
                              "ledger.path=PATH, and alarms.path where that is set",
                              what)};
  return path;
}

std::string journal_of(const node_settings& settings) {
  return settings.alarms.path.empty() ? plain_path(settings.ledger.path) + "-alarms" : plain_path(settings.alarms.path);
}

} // namespace

std::vector<taught_sensor> taught_by(const newest_states& states, const rule_book& book, event_time end) {
  std::vector<std::pair<std::string, taught_sensor>> by_key;
  states.each([&](const sensor_key& key, std::string_view state) {
    sensor_model model{book};
    if (!model.decode(state))
      return;
    auto learned = model.learned();
    if (learned.last == never)
      return;
    learned.last = std::min(learned.last, end);
    model.end_lessons(end);
    auto& made = by_key.emplace_back(ledger_key(key), taught_sensor{key, {}, learned});
    model.encode(made.second.state);
  });
  std::sort(by_key.begin(), by_key.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<taught_sensor> out;
  out.reserve(by_key.size());
  for (auto& each : by_key)
    out.push_back(std::move(each.second));
  return out;
}

taught_stores::taught_stores(const node_settings& settings)
    : ledger_path_{free_place(plain_path(settings.ledger.path), "a ledger")},
      journal_path_{free_place(journal_of(settings), "an alarm journal")}, ledger_place_{ledger_path_},
      journal_place_{journal_path_}, ledger_{std::make_unique<lmdb_ledger>(ledger_place_.working(), settings.ledger)} {
  lmdb_journal made{{.directory = journal_place_.working()}};
  keep_paired(*ledger_, ledger_path_, made, journal_path_);
}

// Each sleeps, and no split is its own, until it speaks: so nobody waits for a sensor that the live source does not
// have, and whichever split it speaks in is its home.
bool taught_stores::keep(std::vector<taught_sensor> sensors, const std::string& by, const std::function<bool()>& stop) {
  uint64_t number = 0;
  for (size_t from = 0; from < sensors.size(); from += sensors_a_commit) {
    if (stop && stop())
      return false;
    const size_t to = std::min(sensors.size(), from + sensors_a_commit);
    ledger_commit batch;
    batch.number = ++number;
    std::vector<std::string> keys;
    keys.reserve(to - from);
    for (size_t i = from; i < to; ++i) {
      keys.push_back(ledger_key(sensors[i].key));
      batch.sensors.push_back({keys.back(), sensors[i].state});
      batch.node.emplace_back(name_of_sleeper(sensors[i].key), encode(sleeping_sensor{no_split}));
    }
    if (to == sensors.size())
      batch.node.emplace_back(std::string{taught_by_entry}, by);
    ledger_->commit(batch);
  }
  ledger_.reset();
  if (stop && stop())
    return false;
  // The journal first: a ledger without it would be taken for one that lost its alarms.
  journal_place_.finish();
  try {
    ledger_place_.finish();
  } catch (const failure&) {
    std::error_code ignored;
    fs::remove_all(journal_path_, ignored);
    throw;
  }
  return true;
}

} // namespace millwright
