#include "runtime/ledger/repair/snapshot.hpp"

#include "runtime/ledger/page_format.hpp"

#include <algorithm>

namespace millwright {

using namespace page_format;

bool snapshot::complete() const {
  return !tables_unknown && damaged.empty() &&
         std::all_of(missing.begin(), missing.end(), [](uint64_t n) { return n == 0; });
}

bool snapshot::may_lack(size_t table, std::string_view key) const {
  if (tables_unknown || damaged.contains({table, std::string{key}}))
    return true;
  if (table >= missing.size() || missing[table] == 0)
    return false;
  // Where nobody knows, anywhere.
  const auto& where = gaps[table];
  return where.empty() || std::any_of(where.begin(), where.end(), [&](const key_range& each) {
           return (!each.first || key >= *each.first) && (!each.second || key < *each.second);
         });
}

namespace {

constexpr int deepest = 40;

/// The separators around a page; null where there is none.
struct bounds {
  const std::string_view* low = nullptr;
  const std::string_view* high = nullptr;

  bool hold(std::string_view key) const { return (!low || !(key < *low)) && (!high || key < *high); }
};

struct node {
  std::string_view key;
  /// Of a leaf's entry: size of the value, flags, and where it begins in the page. Of a branch's: the child.
  uint64_t size = 0, child = 0;
  uint16_t flags = 0;
  size_t value_at = 0;
  /// Where it begins in the page, and what it takes there.
  size_t at = 0, room = 0;
};

class snapshot_reader {
public:
  snapshot_reader(std::string_view file, const store_kind& kind, const std::set<uint64_t>& unreadable, const meta& from)
      : file_{file}, kind_{kind}, unreadable_{unreadable}, from_{from}, use_(from.last_page + 1, unused) {
    out_.transaction = from.transaction;
    know_tables();
    use_[0] = in_tree;
    if (use_.size() > 1)
      use_[1] = in_tree;
  }

  snapshot read() {
    read_free_list();
    read_tables();
    for (size_t i = 0; i < tables_.size(); ++i)
      if (tables_[i].known)
        read_table(i);
    look_for_tables();
    take_orphans();
    count_missing();
    return std::move(out_);
  }

private:
  enum use : uint8_t { unused, in_tree, is_free };

  struct table_state {
    database db;
    bool known = false;
    /// Something of it was not reached.
    bool gap = false;
    uint64_t pages = 0;
  };

  void wrong(std::string what) {
    constexpr size_t most = 1000;
    if (out_.damage.size() < most)
      out_.damage.push_back(std::move(what));
  }

  std::optional<std::string_view> bytes_of(uint64_t number, uint64_t pages = 1) const {
    const uint64_t size = from_.page_size, in_file = file_.size() / size;
    if (number < 2 || number >= use_.size() || pages > use_.size() - number || number >= in_file ||
        pages > in_file - number)
      return std::nullopt;
    const auto bad = unreadable_.lower_bound(number);
    if (bad != unreadable_.end() && *bad < number + pages)
      return std::nullopt;
    return file_.substr(number * size, pages * size);
  }

  std::optional<node> node_at(std::string_view page, size_t slot, bool leaf) const {
    const size_t offset = at<uint16_t>(page, page_header + 2 * slot);
    if (offset < page_header + 2 * (slot + 1) || offset + node_header > page.size())
      return std::nullopt;
    node x;
    x.at = offset;
    x.flags = at<uint16_t>(page, offset + 4);
    x.size = at<uint32_t>(page, offset);
    x.child = x.size | uint64_t{x.flags} << 32;
    const size_t key_size = at<uint16_t>(page, offset + 6);
    const size_t in_page = !leaf ? 0 : x.flags & node_big ? 8 : x.size;
    if (key_size > page.size() - offset - node_header || in_page > page.size() - offset - node_header - key_size)
      return std::nullopt;
    x.key = page.substr(offset + node_header, key_size);
    x.value_at = offset + node_header + key_size;
    x.room = (node_header + key_size + in_page + 1) / 2 * 2;
    return x;
  }

