#include "runtime/entry/driver.hpp"

#include <spdlog/spdlog.h>

#include <thread>
#include <utility>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr size_t poll_most = 16'384;
constexpr size_t sweep_slice = 2048;
/// Quiet sensors that are asked at once when the driver has nothing else to do.
constexpr size_t ask_at_end = 16'384;

int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string subject_of_feeds(const source_settings& source) {
  return source.kind == source_kind::kafka ? source.kafka.topic : "input of two splits";
}

/// However the readings end: people who still wait are told at once, for whoever ends the node waits for them.
struct end_of_questions {
  const driver_parts& of;

  ~end_of_questions() {
    if (of.questions)
      of.questions->end();
    if (of.roster)
      of.roster->end();
  }
};

} // namespace

driver::driver(driver_parts parts, node_conditions& conditions, bool live)
    : parts_{std::move(parts)}, live_{live}, own_{conditions, live, parts_.tell, share_},
      decisions_{parts_.decisions,
                 parts_.plant,
                 splits_,
                 clock_,
                 own_,
                 {[this](split_state& split, std::shared_ptr<const plant_metadata> next) {
                    changes_.change(split, std::move(next));
                    modes_.changed_metadata(split);
                  },
                  [this](split_state& split, const std::string& sensors) { feeds_.move(split, sensors); },
                  [this](split_state& split, const decision& entry) { maintenance_.tell(split, entry); },
                  [this](split_state& split, const decision& entry) { modes_.tell(split, entry); },
                  [this](split_state& split, const decision& entry) { words_.tell(split, entry); }},
                 parts_.log_patience,
                 parts_.stop},
      feeds_{parts_.keeper.sensors(), splits_, decisions_, own_, share_, subject_of_feeds(parts_.settings.source)},
      changes_{parts_.plant, parts_.keeper, splits_, decisions_, feeds_, share_, own_},
      stamps_{parts_.readings, live, splits_, decisions_, parts_.keeper.sensors(), clock_},
      place_{parts_.readings,
             live,
             splits_,
             decisions_,
             parts_.plant,
             changes_,
             parts_.keeper.sensors(),
             share_,
             own_,
             parts_.status,
             {parts_.identify, parts_.found_split, parts_.log_anew}},
      silences_{
          parts_.readings, parts_.settings.source_silent_after, splits_, decisions_, parts_.keeper.sensors(), own_,
          parts_.status},
      skews_{parts_.readings, stamps_.recorded(), splits_, parts_.keeper.sensors(), clock_, own_},
      quarantines_{parts_.keeper.sensors(), parts_.settings.quarantine_restarts, own_, parts_.status},
      sweep_{parts_.keeper, parts_.outputs, splits_, feeds_, changes_, clock_, live, parts_.status},
      cuts_{parts_.settings.ledger.interval, parts_.keeper, parts_.outputs, splits_, changes_, share_},
      maintenance_{parts_.keeper, splits_, decisions_, share_,
                   stamps_.recorded() || parts_.settings.source.kind == source_kind::simulation},
      modes_{parts_.keeper, splits_, decisions_, feeds_, share_, parts_.settings.detection.bad_quality_below},
      intake_{{parts_.settings, live,    parts_.parser, parts_.keeper, parts_.outputs, parts_.plant,  splits_,
               decisions_,      stamps_, feeds_,        changes_,      place_,         silences_,     skews_,
               modes_,          clock_,  share_,        own_,          parts_.status,  parts_.roster, parts_.load}},
      words_{{parts_.keeper, splits_, decisions_, changes_, feeds_, intake_, share_, parts_.roster,
              stamps_.recorded() || parts_.settings.source.kind == source_kind::simulation}} {}

void driver::run() {
  const auto begun = steady::now();
  cuts_.start(begun);
  clock_.passed(begun);
  last_reread_ = {};
  take_readings(begun);
  finish();
}

void driver::take_readings(steady::time_point begun) {
  const end_of_questions told_at_the_end{parts_};
  const auto patience = parts_.settings.source_silent_after;
  place_.start(begun, patience > 0ms ? patience : milliseconds{1min});
  while (!stopping() && !parts_.readings.finished()) {
    wait_for_credit();
    batch_.clear();
    parts_.readings.poll(batch_, poll_most, milliseconds{live_ ? 20 : 1000});
    place_.take(batch_.events);
    stamps_.polled(steady::now());
    taken_ns_ = steady_ns();
    intake_.take(batch_.records);
    silences_.hear(steady::now());
    place_.look_at_places(true);
    parts_.keeper.flush(taken_ns_);
    look_after(steady::now());
  }
}

