#pragma once

#include "actors/alarm/alarm_journal.hpp"
#include "actors/alarm/channel_terms.hpp"
#include "actors/alarm/delivery_limits.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace millwright {

/// What a channel's decisions change: to be made durable, in this order, and told to other channels.
struct delivery_effects {
  std::vector<outbox_entry> pages;
  std::vector<outbox_change> changes;
  std::vector<told_change> told;
  std::vector<digest_time> digests;
  /// Pages that this channel cannot deliver, and why.
  std::vector<std::pair<page, std::string>> undeliverable;
  /// What people have been told now: alarms, and the number of what they know.
  std::vector<std::pair<uuid, uint32_t>> delivered;
  /// Whom else an alarm's page goes to now that another channel cannot deliver it: they hear of what follows, too.
  std::vector<std::pair<uuid, channel_name>> paged_also;
  /// Whom an alarm's page never came to, and who is to be told nothing of it any more.
  std::vector<std::pair<uuid, channel_name>> not_paged;
};

/// A page that others are to tell as well, for its channel fails.
struct stranded_page {
  outbox_place place;
  /// Of a digest: its alarms that stand, one by one.
  std::vector<page> alerts;
};

/// A page that waits for its channel and for others.
struct page_over_others {
  outbox_place place;
  uuid alarm;
  uint32_t number = 0;
  std::shared_ptr<const std::vector<channel_name>> others;
};

/// How a try ended (see delivery_result).
struct delivery_verdict {
  enum class answer { taken, try_again, refused_page };
  answer what = answer::taken;
  std::string detail;
  /// Not before this long from now (try_again).
  milliseconds wait{0};
  /// The receiver said that it takes nothing (try_again); else it may have the page, and its answer was lost.
  bool refused = false;
};

/// The alert of an alarm that stands, as it is now: what a digest told of it, told by itself.
page standing_page(channel_name channel, const alarm_record& record, uint32_t number);

/// An alarm that is known, and not over.
inline bool stands(const alarm_record* record) {
  return record && record->state == alarm_state::active;
}

/// Nobody is to be paged for it yet.
inline bool shelved_at(const alarm_record* record, event_time now) {
  return record && record->shelved && now < record->shelved->until;
}

/// Whether it stands as far as people are to know: of one that came back on a shelf they are left with its end.
inline bool stands_for_people(const alarm_record* record) {
  return stands(record) && !record->back_unheard;
}

/// What the alarm came to last, for who has its alert.
page notice_page(channel_name channel, const alarm_record& record);

/// The end of an alarm that is over.
page ending_page(channel_name channel, const alarm_record& record);

/// A receiver may be slow, down, or refuse; people must get what concerns them once, in order, and no longer than it
/// concerns them. The outbox of one channel keeps what waits for it, one page of an alarm at most, and decides which
/// goes next and how: by itself, told late, or within a digest. One page is in hand at a time. It knows no clock and
/// does no I/O: `now` is the wall clock, and what it decides comes out as `delivery_effects`.
class channel_outbox {
public:
  /// What is known of an alarm; none when it is forgotten. Asked within a call only.
  using alarm_lookup = std::function<const alarm_record*(const uuid&)>;
  /// A waiting page as the journal holds it; none when it is not there. May throw: the page then waits, and
  /// what is in memory goes on.
  using page_reader = std::function<std::optional<outbox_entry>(const outbox_place&)>;

  /// What the plant knows of such an alarm; may be empty, and give null.
  using guidance_lookup = std::function<guidance_pointer(const condition_key&)>;

  /// @param contents pages kept in memory whole; what waits beyond is a few dozen bytes each, read when it is due.
  /// @param guide asked once an alert, which is on disk before it leaves: a repeat says the same.
  channel_outbox(channel_name name, delivery_limits limits, size_t contents, channel_terms terms = {},
                 guidance_lookup guide = {})
      : name_{std::move(name)}, limits_{limits}, terms_{std::move(terms)}, contents_{contents}, guide_{
                                                                                                    std::move(guide)} {}

  /// At start: what the journal holds, marks before alarms before pages; then `begin`, once.
  void restore(outbox_entry entry);
  void restore(const uuid& alarm, const told_mark& mark);
  void restore_digest(event_time last) {
    last_digest_ = last;
    marks_kept_ = true;
  }
  /// What has no mark it was not told of from now on, over a restart too.
  void keep_marks(delivery_effects& out) {
    if (!std::exchange(marks_kept_, true))
      out.digests.push_back({name_, never});
  }
  /// An older version kept no marks: then the alarms say what the channel was told.
  void restore(const alarm_record& known);
  void begin(event_time now, const alarm_lookup& find, delivery_effects& out);
  /// Behind `begin`: alarms that the channel takes to stand and that ended while it was away.
  void tell_missed_ends(event_time now, const alarm_lookup& find, uint64_t& next_sequence, delivery_effects& out);

