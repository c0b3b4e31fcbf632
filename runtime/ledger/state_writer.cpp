#include "runtime/ledger/state_writer.hpp"

#include "protocol/binary.hpp"
#include "runtime/ledger/record_writer.hpp"
#include "runtime/ledger/state_reader.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr size_t slice_bytes = 8 << 20;
/// Where no pack is yet, so many neighbours make one. Where one is, it is written anew once a fourth of it has changed:
/// what changes now, and what has records since it was written.
constexpr size_t first_pack = 64, share_for_pack = 4;

bool plain(std::string_view key) {
  return key.size() <= longest_plain_key;
}

// States of different turns lie apart: a pack ends where the first byte of the keys changes.
bool same_turn(std::string_view a, std::string_view b) {
  return !a.empty() && !b.empty() && a.front() == b.front();
}

template <class Key, class Of>
std::vector<Key> sorted_by(std::vector<Key> all, Of key_of) {
  const auto before = [&](const Key& a, const Key& b) { return key_of(a) < key_of(b); };
  if (!std::is_sorted(all.begin(), all.end(), before))
    std::sort(all.begin(), all.end(), before);
  return all;
}

} // namespace

/// One store's way into packs and records.
class state_writer::store_pass {
public:
  store_pass(state_writer& owner, plan& out, const std::string& path)
      : owner_{owner}, out_{out}, path_{path}, before_{owner.environment_, lmdb_transaction::kind::reading},
        records_{before_, out.to.records}, packs_{before_, out.to.packs, path} {}

  void run(const std::vector<state_entry>& sorted, const std::vector<std::string_view>& forgotten) {
    auto next = sorted.begin();
    auto gone = forgotten.begin();
    while (next != sorted.end() || gone != forgotten.end()) {
      const auto key = gone == forgotten.end() || (next != sorted.end() && next->key <= *gone) ? next->key : *gone;
      const auto range = range_of(key);
      const auto in_range = [&](std::string_view each) { return range.holds(each); };
      const auto end = std::find_if(next, sorted.end(), [&](const auto& each) { return !in_range(each.key); });
      const auto gone_end = std::find_if(gone, forgotten.end(), [&](auto each) { return !in_range(each); });
      const auto changed = static_cast<size_t>(end - next);
      const size_t enough = range.known ? (range.pack.count + share_for_pack - 1) / share_for_pack : first_pack;
      const bool many = (range.known && gone != gone_end) || changed >= enough ||
                        (changed > 0 && records_of(range, enough - changed) == enough - changed);
      if (many) {
        if (range.lower != upper_of_last_)
          close();
        merge(range, next, end, gone, gone_end);
        upper_of_last_ = range.upper;
      } else {
        close();
        out_.records.insert(out_.records.end(), next, end);
      }
      next = end;
      gone = gone_end;
    }
    close();
  }

private:
  using given = std::vector<state_entry>::const_iterator;
  using gone = std::vector<std::string_view>::const_iterator;

  /// The keys of a turn from `lower` to before `upper` (empty: to its end): of a pack and what would go into it, or in
  /// front of all packs of the turn.
  struct range {
    std::string lower, upper;
    pack_place pack;
    bool known = false;

    bool holds(std::string_view key) const { return same_turn(key, lower) && (upper.empty() || key < upper); }
  };

  range range_of(std::string_view key) {
    range out;
    out.lower = std::string(1, key.front());
    out.known = packs_.seek(key) && same_turn(packs_.first(), key);
    if (out.known) {
      out.lower = packs_.first();
      out.pack = packs_.place();
    }
    const bool behind = out.known ? packs_.next() : packs_.seek_behind(key);
    if (behind && same_turn(packs_.first(), key))
      out.upper = packs_.first();
    return out;
  }

  /// How many records lie in the range, `most` at most.
  size_t records_of(const range& in, size_t most) {
    size_t n = 0;
    for (bool more = records_.seek(in.lower, MDB_SET_RANGE); more && n < most && in.holds(records_.key());
         more = records_.move(MDB_NEXT))
      ++n;
    return n;
  }

  // What is in the pack, in records of its range, and given, in one order; the latter before the former.
  void merge(const range& in, given next, given end, gone gone_at, gone gone_end) {
    std::string_view content;
    if (in.known) {
      packs_.seek(in.lower);
      content = packs_.content();
      out_.dropped.emplace_back(in.lower, in.pack);
    }
    state_pack_reader packed{content};
    auto old = packed.next();
    bool more = records_.seek(in.lower, MDB_SET_RANGE);
    const auto in_range = [&] { return more && in.holds(records_.key()); };
    const auto forgotten = [&](std::string_view key) {
      gone_at = std::find_if(gone_at, gone_end, [&](auto each) { return each >= key; });
      return gone_at != gone_end && *gone_at == key;
    };
    for (;;) {
      while (in_range() && records_.key().size() > longest_plain_key)
        more = records_.move(MDB_NEXT);
      std::string_view least;
      const auto consider = [&](bool there, std::string_view key) {
        if (there && (least.empty() || key < least))
          least = key;
      };
      consider(next != end, next != end ? next->key : std::string_view{});
      consider(in_range(), in_range() ? records_.key() : std::string_view{});
      consider(old.has_value(), old ? old->key : std::string_view{});
      if (least.empty())
        break;
      const bool is_given = next != end && next->key == least, is_old = old && old->key == least,
                 is_record = in_range() && records_.key() == least;
      if (is_record)
        out_.taken_up.emplace_back(least);
      if (is_given)
        add(*next);
      else if (!forgotten(least))
        add(is_record ? state_of_record(records_, path_) : *old);
      if (is_given)
        ++next;
      if (is_record)
        more = records_.move(MDB_NEXT);
      if (is_old)
        old = packed.next();
    }
    require_sound(packed, path_);
  }