// Memory stays bounded: readings that are not judged, and readings that are not committed, both have a limit.
void driver::wait_for_credit() {
  for (;;) {
    const bool judged = intake_.sent() - parts_.outputs.judged() < parts_.settings.credit;
    const bool room = !cuts_.full();
    if ((judged && room) || stopping())
      return;
    if (!room)
      look_after(steady::now());
    else
      parts_.keeper.restart_dead();
    std::this_thread::sleep_for(judged ? 1ms : 50us);
  }
}

void driver::look_after(steady::time_point now) {
  lead_barriers(now);
  if (now - clock_.last_look() < 100ms)
    return;
  note_pause(now);
  clock_.looked(now);
  auto& status = parts_.status;
  status.sensors = parts_.keeper.sensors().living();
  status.restarts = parts_.keeper.restarts();
  status.log_bytes = parts_.keeper.log().bytes();
  status.backlog = parts_.readings.backlog().value_or(0);
  if (live_)
    look(now);
}

void driver::lead_barriers(steady::time_point now) {
  parts_.keeper.restart_dead();
  parts_.keeper.release();
  if (parts_.roster)
    parts_.roster->work(share_.output());
  if (parts_.questions)
    parts_.questions->work();
  parts_.keeper.ask_quiet(cuts_.asks_due(now));
  sweep_.go_on(sweep_slice);
  const bool due = cuts_.due(now);
  const bool in_step = changes_.join_some();
  decisions_.log_missing();
  if (in_step && due && parts_.outputs.pending() < 2 && stamps_.may_commit())
    cut();
  parts_.keeper.flush(taken_ns_);
}

// The node itself stood still (stopped, a suspended machine): that is nobody's silence.
void driver::note_pause(steady::time_point now) {
  const auto gap = now - clock_.last_look();
  if (gap <= 5s)
    return;
  silences_.stood_still(gap);
  place_.stood_still(gap);
}

void driver::look(steady::time_point now) {
  own_.take_reports();
  if (parts_.load)
    parts_.load->look(now, intake_.sent(), parts_.keeper.sensors().facilities());
  place_.look(now);
  silences_.look(now, place_.away());
  if (now - last_second_ >= 1s) {
    last_second_ = now;
    skews_.look(now);
    feeds_.look();
    own_.look(now - clock_.begun());
  }
  intake_.look(now);
  changes_.look();
  modes_.look();
  reread(now);
}

void driver::reread(steady::time_point now) {
  if (now - last_reread_ < parts_.settings.plant.reread)
    return;
  last_reread_ = now;
  changes_.reread(parts_.oldest_version ? parts_.oldest_version() : 0);
  if (parts_.roster)
    parts_.roster->look(share_.output());
  quarantines_.look();
}

// A change of metadata that the source's own marks have passed is carried out before what is behind it is committed.
bool driver::cut() {
  place_.look_at_places(false);
  if (!changes_.join_some())
    return false;
  cuts_.cut(ended_);
  return true;
}

std::string driver::split_name(uint16_t split) const {
  return split < splits_.size() ? splits_[split].name : std::string{};
}

event_time driver::split_time(uint16_t split) const {
  if (split == no_split)
    return splits_.newest_time();
  return split < splits_.size() ? splits_[split].clock.watermark() : never;
}

void driver::finish() {
  // The source has no more: what time has passed is told to every quiet sensor, and in a replay all windows close.
  if (!stopping())
    sweep_.tell_all(!live_);
  ended_ = !live_ && !stopping();
  settle();
  parts_.status.finished = true;
}

// Everything that was taken is judged and committed, or given up after a while: it will be read again. Whoever stops a
// node waits for it, so that ends sooner than an input that has come to its end.
void driver::settle() {
  auto until = steady::now() + (live_ ? steady::duration{60s} : 24h);
  bool hurried = false;
  own_.take_reports();
  bool last = false;
  while (steady::now() < until) {
    if (live_ && stopping() && !std::exchange(hurried, true))
      until = std::min(until, steady::now() + 1500ms);
    parts_.keeper.flush(taken_ns_);
    parts_.keeper.restart_dead();
    parts_.keeper.release();
    parts_.keeper.ask_quiet(ask_at_end);
    clock_.passed(steady::now());
    decisions_.log_missing();
    if (!last && parts_.outputs.pending() < 2 && intake_.sent() <= parts_.outputs.judged() && changes_.join_some() &&
        stamps_.may_commit()) {
      for (auto& split : splits_)
        if (live_)
          split.all_read = split.changed = true;
      last = cut();
    }
    if (last && parts_.outputs.pending() == 0) {
      if (parts_.roster)
        parts_.roster->tell_committed();
      return;
    }
    std::this_thread::sleep_for(200us);
  }
  // A node that is stopped while it is busy has done nothing wrong.
  parts_.status.uncommitted = !hurried || parts_.status.ledger_failing;
  spdlog::log(parts_.status.uncommitted ? spdlog::level::err : spdlog::level::info,
              "what came since the last commit is not committed: it is read again at the next start");
}

} // namespace millwright
