#include "runtime/entry/sweep_pace.hpp"

#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace sweep_pace_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);

/// Lines of two splits, each handed over once.
class two_splits : public source {
public:
  explicit two_splits(std::vector<std::pair<uint16_t, std::string>> lines) : lines_{std::move(lines)} {}

  std::function<bool()> may_end;

  std::string identity() override { return "two"; }
  const std::vector<std::string>& splits() const override { return names_; }
  void start(const std::map<std::string, uint64_t>& positions) override {
    for (size_t i = 0; i < names_.size(); ++i)
      if (const auto known = positions.find(names_[i]); known != positions.end())
        from_[i] = known->second;
  }
  void poll(record_batch& batch, size_t, milliseconds) override {
    batch.clear();
    buffers_.clear();
    for (size_t i = 0; i < 10 && next_ < lines_.size(); ++i, ++next_) {
      const auto& [split, line] = lines_[next_];
      raw_record record;
      record.split = split;
      record.position = positions_[split]++;
      if (record.position < from_[split])
        continue;
      record.size = static_cast<uint32_t>(line.size());
      buffers_.push_back(line + std::string(64, '\0'));
      batch.records.push_back(record);
    }
    for (size_t i = 0; i < buffers_.size(); ++i)
      batch.records[i].data = buffers_[i].data();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  bool finished() const override { return next_ >= lines_.size() && may_end(); }

private:
  std::vector<std::pair<uint16_t, std::string>> lines_;
  std::vector<std::string> names_{"fast/0", "slow/0"};
  uint64_t positions_[2] = {0, 0}, from_[2] = {0, 0};
  size_t next_ = 0;
  std::vector<std::string> buffers_;
};

using lines = std::vector<std::pair<uint16_t, std::string>>;

/// A second's readings of both splits' other sensors, from one second to another, and what `more` adds.
template <class More>
lines two_that_speak(int from, int to, More more) {
  lines out;
  for (int second = from; second < to; ++second) {
    more(out, second);
    for (const uint16_t split : {0, 1})
      out.emplace_back(split, reading_line("speaks-" + std::to_string(split), start + second * 1s, 20 + second % 3));
  }
  return out;
}

/// Whether a node that takes these finds a sensor silent: behind the last one as long as `patience`.
bool falls_silent(const node_directory& here, const lines& all, const std::string& sensor,
                  std::chrono::steady_clock::duration patience = 20s) {
  auto readings = std::make_unique<two_splits>(all);
  auto* const handed = readings.get();
  auto host = std::make_unique<node>(here.settings(), channel_surroundings{}, std::move(readings));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool found = false;
  handed->may_end = [&] {
    found = !host->board()
                 ->find([&](const alarm_record& x) {
                   return x.raise.condition.which == rule::stale && x.raise.condition.sensor.text == sensor;
                 })
                 .empty();
    return found || std::chrono::steady_clock::now() > deadline;
  };
  host->run();
  return found;
}

} // namespace

TEST_CASE("quiet sensors are swept when any split has moved on, each by its own clock") {
  sweep_pace pace{10s};
  CHECK(pace.moved(0, 0ms));
  CHECK(pace.moved(1, 0ms));
  pace.begun(0, 3600s);
  pace.begun(1, 5s);
  CHECK_FALSE(pace.moved(0, 3609s));
  CHECK_FALSE(pace.moved(1, 14s));
  CHECK(pace.moved(1, 15s));
  // Its log was made anew.
  CHECK(pace.moved(0, 0s));
}

TEST_CASE("a sensor's silence is found though another split, now silent, was an hour ahead") {
  lines all{{0, reading_line("ahead", start + 1h, 20)}};
  for (int second = 0; second < 900; ++second) {
    if (second < 60)
      all.emplace_back(1, reading_line("quiet", start + second * 1s, 20 + second % 3));
    all.emplace_back(1, reading_line("speaks", start + second * 1s, 20 + second % 3));
  }
  node_directory here;
  CHECK(falls_silent(here, all, "quiet"));
}

TEST_CASE("a sensor in two splits is silent though its newest reading came in the other one") {
  // Gateways that take turns; partitions that were added; gateways that repeat each other, the other one ahead.
  for (const std::string how : {"in turn", "at last", "both"}) {
    CAPTURE(how);
    node_directory here;
    auto all = two_that_speak(0, 900, [&](lines& out, int second) {
      if (second >= 60)
        return;
      const auto line = reading_line("quiet", start + second * 1s, 20 + second % 3);
      if (how == "in turn")
        out.emplace_back(second % 2, line);
      if (how == "at last")
        out.emplace_back(second < 57 ? 0 : 1, line);
      if (how == "both")
        for (const uint16_t split : {1, 0})
          if (second > 0 || split == 0)
            out.emplace_back(split, line);
    });
    CHECK(falls_silent(here, all, "quiet"));
  }
}

TEST_CASE("a sensor in two splits is silent though one of them says nothing more") {
  node_directory here;
  lines all;
  for (int second = 0; second < 900; ++second) {
    if (second < 60)
      all.emplace_back(second % 2, reading_line("quiet", start + second * 1s, 20 + second % 3));
    all.emplace_back(1, reading_line("speaks", start + second * 1s, 20 + second % 3));
  }
  CHECK(falls_silent(here, all, "quiet"));
}

TEST_CASE("a sensor in two splits is silent behind a restart, whichever of them had its newest reading") {
  for (const int more : {0, 1}) {
    CAPTURE(more);
    node_directory here;
    auto all = two_that_speak(0, 65, [](lines& out, int second) {
      if (second < 60)
        out.emplace_back(second % 2, reading_line("quiet", start + second * 1s, 20 + second % 3));
    });
    CHECK_FALSE(falls_silent(here, all, "quiet", 0s));
    const auto rest = two_that_speak(65, 900, [&](lines& out, int second) {
      if (second < 65 + more)
        out.emplace_back(0, reading_line("quiet", start + second * 1s, 20));
    });
    all.insert(all.end(), rest.begin(), rest.end());
    CHECK(falls_silent(here, all, "quiet"));
  }
}

} // namespace sweep_pace_test