  // Behind the last entry, and below the lowest, there may be remains of removed ones, whole but stale. So the number
  // of entries must be certain: the entries fill the page's end without a gap, from the upper bound on.
  std::vector<node> nodes_of(std::string_view page, bool leaf, bool& sound) const {
    const size_t lower = at<uint16_t>(page, 12), upper = at<uint16_t>(page, 14);
    const bool lower_fits = lower >= page_header && lower % 2 == 0 && lower <= page.size();
    const size_t said = lower_fits ? (lower - page_header) / 2 : 0;
    std::vector<node> out;
    size_t filled = 0, lowest = page.size(), by_upper = 0;
    for (size_t slot = 0; slot < (page.size() - page_header) / 2; ++slot) {
      const auto x = node_at(page, slot, leaf);
      if (!x)
        break;
      filled += x->room;
      lowest = std::min(lowest, x->at);
      out.push_back(*x);
      if (filled != page.size() - lowest)
        continue;
      if (slot + 1 == said) {
        sound = lowest == upper;
        return out;
      }
      if (lowest == upper)
        by_upper = slot + 1;
    }
    sound = false;
    if (by_upper > 0 && out.size() >= by_upper) {
      out.resize(by_upper);
      return out;
    }
    // The bounds may be right and an entry wrong.
    out.clear();
    if (!lower_fits || upper < lower || upper > page.size())
      return out;
    for (size_t slot = 0; slot < said; ++slot)
      if (const auto x = node_at(page, slot, leaf); x && x->at >= upper)
        out.push_back(*x);
    return out;
  }

  // Any fault in it and it decides nothing: a page that it forgets would look alive.
  void read_free_list() {
    try {
      if ((from_.free_list.flags & integer_keys) == 0)
        throw damage{"the list of free pages has other keys"};
      uint64_t entries = 0;
      if (from_.free_list.root != no_page)
        read_free_page(from_.free_list.root, 1, entries);
      if (entries != from_.free_list.entries)
        throw damage{"the list of free pages is not complete"};
      free_known_ = true;
    } catch (const damage& found) {
      wrong(found.what);
    }
  }

  void read_free_page(uint64_t number, int level, uint64_t& entries) {
    const auto bad = [&] { return damage{"the list of free pages: page " + std::to_string(number) + " is damaged"}; };
    const auto page = bytes_of(number);
    if (!page || level > deepest || use_[number] != unused || at<uint64_t>(*page, 0) != number)
      throw bad();
    use_[number] = in_tree;
    const auto kind = at<uint16_t>(*page, 10);
    if (kind != is_leaf && kind != is_branch)
      throw bad();
    bool sound = false;
    const auto nodes = nodes_of(*page, kind == is_leaf, sound);
    if (!sound)
      throw bad();
    for (const auto& x : nodes) {
      if (kind == is_branch) {
        read_free_page(x.child, level + 1, entries);
        continue;
      }
      ++entries;
      std::string_view list;
      if (x.flags & node_big) {
        const auto first = at<uint64_t>(*page, x.value_at);
        const auto run = run_of(first, x.size);
        if (!run || !run->sound)
          throw bad();
        for (uint64_t i = 0; i < run->pages; ++i) {
          if (use_[first + i] != unused)
            throw bad();
          use_[first + i] = in_tree;
        }
        list = run->value;
      } else {
        list = page->substr(x.value_at, x.size);
      }
      const auto count = at<uint64_t>(list, 0);
      if (count > list.size() / 8 - 1)
        throw bad();
      for (uint64_t i = 1; i <= count; ++i) {
        const auto free = at<uint64_t>(list, 8 * i);
        if (free < 2 || free >= use_.size() || use_[free] != unused)
          throw damage{"the list of free pages names page " + std::to_string(free) + " wrongly"};
        use_[free] = is_free;
      }
    }
  }

  struct page_run {
    std::string_view value;
    uint64_t pages = 0;
    bool sound = false;
  };

