#pragma once

#include "protocol/alarm.hpp"
#include "protocol/failure.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/ledger/memory_ledger.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// A directory that goes with the test.
struct scratch {
  scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "millwright-ledger-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root = name;
    ledger = name + "/ledger";
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() { std::filesystem::remove_all(root); }

  std::string root, ledger;
};

inline ledger_settings small_settings(uint64_t map_bytes = 64 << 20) {
  ledger_settings settings;
  settings.map_bytes = map_bytes;
  return settings;
}

/// The failure that `work` ends with; none when it does not.
template <class Work>
std::optional<failure> failure_of(Work work) {
  try {
    work();
  } catch (const failure& f) {
    return f;
  }
  return std::nullopt;
}

inline bool says(const std::optional<failure>& f, failure_code code, std::string_view words) {
  if (f)
    INFO(f->what());
  return f && f->code() == code && std::string_view{f->what()}.find(words) != std::string_view::npos;
}

/// Runs `work` in a child and returns its exit status; a child that was killed gives 1000 + signal.
template <class Work>
int in_child(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    int status = 99;
    try {
      status = work();
    } catch (...) {
    }
    _exit(status);
  }
  int how = 0;
  waitpid(child, &how, 0);
  return WIFSIGNALED(how) ? 1000 + WTERMSIG(how) : WEXITSTATUS(how);
}

inline alarm_transition transition_of(uint64_t n) {
  alarm_transition x;
  x.condition.facility.text.append("f");
  x.condition.sensor.text.append(std::to_string(n));
  x.condition.which = rule::z;
  x.alarm = alarm_id_of(x.condition, from_epoch_ms(1000), 1);
  x.number = static_cast<uint32_t>(n % 3 + 1);
  x.at = x.raised_at = from_epoch_ms(1000);
  x.position = n;
  return x;
}

inline std::string encoded(const alarm_transition& x) {
  std::string out;
  binary_writer writer{out};
  encode(writer, x);
  return out;
}

/// An actor beside the sensors, as the ledger names it.
inline std::string meter_key(std::string id) {
  return actor_ledger_key({std::string{"meter"}, {std::string{"plant"}}, std::move(id)});
}

/// A whole plant's history as a function of the commit's number, so that what a ledger holds can be compared with what
/// it must hold.
class history {
public:
  /// @param actors beside the sensors, and one more that comes and goes; 0: none at all.
  explicit history(uint64_t sensors = 40, uint64_t actors = 5) : sensors_{sensors}, actors_{actors} {}

  static std::string key(uint64_t i) {
    return ledger_key({{"plant"}, {std::string{"TI-"} + std::to_string(1000 + i)}});
  }
  static std::string actor(uint64_t i) { return meter_key("M-" + std::to_string(i)); }
  bool passes(uint64_t number) const { return actors_ > 0 && number % 5 < 2; }
  static bool changes(uint64_t i, uint64_t number) { return number == 1 || (i * 7 + number) % 3 == 0; }
  static std::string state(uint64_t i, uint64_t number) {
    std::string out = std::string{"state "} + std::to_string(i) + " of " + std::to_string(number) + ' ';
    out.resize(100 + (i * 37 + number * 11) % 700, static_cast<char>('a' + (i + number) % 26));
    return out;
  }
  /// The newest commit up to `number` that has the sensor's whole state.
  static uint64_t whole_at(uint64_t i, uint64_t number) {
    while (number > 1 && !(changes(i, number) && (i + number) % 4 == 0))
      --number;
    return number;
  }
  /// What is read of it behind commit `number`, at which it changed.
  static std::string stored(uint64_t i, uint64_t number) {
    const auto whole = whole_at(i, number);
    return state(i, whole) + (whole == number ? std::string{} : state(i, number));
  }
  static std::string lines(result_kind kind, uint64_t number) {
    std::string out;
    for (uint64_t row = 0; row < 5 + number % 60; ++row)
      out += "{\"kind\":\"" + std::string{name_of(kind)} + "\",\"row\":" + std::to_string(number * 1000 + row) + "}\n";
    return out;
  }

  static std::string split(uint64_t number) { return std::string{"topic/"} + std::to_string(number % 2); }
  static std::string place(uint64_t number) { return split(number) + '\0' + "place"; }

