#include "runtime/ledger/page_check.hpp"

#include "runtime/ledger/page_format.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

namespace {

using namespace page_format;

class walk {
public:
  walk(std::string_view file, const meta& newest, const page_table_visitor& visit_table,
       const page_record_visitor& visit_record)
      : file_{file}, newest_{newest}, visit_table_{visit_table}, visit_record_{visit_record},
        used_(newest.last_page + 1) {
    used_[0] = used_[1] = true;
  }

  void all() {
    tree(newest_.main, "the list of tables", false, [this](auto key, auto value, uint16_t flags) {
      if (flags != node_table || value.size() != database_size)
        throw damage{"the list of tables holds something else"};
      table(std::string{key}, read_database(value));
    });
    if ((newest_.free_list.flags & integer_keys) == 0)
      throw damage{"the list of free pages has other keys"};
    tree(newest_.free_list, "the list of free pages", true, [this](auto, auto value, uint16_t) { free_pages(value); });
  }

private:
  using leaf_visitor = std::function<void(std::string_view key, std::string_view value, uint16_t flags)>;

  /// A tree being walked: what was met so far, to be compared with what its header says.
  struct tally {
    const std::string& name;
    bool integers;
    uint16_t depth;
    const leaf_visitor& visit;
    uint64_t branches = 0, leaves = 0, overflows = 0, entries = 0;
  };

  void table(const std::string& name, const database& db) {
    if (const auto wrong = visit_table_(name))
      throw damage{*wrong};
    if (db.flags != 0)
      throw damage{name + ": of another kind"};
    tree(db, name, false, [&](auto key, auto value, uint16_t flags) {
      if (flags & ~node_big)
        throw damage{name + ": an entry of another kind"};
      if (const auto wrong = visit_record_(name, key, value))
        throw damage{*wrong};
    });
  }

  void tree(const database& db, const std::string& name, bool integers, const leaf_visitor& visit) {
    tally t{name, integers, db.depth, visit};
    if (db.root != no_page)
      page(t, db.root, 1, nullptr, nullptr);
    else if (db.depth != 0)
      throw damage{name + ": its root is missing"};
    if (t.branches != db.branches || t.leaves != db.leaves || t.overflows != db.overflows || t.entries != db.entries)
      throw damage{name + ": " + std::to_string(t.entries) + " records where " + std::to_string(db.entries) +
                   " were written"};
  }

  void use(uint64_t number, const std::string& name) {
    if (number >= used_.size())
      throw damage{name + ": page " + std::to_string(number) + " is beyond the end"};
    if (used_[number])
      throw damage{name + ": page " + std::to_string(number) + " is used twice"};
    used_[number] = true;
  }

  std::string_view bytes_of(uint64_t number, uint64_t pages, const std::string& name) const {
    const uint64_t size = newest_.page_size, in_file = file_.size() / size;
    if (number >= in_file || pages > in_file - number)
      throw damage{name + ": the file ends before page " + std::to_string(number + pages - 1)};
    return file_.substr(number * size, pages * size);
  }

  bool before(const tally& t, std::string_view a, std::string_view b) const {
    return t.integers ? at<uint64_t>(a, 0) < at<uint64_t>(b, 0) : a < b;
  }