  /// A page that was decided now. It takes in what waits of its alarm, and waits itself: an end until the time for
  /// reopening is over. It is not given out before `journaled` or `release`.
  void accept(page x, uint64_t sequence, event_time now, delivery_effects& out);
  /// The same for a page that another channel could not deliver; nothing when this one knows of it. False then. Of an
  /// alarm of which this one knows nothing it is an alert.
  bool accept_spilled(page x, uint64_t sequence, event_time now, delivery_effects& out);
  /// The end of an alarm of which this channel has not heard: it goes into the next digest.
  void accept_over(page x, uint64_t sequence, event_time now, delivery_effects& out);

  /// The alarm's record has changed. What waits for the end of its shelf is taken back when somebody sees to it: to be
  /// made durable with the record.
  void changed(const uuid& alarm, const alarm_lookup& find, delivery_effects& out);

  /// The page that came with this sequence is on disk.
  void journaled(uint64_t sequence);
  /// The change that moved a page here is on disk.
  void rewritten(const outbox_place& place);
  /// That a page of this alarm was sent is on disk. Before, a crash would repeat it: the next one waits for that.
  void noted(const uuid& alarm);
  /// The digest of this id, whose place others took, is on disk as gone.
  void dissolved(const uuid& digest);
  /// The journal knows it as finished: it is not told again. But an end is, where the channel takes the alarm to stand.
  void known_as_finished(uint64_t sequence, event_time now, uint64_t& next_sequence, delivery_effects& out);
  /// The journal fails: everything may go out from memory, as what may repeat.
  void release();

  /// The next page to try; it is then in hand. None: nothing is due, or one is in hand, or there is more to decide
  /// first (`wake` is not after `now` then).
  std::optional<outbox_entry> next(event_time now, const alarm_lookup& find, const page_reader& read,
                                   uint64_t& next_sequence, delivery_effects& out);

  /// What `next` has read took until now: with a disk that hangs, longer than the pause after a read that fails.
  void reads_ended(event_time now);

  /// How the page in hand fared; false when that one is not in hand.
  bool report(const outbox_place& place, const delivery_verdict& verdict, event_time now, const alarm_lookup& find,
              uint64_t& next_sequence, delivery_effects& out);

  /// The channel fails; `dead`: for `fallback_after` already. Alerts that wait for it in vain, each once, some hundreds
  /// at most: others are to tell them as well, and `goes_over` hears of each.
  std::vector<stranded_page> stranded(bool dead, event_time now, const alarm_lookup& find, const page_reader& read);
  /// This page waits for these channels too. None of them knew of it, or would: it goes on waiting for its own alone,
  /// and is not asked for again. Of a digest that is kept in memory only.
  void goes_over(const outbox_place& place, std::vector<channel_name> others, delivery_effects& out);
  /// At start: pages whose other channels are all gone are asked for again.
  void keep_over(const std::function<bool(const channel_name&)>& there);
  /// Single pages that do.
  std::vector<page_over_others> over_others() const;
  /// What waits of the alarm for these channels too, up to this number; none while it is in hand.
  std::optional<page_over_others> over_others(const uuid& alarm, uint32_t number) const;
  /// `by` has told it: nobody waits for it any more. While its alarm stands the next digest has it.
  void told_by(const outbox_place& place, const channel_name& by, event_time now, const alarm_lookup& find,
               uint64_t& next_sequence, delivery_effects& out);
  /// The channel has really told of the alarm, up to this number at least, and it was not over since.
  bool has_told(const uuid& alarm, uint32_t number) const;

  /// The channel was started anew: what it had in hand is tried again.
  void put_back(delivery_effects& out);

  /// When to ask for `next` again; `forever` when nothing waits.
  event_time wake(event_time now) const;

  /// The wall clock, now at `now`, has gone back by `by`: what waits does not wait longer for it.
  void clock_set_back(event_time now, milliseconds by);

  /// So long nobody could try, or the clock was set forward: it does not count towards giving up.
  void not_tried_for(milliseconds passed) { not_tried_ += passed; }