  std::optional<page_run> run_of(uint64_t first, uint64_t size) const {
    page_run out;
    out.pages = (page_header - 1 + size) / from_.page_size + 1;
    const auto bytes = bytes_of(first, out.pages);
    if (!bytes)
      return std::nullopt;
    out.sound = at<uint64_t>(*bytes, 0) == first && at<uint16_t>(*bytes, 10) == is_overflow &&
                at<uint32_t>(*bytes, 12) == out.pages;
    out.value = bytes->substr(page_header, size);
    return out;
  }

  void know_tables() {
    tables_.resize(kind_.tables());
    out_.records.resize(tables_.size());
    out_.missing.resize(tables_.size());
    out_.ranges.resize(tables_.size());
    out_.gaps.resize(tables_.size());
  }

  void read_tables() {
    if (from_.main.root == no_page) {
      if (from_.main.entries != 0 || from_.main.depth != 0)
        lose_tables("the list of tables is missing");
      return;
    }
    read_list_of_tables(from_.main.root, 1);
    know_tables();
  }

  // Of some forty names and more it is not one page any more.
  void read_list_of_tables(uint64_t number, int level) {
    const auto page = bytes_of(number);
    const bool leaf = page && at<uint16_t>(*page, 10) == is_leaf;
    if (!page || level > deepest || use_[number] != unused || at<uint64_t>(*page, 0) != number ||
        (!leaf && at<uint16_t>(*page, 10) != is_branch))
      return lose_tables("the list of tables cannot be read");
    use_[number] = in_tree;
    bool sound = false;
    for (const auto& x : nodes_of(*page, leaf, sound)) {
      if (!leaf) {
        read_list_of_tables(x.child, level + 1);
        continue;
      }
      const auto which = x.flags == node_table && x.size == database_size ? kind_.table_named(x.key) : std::nullopt;
      if (!which) {
        sound = false;
        continue;
      }
      know_tables();
      tables_[*which].db = read_database(page->substr(x.value_at, x.size));
      tables_[*which].known = true;
    }
    if (!sound)
      lose_tables("the list of tables is damaged");
  }

  // Only what is in them tells whether one is missing or never was there.
  void look_for_tables() {
    if (std::none_of(tables_.begin(), tables_.end(), [](const table_state& x) { return x.known; }))
      return;
    for (size_t i = 0; i < tables_.size(); ++i) {
      if (tables_[i].known)
        continue;
      if (!kind_.may_lack(i, out_.records))
        lose_tables("the list of tables has no " + kind_.table_name(i));
      tables_[i].known = kind_.may_lack(i, out_.records);
    }
  }

  void lose_tables(std::string what) {
    wrong(std::move(what));
    out_.tables_unknown = true;
  }

  void read_table(size_t which) {
    auto& table = tables_[which];
    const auto name = kind_.table_name(which);
    if (table.db.flags != 0)
      wrong(name + ": of another kind");
    if (table.db.root != no_page)
      read_page(which, table.db.root, 1, {});
    else if (table.db.entries != 0)
      gap(which, {}, name + ": its root is missing");
    const auto pages = table.db.branches + table.db.leaves + table.db.overflows;
    if (table.pages != pages || out_.records[which].size() + damaged_in(which) != table.db.entries) {
      table.gap = true;
      wrong(name + ": " + std::to_string(out_.records[which].size()) + " sound records reached where " +
            std::to_string(table.db.entries) + " were written");
    }
  }

  size_t damaged_in(size_t which) const {
    return static_cast<size_t>(
        std::distance(out_.damaged.lower_bound({which, ""}), out_.damaged.lower_bound({which + 1, ""})));
  }

  void lose(size_t which, const bounds& around) {
    auto& lost = out_.gaps[which].emplace_back();
    if (around.low)
      lost.first.emplace(*around.low);
    if (around.high)
      lost.second.emplace(*around.high);
  }

  void gap(size_t which, const bounds& around, std::string what) {
    tables_[which].gap = true;
    wrong(std::move(what));
    lose(which, around);
    std::string words;
    if (around.low)
      words = "from " + kind_.describe(which, *around.low) + " on";
    if (around.high)
      words += (words.empty() ? "before " : " and before ") + kind_.describe(which, *around.high);
    if (!words.empty())
      out_.ranges[which].push_back(words);
  }

