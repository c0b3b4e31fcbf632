#pragma once

#include "actors/kit/actor_settings.hpp"
#include "actors/kit/contribution.hpp"
#include "protocol/binary.hpp"

#include <algorithm>
#include <concepts>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// Windows of what stands above sensors (semantics 3): half-open, aligned to the epoch modulo the slide.
struct window_layout {
  milliseconds length{60'000}, slide{30'000}, delay{120'000};

  /// From the settings `length`, `slide` and `delay`; the first two are rounded up to what panes can make.
  static window_layout of(const actor_settings& settings) {
    const auto up = [](milliseconds x, milliseconds step) {
      return std::max((x + step - milliseconds{1}) / step, int64_t{1}) * step;
    };
    window_layout out;
    out.slide = up(settings.duration("slide"), pane_length);
    out.length = up(settings.duration("length"), out.slide);
    out.delay = settings.duration("delay");
    return out;
  }

  /// What is wrong with these settings, as a sentence; empty where nothing is.
  static std::string problem(const actor_settings& settings) {
    const auto slide = settings.duration("slide"), length = settings.duration("length");
    if (slide.count() % pane_length.count() != 0)
      return "slide is " + settings.shown("slide") + ", but must be a multiple of the pane, 30s";
    if (length.count() % slide.count() != 0)
      return "length is " + settings.shown("length") + ", but must be a multiple of slide (" + settings.shown("slide") +
             ")";
    return {};
  }

  friend bool operator==(const window_layout&, const window_layout&) = default;
};

/// What lies between two multiples of the slide: `merge` in any order gives the same, `encode` and `decode` as ever.
template <class Pane>
concept mergeable_pane = std::default_initializable<Pane> &&
    requires(Pane pane, const Pane other, binary_writer& out, binary_reader& in) {
  pane.merge(other);
  other.encode(out);
  { pane.decode(in) } -> std::same_as<bool>;
};

/// Panes by their start, few and nearly always the same one: what a part is made of.
template <mergeable_pane Pane>
class gathered_panes {
public:
  Pane& at(event_time start) {
    if (last_ < panes_.size() && panes_[last_].first == start) [[likely]]
      return panes_[last_].second;
    auto found =
        std::lower_bound(panes_.begin(), panes_.end(), start, [](const auto& a, event_time b) { return a.first < b; });
    if (found == panes_.end() || found->first != start)
      found = panes_.insert(found, {start, Pane{}});
    last_ = static_cast<size_t>(found - panes_.begin());
    return found->second;
  }
  bool empty() const { return panes_.empty(); }
  /// Oldest first.
  auto begin() const { return panes_.begin(); }
  auto end() const { return panes_.end(); }

  void merge(const gathered_panes& other) {
    for (const auto& [start, pane] : other)
      at(start).merge(pane);
  }

  void encode(binary_writer& out) const {
    out.varint(panes_.size());
    for (const auto& [start, pane] : panes_) {
      out.time(start);
      pane.encode(out);
    }
  }
  bool decode(binary_reader& in) {
    *this = {};
    const uint64_t count = in.count(9);
    for (uint64_t i = 0; i < count; ++i) {
      const auto start = in.time();
      if (!in.ok() || start == forever || start <= (panes_.empty() ? never : panes_.back().first))
        return false;
      panes_.emplace_back(start, Pane{});
      if (!panes_.back().second.decode(in))
        return false;
    }
    return in.ok();
  }

  friend bool operator==(const gathered_panes& a, const gathered_panes& b) { return a.panes_ == b.panes_; }

private:
  std::vector<std::pair<event_time, Pane>> panes_;
  size_t last_ = 0;
};

/// What a shard gathers for an actor of windows alone: panes, and how far the readings have come.
template <mergeable_pane Pane>
class pane_part {
public:
  void merge(const pane_part& other) {
    panes_.merge(other.panes_);
    newest_ = std::max(newest_, other.newest_);
  }
  void encode(std::string& out) const {
    binary_writer writer{out};
    writer.u8(version);
    writer.time(newest_);
    panes_.encode(writer);
  }
  bool decode(std::string_view in) {
    binary_reader reader{in};
    if (reader.u8() != version)
      return false;
    newest_ = reader.time();
    return panes_.decode(reader) && reader.at_end();
  }