  /// Pages that wait for the channel; ends that wait for their time do not count.
  size_t pending() const { return items_.size() - held_; }
  const channel_name& name() const { return name_; }
  std::optional<told_mark> told(const uuid& alarm) const;
  /// Pages that are kept in memory whole: what the limit is for, and what must not be let go.
  size_t contents_in_memory() const { return contents_kept_; }
  /// The journal could not be read when that was last tried, and something may wait for it.
  bool unreadable() const { return unreadable_; }
  /// It takes the alarm to stand, or something of the alarm waits for it; and: as what the alarm is now.
  bool knows(const uuid& alarm) const;
  bool knows(const uuid& alarm, const alarm_record* as) const;

private:
  enum class shelf : uint8_t { unjournaled, asleep, ready, member, in_hand };

  /// What must be known of a waiting page without its content.
  struct item {
    outbox_place place;
    uuid alarm;
    uint32_t number = 0, again = 0, attempts = 0;
    page_kind kind{};
    severity level{};
    bool ends = false, fresh = false, shortest = false, came_and_went = false, journaled = false;
    /// The end of an alarm whose rule learns anew: told with others of that kind.
    bool anew = false;
    /// It tells nothing new: an acknowledgement takes it back.
    bool reminder = false;
    /// It was taken back when it was in hand: where it did not get there it is not tried again.
    bool withdrawn = false;
    /// Its content is not what the journal has, yet.
    bool changed = false;
    /// It, or a page that it took in, was tried, and nobody knows whether the receiver has it.
    bool perhaps_taken = false;
    shelf where = shelf::unjournaled;
    event_time at, due, next_try;
    /// From when the time until it is given up counts, in the channel's own time (see `counted`).
    event_time tried_since;
    std::shared_ptr<const page> content;
    /// Not null: the channel failed, and others were asked to tell it; those that do.
    std::shared_ptr<const std::vector<channel_name>> over;
  };

  /// The pages of one alarm: the one that waits for the channel, and an end that waits for its time.
  struct slots {
    std::optional<outbox_place> waiting, held;
    bool empty() const { return !waiting && !held; }
  };

  item item_of(const outbox_entry& entry) const;
  bool waits_alone(const std::optional<outbox_place>& place) const;
  item& add(item x);
  void keep_content(item& x, page content);
  /// Of one that the journal has, and whose turn it is not: beyond the limit it is read when it is due.
  void spare_content(item& x);
  void shelve(item& x, shelf where);
  void unshelve(item& x);
  void let_go(item& x);
  void remove(const outbox_place& place);
  void finish(const outbox_place& place, notification_outcome outcome, const std::string& detail,
              delivery_effects& out);
  notification notification_for(const item& x, notification_outcome outcome, const std::string& detail) const;
  /// What a page has from those of its alarm that it stands for now: the highest priority; where one of them was to
  /// alert people and has not, it does; that the receiver may have one of them; and that one was no reminder, so that
  /// it is none either.
  struct inheritance {
    int priority = 0;
    bool alerts = false, perhaps_taken = false, news = false;
  };
  /// The page at `place` is gone: `heir` stands for it.
  void take_in(const outbox_place& place, inheritance& heir, delivery_effects& out);
  /// The end at `place` followed what has this number and time. A number alone may have been given twice.
  bool ended_by(const std::optional<outbox_place>& place, uint32_t number, event_time at) const;
  void set_told(const uuid& alarm, std::optional<told_mark> mark, delivery_effects& out);
  /// Behind such a page, whatever became of it here: the receiver hears the end of its alarm.
  void note_perhaps_taken(const uuid& alarm, const alarm_lookup& find, delivery_effects& out);
  /// Somebody has acknowledged its alarm, and nobody is told by this any more.
  void withdraw(const outbox_place& place, delivery_effects& out);
  item& moved(const outbox_place& from, item& x);
  bool newer_waits(const item& x) const;
  bool yield_to_newer(item& x, delivery_effects& out);
  void inherit(const outbox_place& place, const inheritance& from, delivery_effects& out);
  /// `lost`: the journal does not have it (its record was damaged). `unreadable`: nobody can tell now.
  enum class found : uint8_t { there, lost, unreadable };
  found load(item& x, event_time now, const page_reader& read);
  void read_later(item& x);
  void set_aside(item& x, event_time until, event_time now);
  outbox_entry entry_of(const item& x) const;
  /// It goes on waiting, as it is but for what the caller adds; `from`: where the journal has it.
  outbox_change waits_on(const item& x, const outbox_place& from, const std::string& why = {}) const;