  void commit(ledger& to, uint64_t number) const {
    std::vector<std::string> texts;
    texts.reserve(2 * (sensors_ + actors_) + 6);
    const auto keep = [&](std::string text) -> std::string_view { return texts.emplace_back(std::move(text)); };
    ledger_commit batch;
    batch.number = number;
    batch.splits = {{split(number), std::string{"split of "} + std::to_string(number)},
                    {place(number), std::string{"place of "} + std::to_string(number)}};
    batch.positions = {{"topic/0", number * 100}, {"topic/1", number * 50}};
    for (uint64_t i = 0; i < sensors_; ++i)
      if (changes(i, number))
        batch.sensors.push_back(
            {keep(key(i)), keep(state(i, number)), whole_at(i, number) == number ? 0 : whole_at(i, number)});
    std::vector<result_block> blocks;
    for (uint64_t i = 0; i < actors_; ++i)
      if (changes(i, number))
        batch.actors.push_back(
            {keep(actor(i)), keep(state(i, number)), whole_at(i, number) == number ? 0 : whole_at(i, number)});
    if (passes(number))
      batch.actors.push_back({keep(actor(actors_)), "it passes"});
    else
      batch.forgotten_actors.push_back(actor(actors_));
    for (const auto kind : {result_kind::statistics, result_kind::anomalies}) {
      const auto text = keep(lines(kind, number));
      blocks.push_back({kind, from_epoch_ms(static_cast<int64_t>(number)), from_epoch_ms(2),
                        static_cast<uint32_t>(5 + number % 60), text});
    }
    batch.results = results_of(std::move(blocks));
    batch.transitions = {encoded(transition_of(number))};
    if (number > 2)
      batch.journaled = {{transition_of(number - 2).alarm, transition_of(number - 2).number}};
    batch.counters = {{"accepted", "", number}, {"rejected", "not JSON", 1}};
    batch.node = {{"incarnation", std::to_string(number)}};
    to.commit(batch);
  }

  /// What differs from the history up to commit `number`; empty when nothing does.
  std::string difference(ledger& from, uint64_t number) const {
    const auto got = from.load();
    if (got.number != number)
      return std::string{"number "} + std::to_string(got.number);
    if (number == 0)
      return "";
    if (got.positions != std::map<std::string, uint64_t>{{"topic/0", number * 100}, {"topic/1", number * 50}})
      return "positions";
    std::map<std::string, std::string> splits;
    for (uint64_t n = number > 1 ? number - 1 : 1; n <= number; ++n) {
      splits[split(n)] = std::string{"split of "} + std::to_string(n);
      splits[place(n)] = std::string{"place of "} + std::to_string(n);
    }
    if (got.splits != splits)
      return "splits";
    std::vector<std::string> transitions;
    for (uint64_t n = number > 1 ? number - 1 : 1; n <= number; ++n)
      transitions.push_back(encoded(transition_of(n)));
    if (got.transitions != transitions)
      return "transitions";
    if (got.counters != std::map<std::pair<std::string, std::string>, uint64_t>{
                            {{"accepted", ""}, number * (number + 1) / 2}, {{"rejected", "not JSON"}, number}})
      return "counters";
    if (got.node != std::map<std::string, std::string>{{"incarnation", std::to_string(number)}})
      return "node";
    std::map<std::string, std::string> states, expected;
    from.for_each_sensor([&](auto name, auto state, auto) { states.emplace(name, state); });
    for (uint64_t i = 0; i < sensors_; ++i)
      for (uint64_t n = number; n > 0; --n)
        if (changes(i, n)) {
          expected.emplace(key(i), stored(i, n));
          break;
        }
    if (states != expected)
      return "sensors";
    states.clear();
    from.for_each_actor([&](auto name, auto state, auto) { states.emplace(name, state); });
    expected.clear();
    for (uint64_t i = 0; i < actors_; ++i)
      for (uint64_t n = number; n > 0; --n)
        if (changes(i, n)) {
          expected.emplace(actor(i), stored(i, n));
          break;
        }
    if (passes(number))
      expected.emplace(actor(actors_), "it passes");
    if (states != expected)
      return "actors";
    std::vector<result_block> blocks;
    for (const auto kind : {result_kind::statistics, result_kind::anomalies}) {
      std::string all, whole;
      from.read_results(kind, {}, ~size_t{0}, [&](auto, const auto& block) { all += block.lines; });
      for (uint64_t n = 1; n <= number; ++n)
        whole += lines(kind, n);
      if (all != whole)
        return "results";
    }
    return "";
  }

private:
  uint64_t sensors_, actors_;
};

} // namespace millwright