  void add(const state_entry& next) {
    if (pack_.is_full_for(next) || (pack_.count() > 0 && !same_turn(pack_.first(), next.key)))
      close();
    pack_.add(next);
  }

  void close() {
    if (pack_.count() == 0)
      return;
    out_.made.emplace_back(pack_.first(), owner_.write(pack_));
    pack_.clear();
  }

  state_writer& owner_;
  plan& out_;
  const std::string& path_;
  const lmdb_transaction before_;
  lmdb_cursor records_;
  pack_cursor packs_;
  state_pack pack_;
  std::string upper_of_last_;
};

state_writer::state_writer(const lmdb_environment& environment, uint64_t commit, const std::string& path)
    : environment_{environment}, commit_{commit}, path_{path} {}

void state_writer::prepare(state_tables to, const std::vector<state_record>& changed,
                           const std::vector<std::string>& forgotten) {
  if (changed.empty() && forgotten.empty())
    return;
  std::vector<state_entry> whole, changes;
  changes.reserve(changed.size());
  // Each has an entry in both stores: a lost one shows.
  for (const auto& each : changed) {
    if (each.whole_at == 0)
      whole.push_back({each.key, commit_, each.state});
    changes.push_back(each.whole_at == 0 ? state_entry{each.key, commit_, {}}
                                         : state_entry{each.key, each.whole_at, each.state});
  }
  const auto key_of = [](const state_entry& each) { return each.key; };
  const auto gone = sorted_by(std::vector<std::string_view>{forgotten.begin(), forgotten.end()},
                              [](std::string_view key) { return key; });
  prepare_store(to.whole, sorted_by(std::move(whole), key_of), gone);
  prepare_store(to.changes, sorted_by(std::move(changes), key_of), gone);
}

void state_writer::prepare_store(state_store to, const std::vector<state_entry>& sorted,
                                 const std::vector<std::string_view>& forgotten) {
  auto& own = plans_.emplace_back();
  own.to = to;
  std::string room;
  for (const auto key : forgotten)
    own.taken_up.emplace_back(stored_key(key, room));
  const auto folded = [](const state_entry& each) { return !plain(each.key); };
  store_pass pass{*this, own, path_};
  if (std::none_of(sorted.begin(), sorted.end(), folded) && std::all_of(forgotten.begin(), forgotten.end(), plain)) {
    pass.run(sorted, forgotten);
  } else {
    // A key that is stored folded is not in its order: it always has a record.
    std::vector<state_entry> others;
    std::vector<std::string_view> others_gone;
    for (const auto& each : sorted)
      (folded(each) ? own.records : others).push_back(each);
    std::copy_if(forgotten.begin(), forgotten.end(), std::back_inserter(others_gone), plain);
    pass.run(others, others_gone);
  }
  end_slice();
}

pack_place state_writer::write(const state_pack& pack) {
  if (!slice_) {
    slice_.emplace(environment_, lmdb_transaction::kind::preparing);
    if (!std::exchange(dropped_unnamed_, true))
      drop_unnamed(*slice_);
  }
  const pack_place place{commit_, ordinal_++, pack.count()};
  if (!lmdb_cursor{*slice_, ledger_table::packs}.put(result_key({place.commit, place.ordinal}), pack.bytes(),
                                                     MDB_APPEND))
    throw lmdb_error{MDB_KEYEXIST, "writing a pack of states"};
  in_slice_ += pack.bytes().size();
  if (in_slice_ >= slice_bytes)
    end_slice();
  return place;
}

void state_writer::end_slice() {
  if (!slice_)
    return;
  slice_->commit();
  slice_.reset();
  in_slice_ = 0;
}

void state_writer::drop_unnamed(const lmdb_transaction& txn) const {
  lmdb_cursor packs{txn, ledger_table::packs};
  for (bool more = packs.seek(result_key({commit_, 0}), MDB_SET_RANGE); more;
       more = packs.seek(result_key({commit_, 0}), MDB_SET_RANGE))
    packs.remove();
}

void state_writer::finish(const lmdb_transaction& txn) {
  if (!std::exchange(dropped_unnamed_, true))
    drop_unnamed(txn);
  lmdb_cursor bodies{txn, ledger_table::packs};
  std::string payload;
  for (const auto& each : plans_) {
    lmdb_cursor list{txn, each.to.packs}, records{txn, each.to.records};
    for (const auto& [first, place] : each.dropped) {
      if (list.seek(first))
        list.remove();
      if (bodies.seek(result_key({place.commit, place.ordinal})))
        bodies.remove();
    }
    for (const auto& key : each.taken_up)
      if (records.seek(key))
        records.remove();
    for (const auto& [first, place] : each.made)
      list.put(first, encode(place));
    for (const auto& entry : each.records) {
      payload.clear();
      binary_writer{payload}.varint(entry.number);
      payload += entry.bytes;
      records.put(entry.key, payload);
    }
  }
}

} // namespace millwright