  /// `low` (inclusive) and `high` (exclusive) are the separators around the page; null where there is none.
  void page(tally& t, uint64_t number, uint16_t level, const std::string_view* low, const std::string_view* high) {
    use(number, t.name);
    const auto bytes = bytes_of(number, 1, t.name);
    const auto wrong = [&](const char* what) {
      return damage{t.name + ": page " + std::to_string(number) + " " + what};
    };
    const bool leaf = level == t.depth;
    if (at<uint64_t>(bytes, 0) != number || at<uint16_t>(bytes, 10) != (leaf ? is_leaf : is_branch))
      throw wrong("is another one");
    (leaf ? t.leaves : t.branches) += 1;
    const size_t lower = at<uint16_t>(bytes, 12), upper = at<uint16_t>(bytes, 14);
    if (lower <= page_header || lower % 2 != 0 || upper < lower || upper > bytes.size())
      throw wrong("has impossible bounds");
    const size_t count = (lower - page_header) / 2;
    size_t filled = 0;
    std::vector<std::string_view> keys(count);
    std::vector<size_t> offsets(count);
    for (size_t i = 0; i < count; ++i) {
      const size_t offset = offsets[i] = at<uint16_t>(bytes, page_header + 2 * i);
      if (offset < upper || offset + node_header > bytes.size())
        throw wrong("has an entry out of bounds");
      const size_t key_size = at<uint16_t>(bytes, offset + 6);
      const size_t in_page = !leaf ? 0 : at<uint16_t>(bytes, offset + 4) & node_big ? 8 : at<uint32_t>(bytes, offset);
      if (key_size + in_page > bytes.size() - offset - node_header)
        throw wrong("has an entry out of bounds");
      if (t.integers && key_size != 8 && (leaf || i > 0))
        throw wrong("has an impossible key");
      filled += (node_header + key_size + in_page + 1) / 2 * 2;
      keys[i] = bytes.substr(offset + node_header, key_size);
      // The first key of a branch is not used: it stands for everything before the second.
      if (!leaf && i == 0)
        continue;
      const auto* previous = i > (leaf ? 0 : 1) ? &keys[i - 1] : nullptr;
      if ((previous && !before(t, *previous, keys[i])) || (low && before(t, keys[i], *low)) ||
          (high && !before(t, keys[i], *high)))
        throw wrong("is out of order");
    }
    if (filled != bytes.size() - upper)
      throw wrong("has overlapping entries");
    for (size_t i = 0; i < count; ++i)
      if (leaf) {
        record(t, bytes, offsets[i], keys[i]);
      } else {
        const uint64_t child = at<uint32_t>(bytes, offsets[i]) | uint64_t{at<uint16_t>(bytes, offsets[i] + 4)} << 32;
        page(t, child, static_cast<uint16_t>(level + 1), i == 0 ? low : &keys[i], i + 1 < count ? &keys[i + 1] : high);
      }
  }

  void record(tally& t, std::string_view bytes, size_t offset, std::string_view key) {
    const size_t size = at<uint32_t>(bytes, offset);
    const auto flags = at<uint16_t>(bytes, offset + 4);
    t.entries += 1;
    if (!(flags & node_big)) {
      t.visit(key, bytes.substr(offset + node_header + key.size(), size), flags);
      return;
    }
    const uint64_t first = at<uint64_t>(bytes, offset + node_header + key.size());
    const uint64_t pages = (page_header - 1 + size) / newest_.page_size + 1;
    if (first >= used_.size() || pages > used_.size() - first)
      throw damage{t.name + ": page " + std::to_string(first) + " is beyond the end"};
    const auto run = bytes_of(first, pages, t.name);
    if (at<uint64_t>(run, 0) != first || at<uint16_t>(run, 10) != is_overflow || at<uint32_t>(run, 12) != pages)
      throw damage{t.name + ": page " + std::to_string(first) + " is another one"};
    for (uint64_t i = 0; i < pages; ++i)
      use(first + i, t.name);
    t.overflows += pages;
    t.visit(key, run.substr(page_header, size), flags);
  }

  void free_pages(std::string_view value) {
    const auto count = at<uint64_t>(value, 0);
    if (count > value.size() / 8 - 1)
      throw damage{"the list of free pages is cut off"};
    for (uint64_t i = 1; i <= count; ++i)
      use(at<uint64_t>(value, i * 8), "the list of free pages");
  }

  std::string_view file_;
  const meta& newest_;
  const page_table_visitor& visit_table_;
  const page_record_visitor& visit_record_;
  /// By page: met in a tree or in the free list.
  std::vector<bool> used_;
};

} // namespace

std::optional<std::string> check_pages(std::string_view file, const page_table_visitor& visit_table,
                                       const page_record_visitor& visit_record) {
  try {
    if (file.size() < 2 * 512)
      throw damage{"the file ends within its first pages"};
    const auto page_size = at<uint32_t>(file, 40);
    if (page_size < 512 || page_size > 65536 || (page_size & (page_size - 1)) != 0)
      throw damage{"meta page 0 is none"};
    if (file.size() < 2 * size_t{page_size})
      throw damage{"the file ends within its first pages"};
    const std::array metas{read_meta(file, 0, page_size), read_meta(file, 1, page_size)};
    const auto& newest = metas[metas[1].transaction > metas[0].transaction];
    if (metas[0].page_size != metas[1].page_size || metas[0].free_list.flags != metas[1].free_list.flags)
      throw damage{"the meta pages differ"};
    // Pages that a transaction took and gave back unwritten may lie behind the end, but not many.
    if (newest.last_page < 1 || newest.last_page > file.size() / page_size + pages_never_written)
      throw damage{"the file ends too early"};
    walk{file, newest, visit_table, visit_record}.all();
  } catch (const damage& found) {
    return found.what;
  }
  return std::nullopt;
}

} // namespace millwright
