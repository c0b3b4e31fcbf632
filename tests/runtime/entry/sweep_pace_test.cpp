#include "runtime/entry/sweep_pace.hpp"

#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <utility>

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
  void start(const std::map<std::string, uint64_t>&) override {}
  void poll(record_batch& batch, size_t, milliseconds) override {
    batch.clear();
    buffers_.clear();
    for (size_t i = 0; i < 10 && next_ < lines_.size(); ++i, ++next_) {
      const auto& [split, line] = lines_[next_];
      raw_record record;
      record.split = split;
      record.position = positions_[split]++;
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
  uint64_t positions_[2] = {0, 0};
  size_t next_ = 0;
  std::vector<std::string> buffers_;
};

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
  node_directory here;
  std::vector<std::pair<uint16_t, std::string>> lines;
  lines.emplace_back(0, reading_line("ahead", start + 1h, 20));
  for (int second = 0; second < 900; ++second) {
    if (second < 60)
      lines.emplace_back(1, reading_line("quiet", start + second * 1s, 20 + second % 3));
    lines.emplace_back(1, reading_line("speaks", start + second * 1s, 20 + second % 3));
  }
  auto readings = std::make_unique<two_splits>(lines);
  auto* const handed = readings.get();
  auto host = std::make_unique<node>(here.settings(), channel_surroundings{}, std::move(readings));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  bool found = false;
  handed->may_end = [&] {
    found = !host->board()
                 ->find([](const alarm_record& x) {
                   return x.raise.condition.which == rule::stale && x.raise.condition.sensor.text == "quiet";
                 })
                 .empty();
    return found || std::chrono::steady_clock::now() > deadline;
  };
  host->run();
  CHECK(found);
}
