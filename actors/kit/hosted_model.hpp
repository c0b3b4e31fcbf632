#pragma once

#include "actors/kit/actor_settings.hpp"
#include "actors/kit/contribution.hpp"
#include "actors/kit/hosted_notice.hpp"
#include "actors/kit/hosted_output.hpp"
#include "actors/kit/sensor_score.hpp"
#include "actors/kit/sensor_tally.hpp"
#include "actors/kit/split_times.hpp"
#include "protocol/entity.hpp"
#include "protocol/json.hpp"

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What the shards gather for one target between two barriers, and send as bytes. Several parts of a target become one
/// by `merge`, in any order, with the same result to the last bit.
template <class P>
concept gathered_part = std::default_initializable<P> && std::movable<P> &&
    requires(P part, const P other, const contribution& reading, std::string& out, std::string_view in) {
  /// An accepted reading that repeats none; called on the way of every reading, but for a `tallied_part`. One that
  /// looks at `fresh` has `bounds`, too.
  part.take(reading);
  part.merge(other);
  /// Appends to `out`, behind a version byte of its own.
  other.encode(out);
  /// False when `in` is damaged or of a newer version.
  { part.decode(in) } -> std::same_as<bool>;
};

/// A part that takes what a sensor's readings add up to, in place of each of them: for kinds that there are many of, or
/// that people need not see at once. `bounds` says where its readings differ for it.
template <class P>
concept tallied_part = gathered_part<P> &&
    requires(P part, const sensor_tally& readings, const actor_settings& settings, tally_bounds& bounds) {
  part.take(readings);
  P::bounds(settings, bounds);
};

/// What an actor is born with, beside its stored state.
struct hosted_birth {
  entity_key key;
  /// Of its kind; stays as long as the node.
  const actor_settings* settings = nullptr;
};

/// A part that must know whose it is, or its kind's settings: told before the first reading that it takes. One that is
/// only merged and decoded is not told.
template <class P>
concept born_part = gathered_part<P> && requires(P part, const hosted_birth& birth) {
  part.born(birth);
};

/// An empty part of `birth`'s actor, ready to take readings.
template <gathered_part P>
P part_of(const hosted_birth& birth) {
  P out;
  if constexpr (born_part<P>)
    out.born(birth);
  return out;
}

/// A line of a list of actors.
struct headline {
  /// Small numbers are better; 0 is well. What a list is sorted by.
  int rank = 0;
  /// "healthy", "unstable".
  std::string state;
  /// Why, in words; may be empty.
  std::string reason;
  event_time since = never;

  friend bool operator==(const headline&, const headline&) = default;
};

/// A model that hears of what happens beside readings, too: behind the barrier's part, before `pass`.
template <class M>
concept noticing_model = requires(M model, const hosted_notice& notice, hosted_output& out) {
  model.noticed(notice, out);
};

/// A model that hears what health models say of its sensors, too: behind their transitions.
template <class M>
concept scored_model = requires(M model, std::span<const sensor_score> scores) {
  model.scored(scores);
};

/// The model of a hosted actor: no CAF, no clock, no I/O. What it does depends on what it was given alone, so that a
/// recovery, which gives it the same again, ends in the same state with the same records.
///
/// At a complete barrier it gets `take` for its part (if it has one), `heard` for the transitions of its members (if
/// there are any), `scored` and `noticed` where it has them, then `pass`: every reading before the barrier has been
/// given to it by then.
template <class M>
concept hosted_model = gathered_part<typename M::part> && std::constructible_from<M, const hosted_birth&> &&
    requires(M model, const M constant, typename M::part&& part, const typename M::part& open, const time_passed& time,
             std::span<const alarm_transition> transitions, hosted_output& out, std::string& bytes,
             std::string_view stored, json_object& view) {
  model.take(std::move(part), out);
  model.heard(transitions, out);
  model.pass(time, out);
  /// The end of a replay, behind the last `pass`: what is open closes.
  model.end(out);
  /// Nothing is open that `pass` could close: it need not be called until something is given to it.
  { constant.idle() } -> std::same_as<bool>;
  /// Nothing has been given to it for so long that it may be forgotten.
  { constant.newest() } -> std::same_as<event_time>;
  constant.encode(bytes);
  { model.decode(stored) } -> std::same_as<bool>;
  { constant.line() } -> std::same_as<headline>;
  /// Its page for people, as fields of a JSON object; `open`: gathered since the last barrier.
  constant.show(view, open);
};

/// A model whose windows are worth seeing while they are open: their rows as they stand, which say that they are not
/// final (`"final":false`). For views of a live node; never in a replay, and nothing is kept of it.
template <class M>
concept updating_model = hosted_model<M> &&
    requires(const M constant, const typename M::part& open, hosted_output& out) {
  constant.updates(open, out);
};

} // namespace millwright