  /// `lost`, `unreadable`: as its content is. `wait`: its new form is not on disk yet. `set_aside`: its alarm is
  /// shelved.
  enum class fate : uint8_t { gone, lost, unreadable, wait, member, give, set_aside };
  fate judge(item& x, event_time now, const alarm_lookup& find, const page_reader& read, bool& late,
             delivery_effects& out);
  fate settle_end(item& x, event_time now, const page_reader& read, delivery_effects& out);
  /// The wall clock without what `not_tried_for` took out.
  event_time counted(event_time now) const { return now - not_tried_; }
  bool old_news(const item& x, event_time now) const;
  void join_digest(item& x, event_time now);
  void note_members(const page& x);
  bool digest_goes_first(const item& x) const;
  void digest_goes_on();
  outbox_place first_ready() const;
  bool overtakes_digest(const uuid& alarm) const;
  void let_overtake(event_time now, const alarm_lookup& find, const page_reader& read, uint64_t& next_sequence,
                    delivery_effects& out);
  void give_up_overdue(event_time now, const alarm_lookup& find, const page_reader& read, uint64_t& next_sequence,
                       delivery_effects& out);
  void fail(item& x, const std::string& detail, event_time now, const alarm_lookup& find, uint64_t& next_sequence,
            delivery_effects& out);
  void lose(const outbox_place& place, event_time now, const alarm_lookup& find, uint64_t& next_sequence,
            delivery_effects& out);
  void tell_again(page x, uint32_t again, event_time now, uint64_t& next_sequence, delivery_effects& out);

  uuid digest_id(event_time now, uint64_t sequence) const;
  bool told_together(const item& x) const { return x.anew && !x.came_and_went; }
  event_time digest_due() const;
  void write_digest(event_time now, const alarm_lookup& find, const page_reader& read, uint64_t& next_sequence,
                    delivery_effects& out);
  /// What makes one message of many pages.
  enum class bundle : uint8_t { old_news, learns_anew, at_once };
  bool write_bundle(bundle sort, const std::vector<outbox_place>& told, event_time now, const alarm_lookup& find,
                    const page_reader& read, uint64_t& next_sequence, delivery_effects& out);
  bool urgent(const item& x) const { return x.level == severity::critical && !x.ends && x.kind != page_kind::digest; }
  bool goes_together(const item& x, event_time now) const;
  void write_together(event_time now, const alarm_lookup& find, const page_reader& read, uint64_t& next_sequence,
                      delivery_effects& out);
  /// Until then neither a single page goes nor one for many, but what is urgent and digests of old news.
  event_time full_until(event_time now) const;
  void went_alone(const item& x, event_time now);

  channel_name name_;
  delivery_limits limits_;
  channel_terms terms_;
  size_t contents_, contents_kept_ = 0;
  guidance_lookup guide_;
  std::map<outbox_place, item> items_;
  std::unordered_map<uuid, slots> alarms_;
  std::unordered_map<uuid, told_mark> told_;
  /// Alarms that are open at the receiver of states that the channel was.
  std::unordered_set<uuid> open_states_;
  /// Of what is not on disk yet, by sequence: where it stands.
  std::map<uint64_t, outbox_place> unwritten_;
  std::set<outbox_place> unjournaled_, ready_, members_;
  /// Of those that are ready: critical alerts go first.
  std::set<outbox_place> urgent_;
  /// By their time: what sleeps until its next try, and everything by when it is given up.
  std::set<std::pair<event_time, outbox_place>> asleep_, by_tries_;
  milliseconds not_tried_{0};
  std::optional<outbox_place> in_hand_, digest_;
  /// Of whom the digest tells.
  std::unordered_set<uuid> digest_members_;
  /// Tries of the digest since another page was last tried in vain.
  int digest_tries_ = 0;
  /// A digest that is gone, but not on disk: after a crash it would come behind what overtook it.
  std::optional<uuid> dissolving_;
  std::unordered_set<uuid> noting_;
  size_t held_ = 0;
  event_time last_digest_ = never;
  event_time gathering_since_ = forever;
  /// When pages went by themselves that are not urgent, the last ones; and when one last stood for many.
  std::deque<event_time> alone_;
  event_time last_together_ = never;
  /// When a try last failed, in the channel's own time.
  event_time failed_at_ = never;
  bool unreadable_ = false;
  /// After a read that failed: nothing is read before, and no digest written that needs it.
  event_time read_again_ = never, digest_again_ = never;
  bool read_failed_ = false;
  bool marks_kept_ = false;
  /// What an older version has told, until `begin`.
  std::vector<std::pair<uuid, uint32_t>> paged_before_;
  bool more_ = false;
};

} // namespace millwright
