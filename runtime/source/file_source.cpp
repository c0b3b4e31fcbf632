#include "runtime/source/file_source.hpp"

#include "protocol/failure.hpp"
#include "runtime/source/content_hash.hpp"
#include "runtime/source/file_mark.hpp"
#include "runtime/source/open_stream.hpp"
#include "runtime/source/record_stream.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace millwright {

/// Files that make one split.
class file_source::merger {
public:
  merger(uint16_t split, std::vector<std::unique_ptr<record_stream>> streams, time_reader time_of)
      : split_{split}, time_of_{std::move(time_of)} {
    for (auto& each : streams)
      lanes_.push_back({std::move(each), never, false});
    followed_ = lanes_[0].stream->input().followed();
  }

  /// Null: a replay.
  const followed_file* followed() const { return followed_; }

  /// What is followed: to the place of the mark. False where that is nowhere.
  bool resume(const file_mark& mark, uint64_t position) {
    if (!lanes_[0].stream->resume(mark))
      return false;
    mark_ = mark;
    marked_at_ = position - mark.taken;
    position_ = marked_at_;
    return skip(mark.taken) == mark.taken;
  }

  /// A replay: to a position, where the record before it must be the one of the mark.
  uint64_t skip_to(uint64_t position, const std::optional<file_mark>& mark) {
    if (!mark || mark->taken == 0 || mark->taken > position)
      return skip(position);
    const uint64_t before = position - mark->taken;
    if (skip(before) < before)
      return position_;
    const lane* next = choose();
    while (next && next->stream->look() == record_stream::state::starved && refill(*choose(), milliseconds{0}))
      next = choose();
    same_ = next && next->stream->look() == record_stream::state::ready &&
            content_hash(text_in_view(*next->stream)) == mark->line_hash;
    mark_ = *mark;
    marked_at_ = before;
    skip(mark->taken);
    return position_;
  }
  /// Whether `skip_to` met the record of its mark.
  bool same() const { return same_; }

  split_place place() const {
    auto mark = mark_;
    mark.taken = position_ - marked_at_;
    return {position_, encode(mark)};
  }

  bool finished() const { return finished_; }
  /// The last look found nothing more to read.
  bool drained() const { return drained_ || finished_; }

  /// Returns how many it could skip: fewer than asked only at the end.
  uint64_t skip(uint64_t count) {
    const bool alone = lanes_.size() == 1;
    uint64_t done = 0;
    while (done < count) {
      if (alone)
        done += lanes_[0].stream->skip(count - done);
      lane* lane = done < count ? choose() : nullptr;
      if (finished_)
        break;
      if (!lane)
        continue;
      if (lane->stream->look() == record_stream::state::ready) {
        take(*lane);
        ++done;
      } else if (!refill(*lane, milliseconds{0})) {
        break;
      }
    }
    position_ += done;
    return done;
  }

  void go_on_at(uint64_t position) { position_ = position; }
  bool repeatable() const {
    return std::all_of(lanes_.begin(), lanes_.end(),
                       [](const auto& each) { return each.stream->input().repeatable(); });
  }

  void append_identity(std::string& out) const {
    for (const auto& each : lanes_) {
      const auto& input = each.stream->input();
      out += ':' + input.path();
      if (const auto print = input.fingerprint(); !print.empty())
        out += ':' + print;
      else if (input.followed())
        out += ":followed";
    }
  }

  /// Appends records; refills only while none of this split's is in the batch yet.
  void poll(record_batch& batch, size_t most, milliseconds patience) {
    size_t count = 0;
    const uint64_t begin = position_;
    record_stream::origin newest;
    while (count < most) {
      lane* lane = choose();
      if (!lane)
        break;
      auto& stream = *lane->stream;
      if (stream.look() != record_stream::state::ready) {
        if (count > 0)
          break;
        drained_ = !refill(*lane, patience);
        if (drained_)
          break;
        continue;
      }
      const uint64_t at = position_++;
      if (!stream.damage().empty())
        batch.events.push_back({source_event::kind::damaged, split_, at, at, stream.damage()});
      if (stream.size() > 0) {
        batch.records.push_back({stream.text(), stream.size(), split_, at, std::nullopt, {}, stream.written()});
        if (followed_)
          newest = stream.origin_of_view();
        ++count;
      }
      take(*lane);
    }
    if (count > 0)
      note_mark(batch.records.back(), newest);
    if (followed_)
      tell_loss(batch, begin);
  }

private:
  struct lane {
    std::unique_ptr<record_stream> stream;
    event_time time = never;
    /// `time` is that of the record in view.
    bool dated = false;
  };

