#include "actors/sensor/deadband.hpp"
#include "actors/sensor/rules.hpp"
#include "protocol/alarm_guidance.hpp"
#include "protocol/figure.hpp"
#include "protocol/local_time.hpp"
#include "protocol/operating_mode.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace millwright {

namespace {

// Of what is exact to the last digit six say enough; of what was reckoned four do.
std::string reckoned(double x) {
  return figure_of(x, 4);
}

std::string beyond(double value, double limit, bool above) {
  return value == limit ? "at it" : reckoned(std::abs(value - limit)) + (above ? " above it" : " below it");
}

double middle(double low, double high) {
  return low + (high - low) / 2;
}

/// 0 in the middle, 1 at the nearer threshold.
double nearness_of(double v, double low, double high, double usual) {
  if (!std::isnan(low) && !std::isnan(high))
    return high > low ? std::abs(v - middle(low, high)) / ((high - low) / 2) : absent;
  const double limit = std::isnan(high) ? low : high;
  return limit != usual ? (v - usual) / (limit - usual) : absent;
}

} // namespace

/// Goes through the rules of one sensor; each has its line.
class sensor_rules::accounting {
public:
  accounting(const sensor_rules& of, const sensor_context& context, const baseline& recent, milliseconds silent)
      : of_{of}, settings_{*of.book_->settings}, context_{context}, type_{of.type()}, recent_{recent}, silent_{silent} {
  }

  sensor_account made() {
    sensor_account out;
    out.value = of_.run_value_;
    out.unit = context_.unit.empty() && type_ ? type_->unit : std::string{context_.unit.view()};
    out.type = type_ ? type_->name : std::string{};
    unit_ = out.unit.empty() ? std::string{} : ' ' + out.unit;
    out.at = of_.clock_.newest();
    out.silent = silent_;
    out.not_judged = of_.mode_ ? of_.mode_->not_judged : rule_set{};
    for (int i = 0; i < static_cast<int>(first_node_rule); ++i) {
      begin(static_cast<rule>(i));
      if (!type_)
        wait_for("nothing has come that a rule could judge");
      else
        tell();
      end();
      out.rules.push_back(std::move(now_));
    }
    return out;
  }

private:
  void begin(rule which) {
    now_ = {};
    now_.which = which;
    now_.how = rule_standing::well;
    now_.pages = settings_.of(which).tells();
    own_ = of_.conditions_.find(which);
  }

  void tell() {
    switch (now_.which) {
    case rule::limit:
      return limit();
    case rule::z:
      return z();
    case rule::state:
      return state();
    case rule::rate:
      return rate();
    case rule::range:
      return range();
    case rule::stale:
      return stale();
    case rule::bad_quality:
      return quality();
    case rule::stuck:
      return stuck();
    case rule::novelty:
      now_.text = "news is what lies outside of all that was seen before, or of the habit of its hour";
      return;
    default:
      now_.text = "looks at the slope of each closed window of " + response_time(settings_.windows.patterns_length) +
                  ": more than " + figure_of(settings_.windows.rapid_slope) + " a reading";
    }
  }

  // What any rule may be, whatever it looks at.
  void end() {
    const auto& row = settings_.of(now_.which);
    if (!of_.judges(now_.which)) {
      now_.how = rule_standing::off;
      now_.nearness = absent;
      now_.text = operating_mode::of(context_.when.view()).value_or(operating_mode{}).reason();
      return;
    }
    if (own_ && own_->active) {
      now_.how = rule_standing::alarm;
      now_.level = own_->level;
      now_.since = own_->raised_at;
      if (own_->timer == timer_kind::clear || own_->timer == timer_kind::adapt) {
        now_.due = own_->deadline;
        add("back, and over when it has stayed so");
      }
      if (own_->chattering)
        add("it came and went " + std::to_string(settings_.chatter_raises) + " times in " +
            response_time(settings_.chatter_within) + " and is held");
    } else if (own_ && own_->timer == timer_kind::raise) {
      now_.how = rule_standing::outside;
      now_.level = own_->level;
      now_.due = own_->deadline;
    }
    if (!row.alarm) {
      if (now_.how != rule_standing::alarm)
        now_.how = rule_standing::off;
      add("by its settings no alarm");
    }
  }

  void add(const std::string& more) { now_.text += (now_.text.empty() ? "" : "; ") + more; }
  std::string figure(double x) const { return figure_of(x) + unit_; }

  void wait_for(const std::string& what) {
    now_.how = rule_standing::learning;
    now_.text = what;
  }

