#include "runtime/figures/page_rates.hpp"

#include "tests/random_runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace page_rates_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

// On the hour.
constexpr event_time noon = from_epoch_ms(1'800'000'000'000);

std::vector<event_time> at_minutes(const std::vector<int>& minutes) {
  std::vector<event_time> out;
  for (const int each : minutes)
    out.push_back(noon + std::chrono::minutes{each});
  return out;
}

uint64_t within_ten(const std::vector<event_time>& pages, event_time until) {
  return static_cast<uint64_t>(
      std::count_if(pages.begin(), pages.end(), [&](event_time x) { return x > until - 10min && x <= until; }));
}

/// Second by second.
page_rates naive(const std::vector<event_time>& pages, event_time from, event_time to, uint64_t operators) {
  page_rates out;
  bool flooded = false;
  for (auto now = from; now <= to; now += 1s) {
    const auto count = within_ten(pages, now);
    const auto fresh = static_cast<uint64_t>(std::count(pages.begin(), pages.end(), now));
    if (count > out.worst) {
      out.worst = count;
      out.worst_at = now;
    }
    if (!flooded && count > 10 * operators) {
      out.floods.push_back({now, to, count, count});
      flooded = true;
    } else if (flooded && count < 5 * operators) {
      out.floods.back().to = now;
      flooded = false;
    } else if (flooded) {
      out.floods.back().pages += fresh;
      out.floods.back().worst = std::max(out.floods.back().worst, count);
    }
  }
  for (auto begin = align_down(from, 10min); begin < to || begin == align_down(from, 10min); begin += 10min) {
    ++out.periods;
    out.periods_over += static_cast<uint64_t>(std::count_if(pages.begin(), pages.end(), [&](event_time x) {
                          return x >= begin && x < begin + 10min;
                        })) > 10 * operators;
  }
  return out;
}

} // namespace

TEST_CASE("an hour with six pages is one in ten minutes, for two operators half") {
  const auto pages = at_minutes({5, 15, 16, 17, 35, 55});
  const auto one = rates_of(pages, noon, noon + 1h, 1);
  CHECK(one.average == doctest::Approx(1));
  CHECK(one.periods == 6);
  CHECK(one.periods_over == 0);
  CHECK(one.worst == 3);
  CHECK(one.worst_at == noon + 17min);
  CHECK(one.floods.empty());
  CHECK(one.flooded() == 0ms);
  CHECK(rates_of(pages, noon, noon + 1h, 2).average == doctest::Approx(0.5));
}

TEST_CASE("no page, and no time") {
  const auto none = rates_of({}, noon, noon, 1);
  CHECK(none.average == 0);
  CHECK(none.periods == 1);
  CHECK(none.worst == 0);
  CHECK(none.worst_at == never);
  CHECK(rates_of({noon}, noon, noon, 1).average == doctest::Approx(1));
}

TEST_CASE("the eleventh page within ten minutes begins a flood, the fifth that is left keeps it up") {
  // Eleven, a second apart; then one a minute and a half for half an hour.
  std::vector<event_time> pages;
  for (int i = 0; i < 11; ++i)
    pages.push_back(noon + 5min + std::chrono::seconds{i});
  for (int i = 1; i <= 20; ++i)
    pages.push_back(noon + 5min + 90s * i);
  const auto rates = rates_of(pages, noon, noon + 2h, 1);
  REQUIRE(rates.floods.size() == 1);
  const auto& flood = rates.floods.front();
  CHECK(flood.from == noon + 5min + 10s);
  // The last comes at 35 min; four are left when that of 29 min has left.
  CHECK(flood.to == noon + 39min);
  CHECK(flood.pages == 31);
  CHECK(flood.worst == 17);
  CHECK(rates.flooded() == 33min + 50s);
  CHECK(rates.worst == 17);
  // 12:00 to 12:10 alone has more than ten.
  CHECK(rates.periods == 12);
  CHECK(rates.periods_over == 1);
  CHECK(rates_of(pages, noon, noon + 2h, 2).floods.empty());
}

TEST_CASE("ten pages within ten minutes are no flood, nor are eleven in just over that") {
  std::vector<event_time> pages;
  for (int i = 0; i < 11; ++i)
    pages.push_back(noon + 1min * i);
  CHECK(rates_of(pages, noon, noon + 1h, 1).floods.empty());
  CHECK(rates_of(pages, noon, noon + 1h, 1).worst == 10);
  pages.back() -= 1s;
  CHECK(rates_of(pages, noon, noon + 1h, 1).floods.size() == 1);
}

TEST_CASE("rates are those of a plain count, second by second") {
  for (uint64_t seed = 1; seed <= random_runs(60); ++seed) {
    std::mt19937_64 random{seed};
    const auto draw = [&](uint64_t below) { return random() % below; };
    const uint32_t operators = 1 + static_cast<uint32_t>(draw(3));
    const auto from = noon + std::chrono::seconds{draw(900)}, to = from + std::chrono::seconds{draw(9000)};
    std::vector<event_time> pages;
    auto at = from;
    for (;;) {
      // Quiet times and storms.
      at += std::chrono::seconds{draw(3) == 0 ? draw(600) : draw(40 / operators)};
      if (at > to)
        break;
      pages.push_back(at);
    }
    const auto found = rates_of(pages, from, to, operators);
    const auto plain = naive(pages, from, to, operators);
    CAPTURE(seed);
    CHECK(found.worst == plain.worst);
    CHECK(found.worst_at == plain.worst_at);
    CHECK(found.periods_over == plain.periods_over);
    CHECK(found.floods == plain.floods);
  }
}

} // namespace page_rates_test
