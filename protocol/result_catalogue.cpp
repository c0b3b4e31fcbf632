#include "protocol/result_catalogue.hpp"

#include "protocol/built_in_kinds.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <stdexcept>

namespace millwright {

namespace {

static_assert(built_in_result_kinds == result_kind_count);

/// Kinds are read without a lock: an entry is whole before the count names it.
class catalogue {
public:
  static catalogue& of_process() {
    static catalogue it;
    return it;
  }

  size_t size() const { return size_.load(std::memory_order_acquire); }
  std::string_view name(size_t index) const { return entries_[index].name; }
  const row_schema* schema(size_t index) const { return entries_[index].schema.load(std::memory_order_acquire); }

  size_t find(std::string_view name) const {
    const size_t size = this->size();
    for (size_t i = 0; i < size; ++i)
      if (entries_[i].name == name)
        return i;
    return size;
  }

  size_t add(std::string_view name, const row_schema* schema) {
    const std::lock_guard writer{adding_};
    const size_t size = size_.load(std::memory_order_relaxed);
    const size_t index = find(name);
    if (index == size) {
      if (name.empty() || name.size() > longest_name || name.find_first_not_of(letters) != std::string_view::npos)
        throw std::invalid_argument{"\"" + std::string{name} + "\" is no name of a kind of results"};
      if (size == most_result_kinds)
        throw std::invalid_argument{"no more than " + std::to_string(most_result_kinds) +
                                    " kinds of results: there is no place for " + std::string{name}};
      entries_[index].name = name;
      entries_[index].schema = schema;
      size_.store(size + 1, std::memory_order_release);
      return index;
    }
    if (const auto* known = this->schema(index); schema && known && !same(*known, *schema))
      throw std::invalid_argument{"two kinds of results have the name " + std::string{name}};
    else if (schema && !known)
      entries_[index].schema = schema;
    return index;
  }

private:
  static constexpr size_t longest_name = 100;
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-";

  struct entry {
    std::string name;
    std::atomic<const row_schema*> schema{nullptr};
  };

  catalogue() {
    for (const auto& schema : built_in_schemas())
      add(schema.name, &schema);
  }

  static bool same(const row_schema& a, const row_schema& b) {
    const auto same_field = [](const row_column& x, const row_column& y) { return x.name == y.name && x.of == y.of; };
    return a.version == b.version &&
           std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(), same_field);
  }

  std::array<entry, most_result_kinds> entries_;
  std::atomic<size_t> size_{0};
  std::mutex adding_;
};

} // namespace

result_kind declare_result_kind(const row_schema& schema) {
  return result_kind_at(catalogue::of_process().add(schema.name, &schema));
}

result_kind stored_result_kind(std::string_view name) {
  return result_kind_at(catalogue::of_process().add(name, nullptr));
}

std::vector<result_kind> result_kinds() {
  std::vector<result_kind> out;
  for (size_t i = 0; i < known_result_kinds(); ++i)
    if (schema_of(result_kind_at(i)))
      out.push_back(result_kind_at(i));
  return out;
}

size_t known_result_kinds() {
  return catalogue::of_process().size();
}

std::string_view name_of(result_kind kind) {
  return catalogue::of_process().name(place_of(kind));
}

bool result_kind_named(std::string_view name, result_kind& out) {
  const auto& all = catalogue::of_process();
  const size_t index = all.find(name);
  if (index >= all.size() || all.name(index) != name)
    return false;
  out = result_kind_at(index);
  return true;
}

std::string result_kind_names() {
  std::string out;
  for (const auto kind : result_kinds())
    out += (out.empty() ? "" : ", ") + std::string{name_of(kind)};
  return out;
}

const row_schema* schema_of(result_kind kind) {
  return catalogue::of_process().schema(place_of(kind));
}

result_kind kind_of(const row_schema& schema) {
  if (result_kind kind; result_kind_named(schema.name, kind) && schema_of(kind))
    return kind;
  throw std::invalid_argument{"nobody has declared the kind of results " + std::string{schema.name}};
}

bool has_field(result_kind kind, std::string_view name) {
  const auto* schema = schema_of(kind);
  return schema && std::any_of(schema->columns.begin(), schema->columns.end(),
                               [&](const row_column& column) { return column.name == name; });
}

} // namespace millwright