  void limit() {
    const auto& t = context_.thresholds;
    const double low = inner_low(t), high = inner_high(t), v = of_.run_value_;
    if (std::isnan(low) && std::isnan(high)) {
      now_.how = rule_standing::off;
      now_.text = "its metadata give it no limit";
      return;
    }
    if (std::isnan(v))
      return wait_for("no value has come yet");
    now_.value = v;
    now_.low = low;
    now_.high = high;
    now_.nearness = nearness_of(v, low, high, recent_.count > 0 ? recent_.avg : of_.mean_);
    const double broken = crossed(t, v);
    if (!std::isnan(broken)) {
      const bool above = v >= high;
      now_.how = rule_standing::outside;
      const bool critical = broken == (above ? t.high_high : t.low_low);
      now_.text = figure(v) + " against its " + (critical ? "critical " : "") + "limit " + figure_of(broken) + ", " +
                  beyond(v, broken, above);
    } else {
      now_.text = figure(v);
      side(v, low, "low", false);
      side(v, high, "high", true);
    }
    if (!own_)
      return;
    const auto band = deadband_of(t, *type_, of_.state_.usual_step(), settings_.deadband);
    if (own_->active && own_->timer != timer_kind::clear)
      add("over when for " + response_time(type_->alarm_delay) + " " +
          (of_.low_side_ ? "above " + reckoned(low + band.low) : "below " + reckoned(high - band.high)));
    else if (own_->timer == timer_kind::raise && own_->by_reading) {
      now_.since = own_->deadline - type_->alarm_delay;
      add("an alarm by the first reading that still is when its delay of " + response_time(type_->alarm_delay) +
          " is over; a critical limit has none");
    }
  }

  void side(double v, double limit, const char* name, bool above) {
    if (std::isnan(limit))
      return;
    const auto& t = context_.thresholds;
    const double outer = above ? t.high_high : t.low_low;
    add(std::string{name} + " " + figure_of(limit) + " is " + reckoned(std::abs(limit - v)) + " away" +
        (std::isnan(outer) || outer == limit ? "" : ", critical from " + figure_of(outer)));
  }

  void range() {
    const double v = of_.run_value_;
    if (!std::isfinite(type_->range_min) && !std::isfinite(type_->range_max)) {
      now_.how = rule_standing::off;
      now_.text = "its type " + type_->name + " has no physical range";
      return;
    }
    now_.value = v;
    now_.low = std::isfinite(type_->range_min) ? type_->range_min : absent;
    now_.high = std::isfinite(type_->range_max) ? type_->range_max : absent;
    const bool in = v >= type_->range_min && v <= type_->range_max;
    now_.text = "what a " + type_->name + " sensor can measure is " + figure_of(type_->range_min) + " .. " +
                figure_of(type_->range_max);
    if (std::isnan(v) || in)
      return;
    now_.how = rule_standing::outside;
    add(figure(v) + " is not; " + std::to_string(of_.out_of_range_) + " of " +
        std::to_string(settings_.range_readings) + " such readings");
  }

  void z() {
    const auto& z = settings_.z;
    const bool slow = recent_.count < z.least_readings;
    const double v = of_.last_value_;
    if ((slow && of_.taught_ < z.least_readings) || std::isnan(v))
      return wait_for("learns its average: " + std::to_string(std::max<uint32_t>(recent_.count, of_.taught_)) + " of " +
                      std::to_string(z.least_readings) + " readings");
    const double avg = slow ? of_.mean_ : recent_.avg;
    double spread = slow ? std::sqrt(of_.variance_) : recent_.stddev;
    if (!(spread > type_->resolution))
      spread = type_->resolution;
    if (!(spread > 0)) {
      now_.text = "all readings are equal, and its type has no resolution: nothing to measure by";
      return;
    }
    now_.value = v;
    now_.low = avg - z.medium * spread;
    now_.high = avg + z.medium * spread;
    const double away = std::abs(v - avg) / spread;
    now_.nearness = away / z.medium;
    if (away > z.medium)
      now_.how = rule_standing::outside;
    now_.text = figure(v) + " is " + figure_of(away, 3) + " standard deviations (" + reckoned(spread) + ") from " +
                reckoned(avg) +
                (slow ? ", its exponential mean"
                      : ", the mean of " + std::to_string(recent_.count) + " readings in " +
                            response_time(settings_.windows.statistics_length)) +
                "; counts from " + figure_of(z.medium) + ", of three readings " + std::to_string(z.votes) + ", now " +
                std::to_string(std::popcount(of_.z_votes_));
  }

