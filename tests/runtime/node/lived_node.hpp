#pragma once

#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/node/node.hpp"
#include "runtime/source/source.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace millwright::testing {

/// Lines of one split that end, as a live source hands them over; what came before a position is not given again.
class lines_source : public source {
public:
  explicit lines_source(std::vector<std::string> lines) : lines_{std::move(lines)} {}

  /// Asked before each line, on the driver's thread: false holds it back.
  std::function<bool(size_t next)> may_go_on = [](size_t) { return true; };
  /// Once all lines were handed over: whether the source has ended.
  std::function<bool()> may_end = [] { return true; };
  size_t at_once = 1000;

  std::string identity() override { return "lines"; }
  const std::vector<std::string>& splits() const override { return names_; }
  void start(const std::map<std::string, uint64_t>& positions) override {
    if (const auto known = positions.find(names_[0]); known != positions.end())
      next_ = static_cast<size_t>(known->second);
  }
  void poll(record_batch& batch, size_t, milliseconds) override {
    batch.clear();
    buffers_.clear();
    for (size_t i = 0; i < at_once && next_ < lines_.size() && may_go_on(next_); ++i, ++next_) {
      raw_record record;
      record.position = next_;
      record.size = static_cast<uint32_t>(lines_[next_].size());
      buffers_.push_back(lines_[next_] + std::string(64, '\0'));
      batch.records.push_back(record);
    }
    if (buffers_.empty())
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    for (size_t i = 0; i < buffers_.size(); ++i)
      batch.records[i].data = buffers_[i].data();
  }
  bool finished() const override { return next_ >= lines_.size() && may_end(); }

private:
  std::vector<std::string> lines_;
  std::vector<std::string> names_{"lines/0"};
  size_t next_ = 0;
  std::vector<std::string> buffers_;
};

/// Fails after 20 s.
template <class Condition>
void await(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

/// A directory for one node, gone at the end.
struct node_directory {
  node_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "lived-node-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~node_directory() { std::filesystem::remove_all(path); }
  node_directory(const node_directory&) = delete;
  node_directory& operator=(const node_directory&) = delete;

  node_settings settings() const {
    node_settings out;
    out.sensor_types = "config/sensor-types.yaml";
    out.ledger.path = path + "/ledger";
    out.ledger.interval = std::chrono::milliseconds{50};
    out.socket = path + "/socket";
    return out;
  }

  /// Rows of a kind in the ledger that a node has left.
  std::vector<std::string> rows(result_kind kind) const {
    lmdb_ledger results{path + "/ledger", {}};
    std::vector<std::string> out;
    results.read_results(kind, {}, SIZE_MAX, [&](result_cursor, const result_block& block) {
      for (auto left = block.lines; !left.empty();) {
        const auto end = left.find('\n');
        out.emplace_back(left.substr(0, end));
        left.remove_prefix(end + 1);
      }
    });
    return out;
  }
  uint64_t counter(const std::string& name, const std::string& label) const {
    lmdb_ledger results{path + "/ledger", {}};
    return results.load().counters[{name, label}];
  }

  std::string path;
};

inline std::string reading_line(const std::string& sensor, event_time at, double value) {
  return fmt::format(R"({{"sensor_id":"{}","facility_id":"plant","timestamp":{},"value":{}}})", sensor, epoch_ms(at),
                     value);
}

} // namespace millwright::testing
