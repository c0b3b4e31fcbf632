#include "runtime/admin/terminal_status.hpp"

#include "runtime/admin/standard_output.hpp"
#include "runtime/admin/status_block.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "runtime/transport/patient_output.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <unistd.h>

namespace millwright {

namespace {

constexpr auto rates_over = std::chrono::seconds{5};
constexpr auto line_every = std::chrono::seconds{10};
// For the terminal, and for whoever else writes to it.
constexpr milliseconds terminal_patience{2000};

} // namespace

status_screen standard_screen() {
  const char* kind = std::getenv("TERM");
  status_screen out;
  const auto to = std::make_shared<patient_output>(STDOUT_FILENO);
  out.write = [to](std::string_view text) { return to->write(text, terminal_patience) == 0; };
  out.ready = [to] { return to->ready(); };
  out.size = [] {
    const auto now = standard_output_size();
    return status_screen::extent{now.columns, now.rows};
  };
  out.terminal = ::isatty(STDOUT_FILENO) == 1 && kind && std::string_view{kind} != "dumb";
  out.colour = out.terminal && colours_wanted();
  return out;
}

void terminal_status::fill_rates(status_view& view, clock::time_point now) {
  samples_.push_back({now, view.taken, view.judged});
  while (samples_.size() > 2 && now - samples_[1].at >= rates_over)
    samples_.pop_front();
  const auto& first = samples_.front();
  const double seconds = std::chrono::duration<double>(now - first.at).count();
  if (seconds <= 0)
    return;
  const auto rate = [&](uint64_t last, uint64_t before) {
    return last > before ? static_cast<double>(last - before) / seconds : 0.0;
  };
  view.taken_rate = rate(view.taken, first.taken);
  view.judged_rate = rate(view.judged, first.judged);
}

// A terminal that became narrower has wrapped the lines that stand there.
std::string terminal_status::erased() const {
  if (drawn_.empty())
    return {};
  const auto columns = static_cast<size_t>(std::max(1, screen_.size().columns));
  size_t rows = 0;
  for (const auto width : drawn_)
    rows += std::max<size_t>(1, (width + columns - 1) / columns);
  return "\r\x1b[" + std::to_string(rows) + "A\x1b[J";
}

void terminal_status::draw() {
  // The next one will do.
  if (!ready())
    return;
  std::string out = erased();
  drawn_.clear();
  const auto size = screen_.size();
  // Not the last column: some terminals wrap there. Not the whole height: the cursor's line is below the block.
  const int width = std::max(1, size.columns - 1);
  const auto most = static_cast<size_t>(std::max(1, size.rows - 1));
  const auto plain = render_status(view_, width, false);
  const auto block = screen_.colour ? render_status(view_, width, true) : plain;
  for (size_t from = 0, to; drawn_.size() < most && (to = plain.find('\n', from)) != plain.npos; from = to + 1)
    drawn_.push_back(display_width(std::string_view{plain}.substr(from, to - from)));
  size_t end = 0;
  for (size_t i = 0; i < drawn_.size(); ++i)
    end = block.find('\n', end) + 1;
  out.append(block, 0, end);
  // Nobody knows what stands there then: the next block comes below.
  if (!screen_.write(out))
    drawn_.clear();
}

void terminal_status::show(status_view view, clock::time_point now) {
  fill_rates(view, now);
  const std::unique_lock guard{drawing_, terminal_patience};
  if (!guard)
    return;
  if (screen_.terminal) {
    view_ = std::move(view);
    shown_ = true;
    draw();
  } else if ((!line_printed_ || now - last_line_ >= line_every) && ready()) {
    line_printed_ = true;
    last_line_ = now;
    screen_.write(status_line(view) + '\n');
  }
}

// The line goes by itself: what becomes of the block below it is not its business.
bool terminal_status::print_page(std::string_view line) {
  std::string text{line};
  text += '\n';
  const std::unique_lock guard{drawing_, terminal_patience};
  if (!guard)
    return false;
  if (screen_.terminal) {
    text.insert(0, erased());
    drawn_.clear();
  }
  if (!screen_.write(text))
    return false;
  if (screen_.terminal && shown_)
    draw();
  return true;
}

void terminal_status::finish(status_view view, clock::time_point now) {
  fill_rates(view, now);
  const std::unique_lock guard{drawing_, terminal_patience};
  if (!guard)
    return;
  if (!screen_.terminal) {
    if (ready())
      screen_.write(status_line(view) + '\n');
    return;
  }
  view_ = std::move(view);
  draw();
  shown_ = false;
  drawn_.clear();
}

} // namespace millwright
