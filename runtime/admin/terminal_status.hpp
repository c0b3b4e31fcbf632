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

  /// Writes all of it, and says whether it has. Waits a few seconds at most for who takes it.
  std::function<bool(std::string_view)> write;
  /// Asked before every drawing.
  std::function<extent()> size;
  /// False: lines only, none of them drawn over.
  bool terminal = false;
  bool colour = false;
  /// Something can be written without waiting; none: always.
  std::function<bool()> ready = {};
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

  /// Draws the block anew; leaves it out where the terminal takes nothing now. One thread, about twice a second. Fills
  /// in the rates, over the last five seconds.
  void show(status_view view, clock::time_point now);

  /// A line (without line feed) that stays, above the block: a page, or a line of the log. Any thread; waits a few
  /// seconds at most for a terminal that is frozen. Whether it was written.
  bool print_page(std::string_view line);

  /// The last state of affairs; stays where it is, with the cursor below. Lines printed later come below, too.
  void finish(status_view view, clock::time_point now);

private:
  struct sample {
    clock::time_point at;
    uint64_t taken, judged;
  };

  void fill_rates(status_view& view, clock::time_point now);
  bool ready() const { return !screen_.ready || screen_.ready(); }
  std::string erased() const;
  void draw();

  status_screen screen_;
  std::deque<sample> samples_;
  clock::time_point last_line_{};
  bool line_printed_ = false;

  std::timed_mutex drawing_;
  status_view view_;
  bool shown_ = false;
  /// Columns of each line of the block that stands on the screen.
  std::vector<size_t> drawn_;
};

} // namespace millwright
