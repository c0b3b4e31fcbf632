#pragma once

#include "protocol/results.hpp"
#include "protocol/row_schema.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

// The process' catalogue of kinds of results (semantics 12). A `result_kind` is a place in it: the nine that the
// enumeration names are built in and have the same place in every process; further ones are declared, each time maybe
// in another order, so they are stored by name alone.

inline constexpr size_t built_in_result_kinds = 9;
/// The built-in ones among them.
inline constexpr size_t most_result_kinds = 64;

constexpr result_kind result_kind_at(size_t place) {
  return static_cast<result_kind>(place);
}
constexpr size_t place_of(result_kind kind) {
  return static_cast<size_t>(kind);
}

// Any thread; a kind once there stays as long as the process.

/// Adds a kind beyond the built-in ones; called before a ledger is opened, a replay or a node begins. A kind that is
/// there already with the same fields is given as it is. `schema` must stay. Throws std::invalid_argument: a name that
/// is none (a to z, 0 to 9, "-"), another kind of that name, more than `most_result_kinds`.
result_kind declare_result_kind(const row_schema& schema);

/// A kind that a ledger has results of, declared or not: a program without its actors keeps and counts them all the
/// same. Throws like `declare_result_kind`.
result_kind stored_result_kind(std::string_view name);

/// The kinds that are built in or declared, in the order of their places.
std::vector<result_kind> result_kinds();
/// How many there are, the merely stored ones too: places are 0 to one less.
size_t known_result_kinds();

/// "statistics, patterns, ...": those of `result_kinds`.
std::string result_kind_names();

/// Null for a kind that is merely stored.
const row_schema* schema_of(result_kind kind);
/// The kind that `declare_result_kind` gave for it. Throws std::invalid_argument for one that was not declared.
result_kind kind_of(const row_schema& schema);
/// Whether its rows have such a field; false where nobody has said.
bool has_field(result_kind kind, std::string_view name);

} // namespace millwright
