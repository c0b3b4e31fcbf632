#include "runtime/ledger/ledger_check.hpp"

#include "protocol/failure.hpp"
#include "runtime/ledger/child_answer.hpp"
#include "runtime/ledger/older_formats.hpp"
#include "runtime/ledger/page_check.hpp"
#include "runtime/ledger/record_reader.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace millwright {

namespace {

[[noreturn]] void cannot_be_read(const std::string& path) {
  throw failure{failure_code::ledger_damaged, path, std::string{"cannot be read: "} + std::strerror(errno)};
}

/// What the child does: throws what is wrong.
void look_through(const std::string& path, check_depth depth) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0)
    cannot_be_read(path);
  const auto size = static_cast<size_t>(status.st_size);
  void* const map = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED)
    cannot_be_read(path);
  bool newer = false;
  std::array<bool, most_ledger_tables> there{};
  ledger_table table{};
  uint32_t format = ledger_format_version;
  const auto at_table = [&](std::string_view name) -> std::optional<std::string> {
    const auto known = ledger_table_named(name);
    if (!known)
      return "it holds a table of no known name";
    table = *known;
    there[static_cast<size_t>(table)] = true;
    return std::nullopt;
  };
  const auto at_record = [&](auto, std::string_view key, std::string_view value) -> std::optional<std::string> {
    if (depth == check_depth::structure && holds_results(table))
      return std::nullopt;
    record_view record;
    const auto state = read_record(table, key, value, record);
    if (table == ledger_table::meta)
      if (const auto said = format_in(key, value); said != 0)
        format = said;
    newer = state == record_state::newer || format > ledger_format_version;
    if (newer)
      return describe_record(table, key) + " was written by a newer millwright";
    if (state == record_state::damaged)
      return describe_record(table, key) + " is damaged";
    return std::nullopt;
  };
  const auto wrong = check_pages({static_cast<const char*>(map), size}, at_table, at_record);
  if (wrong)
    throw failure{newer ? failure_code::ledger_version : failure_code::ledger_damaged, path, *wrong};
  // All of a format are made by one transaction.
  if (std::find(there.begin(), there.end(), true) == there.end())
    return;
  for (size_t i = 0; i < fixed_ledger_tables; ++i)
    if (!there[i] && has_table(format, static_cast<ledger_table>(i)))
      throw failure{failure_code::ledger_damaged, path,
                    "a table is missing: " + std::string{fixed_ledger_table_names[i]}};
}

} // namespace

void check_ledger_file(const std::string& path, check_depth depth, const std::function<void()>& in_child) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || status.st_size == 0)
    return;
  answer_of_child(
      [&] {
        in_child();
        look_through(path, depth);
        return std::string{};
      },
      {.died = failure_code::ledger_damaged, .no_child = failure_code::ledger_unwritable}, path);
}

} // namespace millwright