  static std::string_view text_in_view(const record_stream& stream) {
    return stream.written().empty() ? std::string_view{stream.text(), stream.size()} : stream.written();
  }

  /// The newest record that was handed out; its text is still as it came.
  void note_mark(const raw_record& record, const record_stream::origin& from) {
    marked_at_ = record.position;
    if (!followed_) {
      mark_.line_hash =
          content_hash(record.written.empty() ? std::string_view{record.data, record.size} : record.written);
      return;
    }
    // Of a line with several records the place is that of its first.
    marked_at_ -= from.number;
    mark_.begin = from.begin;
    mark_.size = static_cast<uint32_t>(from.line.size());
    mark_.line_hash = content_hash(from.line);
    const auto head = followed_->head(from.begin + from.line.size());
    const auto file = lanes_[0].stream->input().file_number();
    if (head.size() != mark_.head_size || file != marked_file_)
      mark_.head_hash = content_hash(head);
    mark_.head_size = static_cast<uint32_t>(head.size());
    marked_file_ = file;
    mark_.header = lanes_[0].stream->header();
  }

  void tell_loss(record_batch& batch, uint64_t at) {
    if (auto words = lanes_[0].stream->input().followed()->take_loss(); !words.empty())
      batch.events.push_back({source_event::kind::lost, split_, at, at, std::move(words)});
  }

  static void take(lane& from) {
    from.stream->pop();
    from.dated = false;
  }

  /// False where nothing has come and nothing has ended.
  static bool refill(lane& of, milliseconds patience) {
    of.stream->fill(patience);
    return of.stream->look() != record_stream::state::starved || of.stream->input().has_grown();
  }

  /// The file whose record is next, or the first that must be refilled to know; none at the end of all.
  lane* choose() {
    if (lanes_.size() == 1) {
      finished_ = lanes_[0].stream->look() == record_stream::state::finished;
      return finished_ ? nullptr : &lanes_[0];
    }
    lane* best = nullptr;
    for (auto& each : lanes_) {
      const auto state = each.stream->look();
      if (state == record_stream::state::finished)
        continue;
      if (state == record_stream::state::starved)
        return &each;
      if (!each.dated) {
        each.dated = true;
        if (each.stream->size() > 0)
          each.time = time_of_({each.stream->text(), each.stream->size()}).value_or(each.time);
      }
      if (!best || each.time < best->time)
        best = &each;
    }
    finished_ = !best;
    return best;
  }

  uint16_t split_;
  time_reader time_of_;
  std::vector<lane> lanes_;
  uint64_t position_ = 0;
  bool finished_ = false, drained_ = false;
  const followed_file* followed_ = nullptr;
  /// The newest record that was handed out, its file, and the position of its line's first.
  file_mark mark_;
  uint32_t marked_file_ = 0;
  uint64_t marked_at_ = 0;
  bool same_ = true;
};

file_source::file_source(const file_settings& settings, time_reader time_of, std::optional<std::string> known_identity)
    : settings_{settings}, time_of_{std::move(time_of)}, known_identity_{std::move(known_identity)} {
  if (settings.paths.empty())
    throw failure{failure_code::input_unreadable, "source.file.paths", "there is none"};
  if (settings.follow)
    names_ = settings.paths;
  else
    names_.push_back(settings.paths.size() == 1 ? settings.paths[0] : "input");
  for (size_t i = 0; i < names_.size(); ++i) {
    mergers_.push_back(make_merger(i));
    // Where it was read before, its file may be between two rotations.
    if (const auto* followed = mergers_.back()->followed();
        followed && !known_identity_ && !followed->trouble().empty())
      throw failure{failure_code::input_unreadable, "", followed->trouble()};
  }
}

std::unique_ptr<file_source::merger> file_source::make_merger(size_t split) const {
  std::vector<std::unique_ptr<record_stream>> streams;
  if (settings_.follow)
    streams.push_back(open_stream(settings_.paths[split], settings_));
  else
    for (const auto& path : settings_.paths)
      streams.push_back(open_stream(path, settings_));
  return std::make_unique<merger>(static_cast<uint16_t>(split), std::move(streams), time_of_);
}

file_source::~file_source() = default;

const std::vector<std::string>& file_source::splits() const {
  return names_;
}

