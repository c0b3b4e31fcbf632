#pragma once

#include "runtime/admin/tree_request.hpp"

#include <string>

namespace millwright {

class actor_tree;

// JSON lines, with the closing one:
//   {"name":"node/shard/0","parent":"node","kind":"shard","state":"living"}
//   {"parent":"node/shard/0","kind":"sensor","count":50000}
//   {"end":true,"next":1000}        of a kind's list: where to go on; null where it has ended
//   {"name":"node/monitor","parent":"node","kind":"monitor","meaning":"...","state":"living","describes":{...}}
// `describes` is what the actor itself says; null where it has not answered.
// Each throws failure(not_found) where there is no such actor.

std::string answer_tree(const tree_request& request, actor_tree& from);
std::string answer_description(const tree_request& request, actor_tree& from);

} // namespace millwright
