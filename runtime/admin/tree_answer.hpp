#pragma once

#include "runtime/admin/tree_request.hpp"

#include <cstdint>
#include <string>

namespace millwright {

class actor_tree;

// JSON lines:
//   {"name":"node/shard/0","parent":"node","kind":"shard","state":"living"}
//   {"parent":"node/shard/0","kind":"sensor","count":50000}
//   {"name":"node/monitor","parent":"node","kind":"monitor","meaning":"...","state":"living","describes":{...}}
// `describes` is what the actor itself says; null where it has not answered.
// Each throws failure(not_found) where there is no such actor.

struct tree_answer {
  std::string rows;
  /// Of a kind's list: where to go on; 0 where it has ended. The closing line says so: {"end":true,"next":1000}, or
  /// null.
  uint64_t next = 0;
};

tree_answer answer_tree(const tree_request& request, actor_tree& from);
std::string answer_description(const tree_request& request, actor_tree& from);

} // namespace millwright