  void read_page(size_t which, uint64_t number, int level, const bounds& around) {
    auto& table = tables_[which];
    const auto where = kind_.table_name(which) + ": page " + std::to_string(number);
    const auto page = bytes_of(number);
    if (!page)
      return gap(which, around, where + " is beyond the end, or the disk does not give it");
    if (use_[number] == is_free) {
      // Either this way or the list of free pages leads wrong: nobody can tell, so neither is followed.
      free_known_ = false;
      return gap(which, around, where + " is free as well");
    }
    if (use_[number] == in_tree || level > deepest)
      return gap(which, around, where + " is used twice");
    const auto stored = at<uint16_t>(*page, 10);
    const bool of_depth = level == table.db.depth;
    const bool leaf = stored == is_leaf || of_depth;
    const bool head_sound = at<uint64_t>(*page, 0) == number && (stored == is_leaf || stored == is_branch);
    bool sound = false;
    const auto nodes = nodes_of(*page, leaf, sound);
    if (leaf) {
      const bool fits = std::any_of(nodes.begin(), nodes.end(), [&](const node& x) { return around.hold(x.key); });
      if (!fits)
        return gap(which, around, where + " is another one");
      use_[number] = in_tree;
      ++table.pages;
      if (!head_sound || !sound || !of_depth) {
        wrong(where + " is damaged");
        table.gap |= !sound;
        if (!sound)
          lose(which, around);
      }
      for (const auto& x : nodes)
        if (around.hold(x.key))
          take(which, *page, x, false);
        else
          gap(which, around, where + " is out of order");
      return;
    }
    bool ordered = head_sound && sound && nodes.size() > 1;
    for (size_t i = 1; i < nodes.size() && ordered; ++i)
      ordered = around.hold(nodes[i].key) && (i == 1 || nodes[i - 1].key < nodes[i].key);
    if (!ordered)
      return gap(which, around, where + " is damaged");
    use_[number] = in_tree;
    ++table.pages;
    for (size_t i = 0; i < nodes.size(); ++i)
      read_page(which, nodes[i].child, level + 1,
                {i == 0 ? around.low : &nodes[i].key, i + 1 < nodes.size() ? &nodes[i + 1].key : around.high});
  }

  std::optional<std::string_view> value_of(std::string_view page, const node& x, page_run& run, uint64_t& first) const {
    if (!(x.flags & node_big)) {
      run.sound = true;
      return page.substr(x.value_at, x.size);
    }
    first = at<uint64_t>(page, x.value_at);
    const auto found = run_of(first, x.size);
    if (!found)
      return std::nullopt;
    for (uint64_t i = 0; i < found->pages; ++i)
      if (use_[first + i] != unused)
        return std::nullopt;
    run = *found;
    return run.value;
  }

  void take(size_t which, std::string_view page, const node& x, bool orphan) {
    page_run run;
    uint64_t first = 0;
    const auto value = value_of(page, x, run, first);
    const auto state = value ? kind_.judge(which, x.key, *value) : record_state::damaged;
    if (state == record_state::newer) {
      out_.newer = kind_.describe(which, x.key);
      return;
    }
    if (value)
      for (uint64_t i = 0; i < run.pages; ++i)
        use_[first + i] = in_tree;
    if (value)
      tables_[which].pages += run.pages;
    if (state == record_state::damaged || (x.flags & ~node_big)) {
      wrong(kind_.describe(which, x.key) + " is damaged");
      if (!out_.records[which].contains(x.key))
        out_.damaged.emplace(which, x.key);
      tables_[which].gap = true;
      return;
    }
    if (!run.sound)
      wrong(kind_.describe(which, x.key) + ": the page of its value is damaged, its content is whole");
    if (!out_.records[which].emplace(x.key, *value).second && !orphan)
      wrong(kind_.describe(which, x.key) + " is there twice");
    out_.damaged.erase({which, std::string{x.key}});
  }