std::string file_source::identity() {
  if (settings_.follow && known_identity_ && names_these_files(*known_identity_))
    return *known_identity_;
  std::string out = "file";
  for (const auto& each : mergers_)
    each->append_identity(out);
  return out;
}

// Before names were followed over rotations, device and inode were part of the identity.
bool file_source::names_these_files(std::string_view known) const {
  const auto skip = [&](std::string_view what) {
    const bool there = known.starts_with(what);
    known.remove_prefix(there ? what.size() : 0);
    return there;
  };
  if (!skip("file"))
    return false;
  for (const auto& path : settings_.paths) {
    if (!skip(":" + path))
      return false;
    const auto number = known.substr(0, known.find(':', 1));
    if (number.size() > 1 && number.find_first_not_of("0123456789.", 1) == number.npos)
      known.remove_prefix(number.size());
  }
  return known.empty();
}

void file_source::recall(const std::map<std::string, std::string>& marks) {
  marks_ = marks;
}

void file_source::start(const std::map<std::string, uint64_t>& positions) {
  for (size_t i = 0; i < names_.size(); ++i)
    if (const auto found = positions.find(names_[i]); found != positions.end())
      start(i, found->second);
}

void file_source::start(size_t split, uint64_t position) {
  auto& of = *mergers_[split];
  if (!of.repeatable())
    return of.go_on_at(position);
  const auto stored = marks_.find(names_[split]);
  const auto mark = stored == marks_.end() ? std::nullopt : decode_file_mark(stored->second);
  std::string why;
  if (of.followed() && mark) {
    if (mark->taken <= position && of.resume(*mark, position))
      return;
    why = "it is another log than that of which " + std::to_string(position) +
          " records were taken, and none of the files beside it is that one";
  } else {
    const auto reached = of.skip_to(position, mark);
    if (reached == position && of.same())
      return;
    why = reached == position ? "it is another log than that of which " + std::to_string(position) +
                                    " records were taken: the newest of them is not there"
                              : "it has only " + std::to_string(reached) + " records, and " + std::to_string(position) +
                                    " were already taken";
  }
  if (!settings_.tolerate_data_loss)
    throw failure{failure_code::source_data_lost, names_[split],
                  why + ". Put the old file back, beside it if it was rotated; or go on without it, from the beginning "
                        "of what is there: set source.file.tolerate_data_loss: true; or give this log its own "
                        "ledger.path"};
  mergers_[split] = make_merger(split);
  mergers_[split]->go_on_at(position);
  losses_.push_back({source_event::kind::lost, static_cast<uint16_t>(split), position, position, why});
}

void file_source::poll(record_batch& batch, size_t most, milliseconds patience) {
  batch.clear();
  batch.events.swap(losses_);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const size_t share = std::max<size_t>(most / mergers_.size(), 1);
  do {
    for (size_t i = 0; i < mergers_.size() && batch.records.size() < most; ++i) {
      auto& each = *mergers_[(first_served_ + i) % mergers_.size()];
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
      const bool may_wait = batch.records.empty() && left.count() > 0;
      each.poll(batch, std::min(share, most - batch.records.size()),
                may_wait ? left / static_cast<int>(mergers_.size()) : milliseconds{0});
    }
    first_served_ = (first_served_ + 1) % mergers_.size();
  } while (batch.records.empty() && batch.events.empty() && !finished() && std::chrono::steady_clock::now() < deadline);
  tell_trouble(batch);
}

void file_source::tell_trouble(record_batch& batch) {
  const auto troubled = [](const auto& each) { return each->followed() && !each->followed()->trouble().empty(); };
  const bool now = std::all_of(mergers_.begin(), mergers_.end(), troubled);
  if (now == std::exchange(unreachable_, now))
    return;
  batch.events.push_back({now ? source_event::kind::unreachable : source_event::kind::reachable, 0, 0, 0,
                          now ? mergers_[0]->followed()->trouble() : names_[0]});
}

std::optional<split_place> file_source::place(uint16_t split) const {
  const auto& of = *mergers_[split];
  return of.repeatable() ? std::optional{of.place()} : std::nullopt;
}

std::optional<uint64_t> file_source::waiting(uint16_t split) const {
  return split < mergers_.size() && mergers_[split]->drained() ? std::optional<uint64_t>{0} : std::nullopt;
}

bool file_source::finished() const {
  return std::all_of(mergers_.begin(), mergers_.end(), [](const auto& each) { return each->finished(); });
}

} // namespace millwright
