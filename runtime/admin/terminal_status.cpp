#include "runtime/admin/terminal_status.hpp"

#include "runtime/admin/standard_output.hpp"
#include "runtime/admin/status_block.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace millwright {

namespace {

constexpr auto rates_over = std::chrono::seconds{5};
constexpr auto line_every = std::chrono::seconds{10};

} // namespace

status_screen standard_screen() {
  const char* kind = std::getenv("TERM");
  status_screen out;
  out.write = [](std::string_view text) { write_standard_output(text); };
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

void terminal_status::draw(std::string before) {
  std::string out = erased() + std::move(before);
  drawn_.clear();
  if (shown_) {
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
  }
  screen_.write(out);
}

void terminal_status::show(status_view view, clock::time_point now) {
  fill_rates(view, now);
  const std::lock_guard guard{drawing_};
  if (screen_.terminal) {
    view_ = std::move(view);
    shown_ = true;
    draw({});
  } else if (!line_printed_ || now - last_line_ >= line_every) {
    line_printed_ = true;
    last_line_ = now;
    screen_.write(status_line(view) + '\n');
  }
}

void terminal_status::print_page(std::string_view line) {
  std::string text{line};
  text += '\n';
  const std::lock_guard guard{drawing_};
  if (screen_.terminal)
    draw(std::move(text));
  else
    screen_.write(text);
}

void terminal_status::finish(status_view view, clock::time_point now) {
  fill_rates(view, now);
  const std::lock_guard guard{drawing_};
  if (!screen_.terminal) {
    screen_.write(status_line(view) + '\n');
    return;
  }
  view_ = std::move(view);
  shown_ = true;
  draw({});
  shown_ = false;
  drawn_.clear();
}

} // namespace millwright