  // Pages that no tree leads to any more, and that are not free: they were in the parts that could not be followed.
  void take_orphans() {
    if (!free_known_ ||
        std::none_of(tables_.begin(), tables_.end(), [](const table_state& x) { return x.gap || !x.known; }))
      return;
    uint64_t expected = 0, orphans = 0;
    for (const auto& table : tables_) {
      const auto pages = table.db.branches + table.db.leaves + table.db.overflows;
      if (pages > use_.size())
        return;
      expected += pages - std::min(pages, table.pages);
    }
    for (const auto each : use_)
      orphans += each == unused;
    if (!out_.tables_unknown && orphans != expected)
      return;
    for (uint64_t number = 2; number < use_.size(); ++number) {
      if (use_[number] != unused)
        continue;
      const auto page = bytes_of(number);
      if (!page || at<uint64_t>(*page, 0) != number || at<uint16_t>(*page, 10) != is_leaf)
        continue;
      bool sound = false;
      for (const auto& x : nodes_of(*page, true, sound)) {
        page_run run;
        uint64_t first = 0;
        const auto value = value_of(*page, x, run, first);
        if (!value)
          continue;
        for (size_t which = 0; which < tables_.size(); ++which)
          if ((tables_[which].gap || !tables_[which].known) &&
              kind_.judge(which, x.key, *value) != record_state::damaged) {
            take(which, *page, x, true);
            break;
          }
      }
    }
  }

  void count_missing() {
    for (size_t i = 0; i < tables_.size(); ++i) {
      const uint64_t found = out_.records[i].size() + damaged_in(i);
      if (tables_[i].known && tables_[i].gap && tables_[i].db.entries > found &&
          tables_[i].db.entries - found <= use_.size() * from_.page_size / (2 * node_header))
        out_.missing[i] = tables_[i].db.entries - found;
      if (out_.missing[i] == 0)
        out_.ranges[i].clear();
    }
  }

  std::string_view file_;
  const store_kind& kind_;
  const std::set<uint64_t>& unreadable_;
  const meta& from_;
  std::vector<uint8_t> use_;
  bool free_known_ = false;
  std::vector<table_state> tables_;
  snapshot out_;
};

} // namespace

snapshots read_snapshots(std::string_view file, const store_kind& kind, const std::set<uint64_t>& unreadable) {
  snapshots out;
  // The size of a page stands in each meta page; one of them may be damaged. Every machine that this runs on has 4096,
  // or what one of them says.
  std::set<uint32_t> sizes{4096};
  if (file.size() >= 44)
    sizes.insert(at<uint32_t>(file, 40));
  std::vector<meta> metas;
  for (const auto size : sizes) {
    if (size < 512 || size > 65536 || (size & (size - 1)) != 0)
      continue;
    metas.clear();
    out.damage.clear();
    for (uint64_t slot = 0; slot < 2; ++slot)
      try {
        if (unreadable.contains(slot) || file.size() < (slot + 1) * size)
          throw damage{"meta page " + std::to_string(slot) + " cannot be read"};
        auto x = read_meta(file, slot, size);
        // What is behind the file's end cannot be pages in use, but for some that were never written.
        if (x.page_size != size || x.last_page < 1 || x.last_page > file.size() / size * 8 + pages_never_written)
          throw damage{"meta page " + std::to_string(slot) + " is damaged"};
        metas.push_back(x);
      } catch (const damage& found) {
        out.damage.push_back(found.what);
      }
    if (!metas.empty())
      break;
  }
  std::sort(metas.begin(), metas.end(), [](const meta& a, const meta& b) { return a.transaction > b.transaction; });
  for (const auto& from : metas) {
    // A page that is cut short anywhere is caught by itself; this is for what is left.
    try {
      out.all.push_back(snapshot_reader{file, kind, unreadable, from}.read());
    } catch (const damage& found) {
      out.damage.push_back(found.what);
    }
  }
  return out;
}

} // namespace millwright
