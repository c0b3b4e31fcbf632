#include "runtime/source/file_source.hpp"

#include "protocol/failure.hpp"
#include "runtime/source/csv_stream.hpp"
#include "runtime/source/record_stream.hpp"

#include <algorithm>
#include <chrono>

namespace millwright {

namespace {

bool is_csv(const std::string& path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".csv") == 0;
}

std::unique_ptr<record_stream> open_stream(const std::string& path, const file_settings& settings) {
  if (!is_csv(path))
    return std::make_unique<ndjson_stream>(path, settings.follow);
  if (!settings.csv)
    throw failure{failure_code::bad_mapping, path, "a CSV file needs a mapping (source.file.csv)"};
  return std::make_unique<csv_stream>(path, *settings.csv, settings.follow);
}

} // namespace

/// Files that make one split.
class file_source::merger {
public:
  merger(uint16_t split, std::vector<std::unique_ptr<record_stream>> streams, time_reader time_of)
      : split_{split}, time_of_{std::move(time_of)} {
    for (auto& each : streams)
      lanes_.push_back({std::move(each), never, false});
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
    }
  }

  /// Appends records; refills only while none of this split's is in the batch yet.
  void poll(record_batch& batch, size_t most, milliseconds patience) {
    size_t count = 0;
    while (count < most) {
      lane* lane = choose();
      if (!lane)
        return;
      auto& stream = *lane->stream;
      if (stream.look() != record_stream::state::ready) {
        if (count > 0)
          return;
        drained_ = !refill(*lane, patience);
        if (drained_)
          return;
        continue;
      }
      const uint64_t at = position_++;
      if (!stream.damage().empty())
        batch.events.push_back({source_event::kind::damaged, split_, at, at, stream.damage()});
      if (stream.size() > 0) {
        batch.records.push_back({stream.text(), stream.size(), split_, at, std::nullopt, {}});
        ++count;
      }
      take(*lane);
    }
  }

private:
  struct lane {
    std::unique_ptr<record_stream> stream;
    event_time time = never;
    /// `time` is that of the record in view.
    bool dated = false;
  };

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
};

file_source::file_source(const file_settings& settings, time_reader time_of) : settings_{settings} {
  if (settings.paths.empty())
    throw failure{failure_code::input_unreadable, "source.file.paths", "there is none"};
  std::vector<std::unique_ptr<record_stream>> streams;
  for (const auto& path : settings.paths)
    streams.push_back(open_stream(path, settings));
  if (settings.follow) {
    for (size_t i = 0; i < streams.size(); ++i) {
      std::vector<std::unique_ptr<record_stream>> one;
      one.push_back(std::move(streams[i]));
      names_.push_back(settings.paths[i]);
      mergers_.push_back(std::make_unique<merger>(static_cast<uint16_t>(i), std::move(one), time_of));
    }
  } else {
    names_.push_back(settings.paths.size() == 1 ? settings.paths[0] : "input");
    mergers_.push_back(std::make_unique<merger>(uint16_t{0}, std::move(streams), std::move(time_of)));
  }
}

file_source::~file_source() = default;

const std::vector<std::string>& file_source::splits() const {
  return names_;
}

std::string file_source::identity() {
  std::string out = "file";
  for (const auto& each : mergers_)
    each->append_identity(out);
  return out;
}

void file_source::start(const std::map<std::string, uint64_t>& positions) {
  for (size_t i = 0; i < names_.size(); ++i) {
    const auto found = positions.find(names_[i]);
    if (found == positions.end())
      continue;
    if (!mergers_[i]->repeatable()) {
      mergers_[i]->go_on_at(found->second);
      continue;
    }
    const auto skipped = mergers_[i]->skip(found->second);
    if (skipped < found->second)
      throw failure{failure_code::source_data_lost, names_[i],
                    "it has only " + std::to_string(skipped) + " records, and " + std::to_string(found->second) +
                        " were already taken"};
  }
}

void file_source::poll(record_batch& batch, size_t most, milliseconds patience) {
  batch.clear();
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
}

std::optional<uint64_t> file_source::waiting(uint16_t split) const {
  return split < mergers_.size() && mergers_[split]->drained() ? std::optional<uint64_t>{0} : std::nullopt;
}

bool file_source::finished() const {
  return std::all_of(mergers_.begin(), mergers_.end(), [](const auto& each) { return each->finished(); });
}

} // namespace millwright