  void state() {
    const auto& how = settings_.state;
    const auto all = of_.state_.standing(how);
    const auto first = of_.state_.first();
    if (all.empty())
      return wait_for("learns its normal range: " + std::to_string(of_.state_.readings()) + " of " +
                      std::to_string(how.learn) + " readings");
    if (of_.state_.begins_anew())
      return wait_for("its level begins anew behind recordings that taught it");
    const state_standing* worst = nullptr;
    double most = -1;
    for (const auto& each : all) {
      const double half = (each.hi - each.lo) / 2 + each.margin;
      const double near = half > 0 ? std::abs(each.v - middle(each.lo, each.hi)) / half : absent;
      if (each.turns >= how.turns && near > most) {
        worst = &each;
        most = near;
      }
    }
    if (!worst)
      return wait_for("its normal range was not tried out " + std::to_string(how.turns) +
                      " times from end to end, which it takes to judge by it");
    now_.value = worst->v;
    now_.low = worst->lo - worst->margin;
    now_.high = worst->hi + worst->margin;
    now_.nearness = most;
    if (most > 1)
      now_.how = rule_standing::outside;
    const double far = worst->margin * how.pages_at;
    now_.text = std::string{name_of(worst->which)} + ' ' + reckoned(worst->v) + ", normal " + reckoned(worst->lo) +
                " .. " + reckoned(worst->hi) + " (tried out " + std::to_string(worst->turns) +
                " times); shown outside " + reckoned(now_.low) + " .. " + reckoned(now_.high) + ", paged outside " +
                reckoned(worst->lo - far) + " .. " + reckoned(worst->hi + far);
    const auto learns = of_.state_.learning_time(how);
    if (of_.clock_.newest() - first < learns)
      add("pages nobody before " + local_minute(first + learns, zone()) + ", so long it learns" +
          (of_.state_.told_to_learn_anew() ? " anew, as somebody had it do" : ""));
  }

  void rate() {
    const double most = context_.thresholds.rate;
    if (std::isnan(most)) {
      now_.how = rule_standing::off;
      now_.text = "its metadata give it no rate";
      return;
    }
    now_.high = most;
    now_.text = "at most " + figure_of(most) + unit_ + " a second";
    const double step = of_.last_value_ - of_.previous_value_;
    const auto usual = of_.intervals_.usual();
    if (!std::isnan(step) && usual.count() > 0) {
      now_.value = std::abs(step) / (static_cast<double>(usual.count()) / 1000);
      add("the last two readings are " + reckoned(std::abs(step)) + " apart, at its usual interval of " +
          response_time(usual) + " " + reckoned(now_.value) + " a second");
    }
    if (of_.too_fast_ == 0)
      return;
    now_.how = rule_standing::outside;
    add("too fast " + std::to_string(std::abs(of_.too_fast_)) + " in a row, " +
        std::to_string(settings_.rate_readings) + " raise");
  }

  void stale() {
    if (type_->report != report_kind::periodic) {
      now_.how = rule_standing::off;
      now_.text = "a " + type_->name + " sensor reports on change: its silence says nothing";
      return;
    }
    if (!of_.watches_silence())
      return wait_for("learns how often it reports");
    const auto limit = of_.stale_limit(), page = of_.stale_page_limit();
    now_.value = static_cast<double>(silent_.count()) / 1000;
    now_.high = static_cast<double>(limit.count()) / 1000;
    if (silent_ >= limit)
      now_.how = rule_standing::outside;
    now_.text =
        (silent_ < milliseconds{1000} ? std::string{"spoke just now"} : "silent for " + response_time(silent_)) +
        ", usually for " + response_time(of_.intervals_.usual()) + "; shown from " + response_time(limit) + " on";
    const auto& t = context_.thresholds;
    if (std::isfinite(inner_low(t)) || std::isfinite(inner_high(t)) || std::isfinite(t.rate)) {
      add("paged from " + response_time(page) + " on");
    } else {
      now_.pages = false;
      add("pages nobody, for it has no limits");
    }
  }

  void quality() {
    now_.low = settings_.bad_quality_below;
    now_.text = "quality below " + figure_of(settings_.bad_quality_below) + " for " +
                response_time(settings_.bad_quality_after);
    add(own_ && (own_->active || own_->timer == timer_kind::raise) ? "it is"
                                                                   : "its newest reading was better, or said none");
    if (own_ && own_->timer == timer_kind::raise)
      now_.since = own_->deadline - settings_.bad_quality_after;
  }

  void stuck() {
    if (!type_->stuck_after) {
      now_.how = rule_standing::off;
      now_.text = "a " + type_->name + " sensor may stand still";
      return;
    }
    const auto limit = std::max(settings_.stuck_least, *type_->stuck_after);
    const auto still = of_.run_start_ == never ? milliseconds{0} : of_.clock_.newest() - of_.run_start_;
    now_.value = static_cast<double>(still.count()) / 1000;
    now_.high = static_cast<double>(limit.count()) / 1000;
    now_.text = (of_.run_count_ > 1 ? "the same value for " + response_time(still) + ", " +
                                          std::to_string(of_.run_count_) + " readings"
                                    : std::string{"its value moves"}) +
                "; counts from " + response_time(limit) + " and " + std::to_string(settings_.windows.stuck_count + 1) +
                " readings of one value on";
    if (of_.run_noticed_)
      now_.how = rule_standing::outside;
  }

  std::string zone() const { return context_.facility ? context_.facility->timezone : std::string{"UTC"}; }

  const sensor_rules& of_;
  const detection_settings& settings_;
  const sensor_context& context_;
  const sensor_type* const type_;
  const baseline& recent_;
  const milliseconds silent_;
  std::string unit_;
  rule_account now_;
  const condition* own_ = nullptr;
};

sensor_account sensor_rules::account(const sensor_context& context, const baseline& recent, milliseconds silent) const {
  return accounting{*this, context, recent, silent}.made();
}

} // namespace millwright
