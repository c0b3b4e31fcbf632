#pragma once

#include "protocol/binary.hpp"
#include "protocol/operating_mode.hpp"
#include "protocol/time.hpp"

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// A condition on the mode of a machine, at one facility.
struct mode_key {
  std::string facility;
  mode_condition of;

  friend auto operator<=>(const mode_key&, const mode_key&) = default;
};

/// How a condition stands, as one split knows it.
struct mode_state {
  /// It holds, or nobody has said for long whether it does.
  bool holds = false;
  bool known = false;
  /// Known by readings of this split; else by what its log says of another's.
  bool own = false;
  /// The newest deciding reading is beyond the bound.
  bool beyond = false;
  /// On the split's activity clock: beyond since, or, of one that is not known, asked for since.
  milliseconds since{0};
  /// Time of the newest deciding reading, by its sensor.
  event_time newest = never;
  /// Of what was decided last: it grows from one decision to the next, in whichever split they fall. 0: none.
  uint64_t number = 0;

  friend bool operator==(const mode_state&, const mode_state&) = default;
};

/// In which modes the machines are, as one split knows it: from the readings that decide, in its own order, and from
/// the entries of its log about what other splits' readings decided. Part of the split's committed state. Pure: the
/// same readings and entries give the same modes.
///
/// A condition begins to hold when its sensor has stood beyond the bound for long enough, by the split's activity
/// clock: a value stands until the next one, a sensor's own clock may be wrong, and a pause of the whole split is
/// nobody's time. It ends with the first reading that is not beyond. What nobody knows does not hold, so that rules
/// begin with a machine that is known to run; after ten minutes in which its sensor has said nothing it holds, for
/// rules that nobody wakes any more would be worse.
class split_modes {
public:
  static constexpr milliseconds patience{600'000};
  /// An older reading than the newest decides nothing: a repeat, or one that came late. From here on its clock was set
  /// back.
  static constexpr milliseconds set_back{1'800'000};

  using states = std::map<mode_key, mode_state>;

  /// A deciding sensor's reading. True where what is known of the condition is other than before.
  /// @param now of the split: its time and its activity clock behind the reading.
  bool take(const mode_key& of, double value, event_time at, event_time now, milliseconds activity);
  /// Somebody's rules depend on it.
  void ask(const mode_key& of, milliseconds activity);
  /// Whether `pass` has anything to do. Every reading asks.
  bool due(milliseconds activity) const { return activity >= next_due_; }
  /// Time went on to there: the conditions that hold from here on.
  std::vector<mode_key> pass(event_time now, milliseconds activity);
  /// What another split's readings decided; older news is none. True where what is known is other than before.
  bool tell(const mode_key& of, bool holds, uint64_t number);

  /// All conditions of a mode.
  bool hold(const std::string& facility, const operating_mode& mode) const;

  const mode_state* find(const mode_key& of) const;
  const states& all() const { return all_; }
  /// Forgets every other condition: nobody names it any more.
  template <class Wanted>
  void keep(Wanted wanted) {
    std::erase_if(all_, [&](const auto& each) { return !wanted(each.first); });
    refresh();
  }

  void encode(binary_writer& out) const;
  /// False when `in` is damaged.
  bool decode(binary_reader& in);

  friend bool operator==(const split_modes&, const split_modes&) = default;

private:
  static void decide(mode_state& state, bool holds, event_time now);
  void refresh();

  states all_;
  milliseconds next_due_ = milliseconds::max();
};

} // namespace millwright