  const gathered_panes<Pane>& panes() const { return panes_; }
  /// The newest reading's time, of those whose clock is not ahead.
  event_time newest() const { return newest_; }

protected:
  /// A clock that is ahead tells nobody what time it is.
  void came(const reading& of) {
    if (!of.is(reading::ahead) && !of.is(reading::far_ahead))
      came(of.time);
  }
  void came(event_time at) { newest_ = std::max(newest_, at); }

  gathered_panes<Pane> panes_;

private:
  static constexpr uint8_t version = 1;

  event_time newest_ = never;
};

/// The open windows of an actor, each told once, oldest first, when its time has come, and only if it holds something.
template <mergeable_pane Pane>
class pane_windows {
public:
  explicit pane_windows(window_layout layout) : layout_{layout} {}

  const window_layout& layout() const { return layout_; }
  bool empty() const { return panes_.empty(); }

  /// What comes for a window that is closed is in none: a pane that counts is on time for the first that holds it.
  void take(event_time start, const Pane& pane) {
    if (start + layout_.slide > closed_)
      panes_[start].merge(pane);
  }

  /// Tells the windows that end by `closing` less the delay: `tell(start, end, figures)`.
  template <class Tell>
  void close(event_time closing, Tell tell) {
    if (closing == never)
      return;
    const event_time upto = closing == forever ? forever : closing - layout_.delay;
    if (upto <= closed_)
      return;
    each_window(panes_, upto, tell);
    closed_ = upto;
    while (!panes_.empty() && panes_.begin()->first + layout_.length <= upto)
      panes_.erase(panes_.begin());
  }

  /// Tells those that are open, with what has been gathered for them since.
  template <class Tell>
  void open(const gathered_panes<Pane>& since, Tell tell) const {
    auto copy = *this;
    for (const auto& [start, pane] : since)
      copy.take(start, pane);
    copy.each_window(copy.panes_, forever, tell);
  }

  /// What there is from `start` on before `end`.
  Pane between(event_time start, event_time end) const {
    Pane out;
    for (auto each = panes_.lower_bound(start); each != panes_.end() && each->first < end; ++each)
      out.merge(each->second);
    return out;
  }

  void encode(binary_writer& out) const {
    out.svarint(layout_.slide.count());
    out.time(closed_);
    out.varint(panes_.size());
    for (const auto& [start, pane] : panes_) {
      out.time(start);
      pane.encode(out);
    }
  }
  /// False when `in` is damaged. Panes of another slide cannot be cut anew: they are left out.
  bool decode(binary_reader& in) {
    panes_.clear();
    const milliseconds slide{in.svarint()};
    closed_ = in.time();
    const uint64_t count = in.count(9);
    event_time before = never;
    for (uint64_t i = 0; i < count; ++i) {
      const auto start = in.time();
      Pane pane;
      if (!in.ok() || start == forever || start <= before || !pane.decode(in))
        return false;
      if (slide == layout_.slide)
        panes_.emplace_hint(panes_.end(), start, std::move(pane));
      before = start;
    }
    return in.ok();
  }

private:
  using pane_map = std::map<event_time, Pane>;

  template <class Tell>
  void each_window(const pane_map& panes, event_time upto, Tell& tell) const {
    event_time told = closed_;
    for (const auto& [first, pane] : panes)
      for (auto end = first + layout_.slide; end <= first + layout_.length && end <= upto; end += layout_.slide)
        if (end > told) {
          tell(end - layout_.length, end, between(end - layout_.length, end));
          told = end;
        }
  }

  window_layout layout_;
  pane_map panes_;
  /// All windows that end by it are told.
  event_time closed_ = never;
};

} // namespace millwright
