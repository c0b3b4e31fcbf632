#pragma once

#include "actors/alarm/alarm_counts.hpp"
#include "actors/alarm/first_outs.hpp"
#include "actors/alarm/page_groups.hpp"
#include "actors/alarm/page_reminders.hpp"
#include "actors/alarm/page_spacing.hpp"
#include "actors/alarm/routes.hpp"
#include "actors/alarm/shelf_book.hpp"
#include "protocol/alarm_record.hpp"
#include "protocol/flood_watch.hpp"
#include "protocol/split_places.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// How long the book remembers.
struct alarm_book_limits {
  /// Finished alarms leave this long after their last change.
  milliseconds retention{30 * 24 * 3'600'000ll};
  /// Alarms kept at most; above it finished ones leave early, oldest first, then cleared ones that nobody
  /// acknowledged; see `stays`.
  size_t most = 200'000;
  /// What a sweep decided beyond the commit is given up when so many commits have passed it without a repetition, and
  /// the split has moved on by so much: sweeps go by the split's time, and come to each sensor within two of their
  /// steps (runtime/entry/sweep_pace.hpp), however often a node commits.
  uint32_t sweep_patience = 24;
  milliseconds sweep_patience_time{40'000};
  /// None leaves early before it has been finished or cleared for so long: until then it may come back as the same
  /// alarm, or its end waits to be told.
  milliseconds stays{15 * 60'000};
  group_limits groups{};
  /// By the rules that learn a sensor pages again after so long, in its own time (see page_spacing).
  milliseconds page_again_after{24 * 3'600'000};
  reminder_limits reminders{};
  /// No shelf lasts longer.
  milliseconds shelve_most{7 * 24 * 3'600'000ll};
  first_out_limits first_out{};
};

/// Owners and routers lose contact, crash and repeat themselves; people must get each alarm once all the same. The
/// book takes each (alarm, number) once, keeps the state of every alarm (active, cleared or adapted; acknowledged or
/// not), and decides who hears of it. It knows no clock and does no I/O: `now`, the wall clock, is an argument and
/// decides nothing but how long an alarm is kept, and whose shift it is.
class alarm_book {
public:
  /// A record never changes: what happens to an alarm gives it another one. So others may keep what they were given.
  using record_pointer = std::shared_ptr<const alarm_record>;

  explicit alarm_book(routes ways, alarm_book_limits limits = {})
      : ways_{std::move(ways)}, limits_{limits}, groups_{limits.groups}, spacing_{limits.page_again_after},
        reminders_{limits.reminders}, shelves_{limits.shelve_most}, firsts_{limits.first_out} {}

  /// What came of one transition.
  struct decision {
    /// False: taken before.
    bool taken = false;
    uuid alarm;
    std::vector<page> pages;
    /// The alert in whose place a group pages.
    std::shared_ptr<const alarm_transition> grouped = nullptr;
    /// Taken before, and awaited since: where it was decided now is to be stored before its owner is answered.
    bool moved = false;
    /// Who was told of it before, is not here, and takes it for what it was.
    struct absent_channel {
      channel_name channel;
      severity known{};
    };
    std::vector<absent_channel> absent = {};
  };

  struct acknowledgement {
    enum class answer { acknowledged, already_acknowledged, unknown, ambiguous };
    answer result{};
    uuid alarm;
    /// Who answers for a group answers for its alarms: those that nobody had acknowledged.
    std::vector<uuid> members;
  };

  struct counters {
    uint64_t taken = 0, repeated = 0;
    /// Numbers that were left out by an owner, and those that came after all.
    uint64_t gaps = 0, late = 0;
    uint64_t not_repeated = 0;
    uint64_t alerts = 0, notices = 0;
  };

  /// What an id, or its beginning, means.
  struct found_alarm {
    enum class answer { one, none, several };
    answer result = answer::none;
    uuid alarm;
  };

  /// An alarm as the journal kept it. What it took beyond the commit is expected again (see `split_committed`).
  void restore(alarm_record record);
  void restore(alarm_shelf shelf) { shelves_.restore(std::move(shelf)); }

  /// Whether a channel takes the alarm to stand as it does, or will be told so by what waits for it.
  using known_to = std::function<bool(const channel_name&, const uuid&)>;

  /// Once, when all is restored: whoever hears of alarms may be somebody else than at the last start. A standing alarm
  /// that pages by its rule and was told to no channel that there is is told to those that there are; one that was told
  /// to some, to those of them that do not know it (they were away, and what waited for them is gone), or not as what
  /// it has risen to; where nobody was there to hear of the rise, to whom the routes say.
  std::vector<decision> adopt(event_time now, const known_to& knows);

  /// One that comes after its successors (see transition_order, which sees to it that this is rare) is taken all the
  /// same: it changes no state, but whoever would have been paged by it is. Where `x.was` names a severity, its owner
  /// has had the alarm paged as that: when nobody was told here, whoever is there now is.
  decision take(const alarm_transition& x, event_time now);

  /// What waits for its time has come to it: alerts that were held go by themselves or as a group, groups that grew or
  /// are over say so, people are told again of what nobody sees to. To be called when `due` says so, and behind
  /// anything else that has changed the book.
  std::vector<decision> pass(event_time now);
  /// When to call `pass`; `forever`: nothing waits.
  event_time due(event_time now) const;

  /// What another channel could not deliver goes to this one: it hears what becomes of the alarm. False: it did
  /// already.
  bool paged_also(const uuid& alarm, const channel_name& channel);
  /// What was to go to this one has not, and will not: it hears no more of the alarm. False: nor was it to.
  bool not_paged(const uuid& alarm, const channel_name& channel);

  /// @param id a full id or any beginning of one, of at least one digit; dashes may be left out.
  acknowledgement acknowledge(std::string_view id, std::string_view by, event_time now);

  /// As `acknowledge` takes it.
  found_alarm find_by_beginning(std::string_view id) const;

  /// Nobody is paged for what it covers until it is over; `pass` ends it. Those of its alarms that stand. What stands
  /// and is not acknowledged at the end pages then; what has ended tells nobody, but for its end where it had paged.
  std::vector<uuid> shelve(const alarm_shelf& x, event_time now);
  std::vector<decision> unshelve(const shelf_book::key& which, std::string_view by, event_time now);
  const shelf_book& shelves() const { return shelves_; }
  /// For the journal, in one batch with the alarms of the same call.
  std::vector<shelf_change> shelf_changes() { return shelves_.changes(); }
  /// Kept with the alarm; false: there is none.
  bool note(const uuid& alarm, std::string_view text, std::string_view by, event_time now);

  /// The ledger's commit covers every position before `position` of this log of the split, as of the start, and all of
  /// those before it. Logs count how often the split's was made anew. What a sweep decided behind the newest of these
  /// positions may be of a later commit than this one; of which it is tells its own number. `commit` 0: nobody counts.
  /// Of which alarms something is awaited: their records are to be stored, or a second crash would forget that it is.
  std::vector<uuid> split_started(uint16_t split, uint64_t position, uint32_t log = 0, uint64_t commit = 0);

  /// As `split_started`, later on. What the replay has passed without repeating it is taken back: an alarm that its
  /// owner does not know is cleared, any other left as its owner has it. `taken` tells whether that was a step of its
  /// own; its record changed either way.
  std::vector<decision> split_committed(const millwright::split_committed& to, event_time now);

  /// The log of this split was made anew: what readings of the old one were awaited to repeat is taken back as above,
  /// and what was decided else goes with the next commit of the new one. What the new one's are awaited to repeat still
  /// is: it had been begun before a crash.
  std::vector<decision> split_begun_anew(uint16_t split, event_time now, uint32_t log);

  /// The owner's decisions of this alarm from number `first` on are in no commit and will not be repeated; `stood`: as
  /// the owner has it, it stands. None where the book knows of none of them; else as above.
  std::optional<decision> take_back(const uuid& alarm, uint32_t first, bool stood, std::string_view reason,
                                    event_time now);

  /// What may be repeated or not: it is taken back as above when a commit has passed it, a sweep's when so many have.
  /// Whether there is any: then its record is to be stored.
  bool expect_again(const uuid& alarm, uint32_t number);

  /// Forgets what has been finished for longer than the retention, but no more than `most`; the ids of those that left.
  std::vector<uuid> tidy(event_time now, size_t most = 1000);

  const alarm_record* find(const uuid& alarm) const { return share(alarm).get(); }
  record_pointer share(const uuid& alarm) const;
  /// The number of the newest transition taken; 0 for an alarm that is not known.
  uint32_t last_number(const uuid& alarm) const;
  /// Every alarm, by id.
  const std::map<uuid, record_pointer>& all() const { return records_; }
  /// The newest `most` alarms that paged somebody, newest first.
  std::vector<record_pointer> newest_paged(size_t most) const;

  size_t size() const { return records_.size(); }
  /// Alerts that are held, to become one page with others.
  size_t held() const { return groups_.held(); }
  /// Alerts that stand behind the first one of their unit, and that no message has named yet.
  size_t unnamed_children() const { return firsts_.waiting(); }
  /// Whether more alarms became ones that page, by themselves or with others, than people can follow.
  const flood_watch& flooding(event_time now);
  const alarm_counts& counts() const { return counts_; }
  const counters& counted() const { return counters_; }
  const routes& ways() const { return ways_; }

private:
  using place = std::map<uuid, record_pointer>::iterator;
  /// What sweeps had for a position in journals of the first version.
  static constexpr uint64_t no_position = ~uint64_t{0};

  template <class Change>
  void change(place at, Change&& change) {
    auto next = std::make_shared<alarm_record>(*at->second);
    change(*next);
    put(at, std::move(next));
  }
  void put(place at, record_pointer record);
  void drop(place at);
  void note(const alarm_record& record);
  void unnote(const alarm_record& record);
  void expect(alarm_record& record, const alarm_transition& x);
  /// Where it was decided, in the record and among what a commit looks at.
  void set_place(uncommitted_transition& of, const alarm_transition& x);
  bool may_be_repeated(const uncommitted_transition& swept, milliseconds activity) const;
  void apply(alarm_record& record, const alarm_transition& x, event_time now, decision& out);
  void take_late(alarm_record& record, const alarm_transition& x, event_time now, decision& out);
  /// What an alarm was before a transition; `paged`: its owner has had it paged (see `take`).
  struct past {
    bool over, paged;
  };
  void decide(alarm_record& record, const past& before, event_time now, decision& out);
  bool told(const alarm_record& record) const;
  bool alerts(const alarm_record& record, const alarm_transition& x, bool unheard) const;
  void page_or_hold(alarm_record& record, const alarm_transition& x, event_time now, decision& out,
                    bool off_shelf = false);
  /// People hear of it, now or with others.
  void sound(alarm_record& record, event_time now);
  void note_absent(const alarm_record& record, const alarm_transition& x, decision& out) const;
  void gather(alarm_record& record, event_time now) const;
  /// Who is to be told of it now. A group goes wherever one of its alarms would.
  route_choice choose(const alarm_record& record, const alarm_transition& x, event_time now) const;
  void alert(alarm_record& record, const alarm_transition& x, event_time now, decision& out) {
    alert(record, choose(record, x, now), x, now, out);
  }
  void alert(alarm_record& record, const route_choice& choice, const alarm_transition& x, event_time now,
             decision& out);
  static bool rose_unheard(const alarm_record& record);
  bool left_by_all(const alarm_record& record, event_time now) const;
  bool decided_otherwise(const alarm_record& record, const alarm_transition& x) const;
  decision take_instead(place at, const alarm_transition& x, event_time now);
  void send_to(const alarm_record& record, const std::vector<channel_name>& channels, page_kind kind,
               const alarm_transition& x, decision& out);
  /// What was held, unless another alarm turned out to have begun first.
  void send_alone(place at, event_time now, std::vector<decision>& out);
  void send_now(place at, event_time now, std::vector<decision>& out);
  void let_go(place at, event_time now, std::vector<decision>& out);
  /// What a group of these held alarms is, but for its reason and its place; its id is made of `name` and of them.
  static alarm_transition group_of_held(std::string name, const std::vector<const alarm_record*>& all);
  static std::vector<uuid> ids_of(const std::vector<const alarm_record*>& all);
  void form(const page_groups::step& x, event_time now, std::vector<decision>& out);
  void join(const page_groups::step& x, event_time now, std::vector<decision>& out);
  /// A held alert becomes its group's; `waits`: for the group's next message.
  void hand_over(const uuid& alarm, const uuid& group, bool waits, const std::string& told, event_time now,
                 std::vector<decision>& out);
  void turn(const page_groups::step& x, event_time now, std::vector<decision>& out);
  /// @param first of one that is new: behind whom its members stand.
  void tell_group(place at, alarm_transition x, std::shared_ptr<const std::vector<uuid>> members, event_time now,
                  std::vector<decision>& out, const uuid& first = {});
  std::optional<uuid> first_ahead_of(const alarm_record& record, const alarm_transition& x, event_time now) const;
  std::string name_of_first(const uuid& first) const;
  void hold_behind(alarm_record& record, const uuid& first, event_time since, event_time now) const;
  void follow(event_time now, const first_outs::family& x, std::vector<decision>& out);
  std::string told_of_children(const alarm_record& group, page_groups::step::what turns,
                               std::vector<const alarm_record*> joined, size_t all) const;
  void promote(const first_outs::family& x, event_time now, std::vector<decision>& out);
  void remind(place at, event_time now, std::vector<decision>& out);
  std::vector<uuid> covered(const alarm_shelf& x) const;
  event_time shelves_due(event_time now) const;
  void end_shelves(event_time now, std::vector<decision>& out);
  void look_at_shelves(std::string_view by, event_time now, std::vector<decision>& out);
  void take_from_shelf(place at, bool by_group, std::string_view by, event_time now, std::vector<decision>& out);
  bool kept_on_shelf(alarm_record& record, bool unheard, event_time now);
  void count(const decision& x);
  decision take_back(place at, std::string_view reason, uint32_t first, std::optional<bool> stood, event_time now);

  routes ways_;
  alarm_book_limits limits_;
  std::map<uuid, record_pointer> records_;
  using by_time = std::set<std::pair<event_time, uuid>>;
  /// Those that paged somebody, by the time of their raise.
  by_time paged_;
  /// Those that are finished, and those that are cleared and nobody has acknowledged, by their last change.
  by_time finished_, cleared_;
  /// split -> log and position -> alarm: what is taken but not committed.
  using log_position = std::pair<uint32_t, uint64_t>;
  std::map<uint16_t, std::multimap<log_position, uuid>> uncommitted_;
  /// split -> which of its logs is read.
  std::map<uint16_t, uint32_t> logs_;
  alarm_counts counts_;
  counters counters_;
  page_groups groups_;
  page_spacing spacing_;
  page_reminders reminders_;
  shelf_book shelves_;
  first_outs firsts_;
  flood_watch floods_;
  /// Read back: when alarms became ones that page.
  std::vector<event_time> sounded_;
  /// Those that stand or are held; those that are shelved.
  std::set<uuid> standing_, shelved_;
  /// Read back: whether their shelves are still there.
  bool look_at_shelves_ = false;
};

} // namespace millwright
