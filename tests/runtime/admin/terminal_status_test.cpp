#include "runtime/admin/terminal_status.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace terminal_status_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

/// So much of a terminal as the status uses: lines, moving up, clearing downwards. Lines wider than it wrap.
class small_terminal {
public:
  int columns = 80, rows = 24;

  void write(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') {
        if (++line_ == screen_.size())
          screen_.emplace_back();
      } else if (text[i] == '\x1b') {
        REQUIRE(text[++i] == '[');
        size_t number = 0;
        while (std::isdigit(static_cast<unsigned char>(text[++i])))
          number = number * 10 + static_cast<size_t>(text[i] - '0');
        if (text[i] == 'A') {
          REQUIRE(number <= line_);
          REQUIRE(number < static_cast<size_t>(rows));
          line_ -= number;
        } else if (text[i] == 'J') {
          screen_.resize(line_ + 1);
          screen_.back().clear();
        } else {
          REQUIRE(text[i] == 'm');
        }
      } else if (text[i] != '\r') {
        screen_[line_] += text[i];
      }
    }
  }

  /// As terminals do it: what no longer fits goes on in the next row.
  void narrow(int to) {
    columns = to;
    std::vector<std::string> rows;
    for (const auto& each : screen_)
      for (size_t at = 0; at == 0 || at < each.size(); at += static_cast<size_t>(to))
        rows.push_back(each.substr(at, static_cast<size_t>(to)));
    screen_ = rows;
    line_ = screen_.size() - 1;
  }

  size_t count(const std::string& part) const {
    return static_cast<size_t>(
        std::count_if(screen_.begin(), screen_.end(), [&](const auto& x) { return x.find(part) != x.npos; }));
  }
  size_t line_of(const std::string& part) const {
    return static_cast<size_t>(
        std::find_if(screen_.begin(), screen_.end(), [&](const auto& x) { return x.find(part) != x.npos; }) -
        screen_.begin());
  }
  size_t lines() const { return screen_.size(); }

private:
  std::vector<std::string> screen_{1};
  size_t line_ = 0;
};

status_screen screen_on(small_terminal& terminal, bool is_terminal = true) {
  return {[&terminal](std::string_view text) {
            terminal.write(text);
            return true;
          },
          [&terminal] {
            return status_screen::extent{terminal.columns, terminal.rows};
          },
          is_terminal, false};
}

const terminal_status::clock::time_point start{};

} // namespace

TEST_CASE("the block is drawn over, and pages stay above it") {
  small_terminal terminal;
  terminal_status status{screen_on(terminal)};
  for (int i = 0; i < 5; ++i)
    status.show({}, start + i * 500ms);
  CHECK(terminal.count("millwright  ok") == 1);
  status.print_page("critical limit: TI-101");
  status.print_page("high rate: TI-102");
  status.show({}, start + 3s);
  CHECK(terminal.count("millwright  ok") == 1);
  CHECK(terminal.line_of("TI-101") == 0);
  CHECK(terminal.line_of("TI-102") == 1);
  CHECK(terminal.line_of("millwright  ok") == 2);
  status.finish({}, start + 4s);
  status.print_page("late");
  CHECK(terminal.count("millwright  ok") == 1);
  CHECK(terminal.line_of("late") > terminal.line_of("Ctrl-C"));
}

TEST_CASE("a page before the first block is only printed") {
  small_terminal terminal;
  terminal_status status{screen_on(terminal)};
  status.print_page("early");
  CHECK(terminal.lines() == 2);
  status.show({}, start);
  CHECK(terminal.line_of("early") == 0);
}

TEST_CASE("a terminal that changes its size keeps one block") {
  small_terminal terminal;
  terminal.columns = 120;
  terminal_status status{screen_on(terminal)};
  status.show({}, start);
  for (const int columns : {40, 31, 100}) {
    terminal.narrow(columns);
    status.show({}, start + 1s);
    CHECK(terminal.count("millwright  ok") == 1);
    CHECK(terminal.count("readings") == 1);
  }
  terminal.rows = 5;
  small_terminal low;
  low.rows = 5;
  terminal_status small{screen_on(low)};
  small.show({}, start);
  small.show({}, start + 1s);
  CHECK(low.count("millwright  ok") == 1);
  CHECK(low.lines() == 5);
}

TEST_CASE("rates are those of the last five seconds") {
  small_terminal terminal;
  terminal_status status{screen_on(terminal)};
  status_view view;
  for (int i = 0; i <= 20; ++i) {
    view.taken = static_cast<uint64_t>(i <= 10 ? i * 1000 : 10'000 + (i - 10) * 500);
    view.judged = view.taken / 2;
    status.show(view, start + i * 500ms);
  }
  CHECK(terminal.count("1,000/s in   500/s judged") == 1);
}

TEST_CASE("without a terminal there is a line in ten seconds, and each page") {
  small_terminal terminal;
  terminal_status status{screen_on(terminal, false)};
  for (int i = 0; i < 50; ++i)
    status.show({}, start + i * 500ms);
  CHECK(terminal.count("ok, up") == 3);
  status.print_page("critical limit: TI-101");
  CHECK(terminal.count("TI-101") == 1);
  status.finish({}, start + 26s);
  CHECK(terminal.count("ok, up") == 4);
}

TEST_CASE("pages may be printed from many threads") {
  small_terminal terminal;
  terminal_status status{screen_on(terminal)};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        status.print_page("page");
    });
  for (int i = 0; i < 50; ++i)
    status.show({}, start + i * 10ms);
  for (auto& each : threads)
    each.join();
  CHECK(terminal.count("page") >= 200);
  CHECK(terminal.count("millwright  ok") == 1);
}

TEST_CASE("a terminal that takes nothing now gets no block, and a page says whether it was written") {
  small_terminal terminal;
  bool takes = true, ready = false;
  auto screen = screen_on(terminal);
  screen.ready = [&] { return ready; };
  screen.write = [&](std::string_view text) {
    if (takes)
      terminal.write(text);
    return takes;
  };
  terminal_status status{screen};
  status.show({}, start);
  CHECK(terminal.count("millwright  ok") == 0);
  CHECK(status.print_page("critical limit: TI-101"));
  CHECK(terminal.count("TI-101") == 1);
  CHECK(terminal.count("millwright  ok") == 0);
  takes = false;
  CHECK_FALSE(status.print_page("high rate: TI-102"));
  takes = ready = true;
  CHECK(status.print_page("high rate: TI-102"));
  CHECK(terminal.count("TI-102") == 1);
  CHECK(terminal.count("millwright  ok") == 1);
}

} // namespace terminal_status_test
