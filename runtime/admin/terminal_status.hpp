#pragma once

#include "runtime/admin/status_view.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Where the status is drawn.
struct status_screen {
  struct extent {
    int columns = 80;
    int rows = 24;
  };

  /// Writes all of it; what cannot be written is dropped.
  std::function<void(std::string_view)> write;
  /// Asked before every drawing.
  std::function<extent()> size;
  /// False: lines only, none of them drawn over.
  bool terminal = false;
  bool colour = false;
};

/// Standard output as it is: a terminal unless TERM is "dumb", colours unless NO_COLOR is set.
status_screen standard_screen();

/// Keeps the status block at the end of what a terminal shows, with the pages scrolling above it. On anything else: a
/// line every ten seconds, and the pages between. The terminal's modes are left alone, so that there is nothing to
/// restore after a crash.
class terminal_status {
public:
  using clock = std::chrono::steady_clock;

  explicit terminal_status(status_screen screen) : screen_{std::move(screen)} {}

  bool colour() const { return screen_.colour; }

  /// Draws the block anew. One thread, about twice a second. Fills in the rates, over the last five seconds.
  void show(status_view view, clock::time_point now);

  /// A line (without line feed) that stays, above the block: a page, or a line of the log. Any thread.
  void print_page(std::string_view line);

  /// The last state of affairs; stays where it is, with the cursor below. Lines printed later come below, too.
  void finish(status_view view, clock::time_point now);

private:
  struct sample {
    clock::time_point at;
    uint64_t taken, judged;
  };

  void fill_rates(status_view& view, clock::time_point now);
  std::string erased() const;
  void draw(std::string before);

  status_screen screen_;
  std::deque<sample> samples_;
  clock::time_point last_line_{};
  bool line_printed_ = false;

  std::mutex drawing_;
  status_view view_;
  bool shown_ = false;
  /// Columns of each line of the block that stands on the screen.
  std::vector<size_t> drawn_;
};

} // namespace millwright
