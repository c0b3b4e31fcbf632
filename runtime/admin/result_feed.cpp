#include "runtime/admin/result_feed.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr size_t piece_bytes = 1 << 20;

template <class Take>
void for_each_line(std::string_view lines, Take take) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    take(lines.substr(0, end));
    lines.remove_prefix(end);
  }
}

class ledger_feed final : public result_feed {
public:
  ledger_feed(const results_request& request, ledger& where, const std::function<bool()>& stopped)
      : kind_{request.kind}, filter_{request.sensor, request.facility}, where_{where} {
    // Not to skip a row that is committed while the search goes on, the counting ends where the newest stood.
    const auto newest = where_.before_newest(kind_, 0);
    at_ = newest;
    if (request.last == 0)
      return;
    for (uint64_t rows = request.last;; rows = std::min(rows * 8, most_searched)) {
      const auto from = where_.before_newest(kind_, rows);
      const auto found = count(from, newest, stopped);
      const bool all = from == result_cursor{} || !request.filtered() || rows >= most_searched || stopped();
      if (found < request.last && !all)
        continue;
      at_ = from;
      skip_ = found - std::min(found, request.last);
      return;
    }
  }

  bool next(std::string& out, size_t most_bytes) override {
    const auto before = at_;
    at_ = where_.read_results(kind_, at_, most_bytes, [&](result_cursor, const result_block& block) {
      if (filter_.takes_all() && skip_ == 0) {
        out += block.lines;
        return;
      }
      for_each_line(block.lines, [&](std::string_view line) {
        if (!filter_.takes(line))
          return;
        if (skip_ > 0)
          --skip_;
        else
          out += line;
      });
    });
    return at_ != before;
  }

private:
  /// Rows in (from, to] that the filter takes.
  uint64_t count(result_cursor from, result_cursor to, const std::function<bool()>& stopped) {
    uint64_t found = 0;
    while (from < to && !stopped()) {
      const auto before = from;
      from = where_.read_results(kind_, from, piece_bytes, [&](result_cursor at, const result_block& block) {
        if (at > to)
          return;
        if (filter_.takes_all())
          found += block.rows;
        else
          for_each_line(block.lines, [&](std::string_view line) { found += filter_.takes(line); });
      });
      if (from == before)
        break;
    }
    return found;
  }

  result_kind kind_;
  row_filter filter_;
  ledger& where_;
  result_cursor at_;
  /// Rows of the first blocks that are too old.
  uint64_t skip_ = 0;
};

class notification_feed final : public result_feed {
public:
  notification_feed(uint64_t last, journal& pages) : pages_{pages}, at_{pages.cursor_before_newest(last)} {}

  bool next(std::string& out, size_t most_bytes) override {
    const auto some = pages_.notifications(at_, std::clamp<size_t>(most_bytes / 256, 1, 1000));
    for (const auto& each : some) {
      append_notification_json(out, each.what);
      out += '\n';
      at_ = each.cursor;
    }
    return !some.empty();
  }

private:
  journal& pages_;
  uint64_t at_;
};

/// Counters are sums, not events: all of them, then those that have changed.
class count_feed final : public result_feed {
public:
  explicit count_feed(ledger& where) : where_{where} {}

  bool next(std::string& out, size_t) override {
    bool changed = false;
    for (const auto& [name, count] : where_.load().counters) {
      const auto known = shown_.find(name);
      if (known != shown_.end() && known->second == count)
        continue;
      shown_[name] = count;
      changed = true;
      json_object{out}
          .text("counter", name.first)
          .text_or_null("label", name.second)
          .integer("count", static_cast<int64_t>(count))
          .close();
      out += '\n';
    }
    return changed;
  }

private:
  ledger& where_;
  std::map<std::pair<std::string, std::string>, uint64_t> shown_;
};

} // namespace

std::unique_ptr<result_feed> open_feed(const results_request& request, ledger& where, journal& pages,
                                       const std::function<bool()>& stopped) {
  if (request.kind == result_kind::notifications)
    return std::make_unique<notification_feed>(request.last, pages);
  if (request.kind == result_kind::counts)
    return std::make_unique<count_feed>(where);
  return std::make_unique<ledger_feed>(request, where, stopped);
}

} // namespace millwright
