#include "runtime/hosting/actor_tree.hpp"

#include "protocol/failure.hpp"

#include <iterator>
#include <utility>

namespace millwright {

namespace {

constexpr uint32_t page = 1000;

} // namespace

actor_tree::found actor_tree::find(const std::string& name) {
  if (const auto path = actor_path::of(name))
    for (auto* branch : branches_)
      if (auto line = branch->find(*path))
        return {std::move(*line), branch};
  throw failure{failure_code::not_found, name,
                "no actor of this name: millwright tree shows the names; a sensor that sleeps has none (millwright "
                "sensors)"};
}

std::vector<actor_line> actor_tree::all_of(actor_branch& branch, const actor_path& parent, const std::string& kind) {
  std::vector<actor_line> out;
  uint64_t from = 0;
  do {
    auto some = branch.children(parent, kind, from, page);
    std::move(some.lines.begin(), some.lines.end(), std::back_inserter(out));
    from = some.next;
  } while (from != 0);
  return out;
}

void actor_tree::append(const actor_line& line, uint32_t most, std::vector<row>& out) {
  out.push_back({line, 0});
  for (auto* branch : branches_) {
    std::vector<actor_count> counts;
    branch->count(line.path, counts);
    for (const auto& [kind, count] : counts) {
      if (count > most) {
        out.push_back({{{}, line.path, kind, actor_state::living}, count});
        continue;
      }
      for (const auto& each : all_of(*branch, line.path, kind))
        append(each, most, out);
    }
  }
}

std::vector<actor_tree::row> actor_tree::tree(const std::string& name, uint32_t most) {
  std::vector<row> out;
  append(find(name).line, most, out);
  return out;
}

actor_batch actor_tree::children(const std::string& name, const std::string& kind, uint64_t from, uint32_t limit) {
  const auto parent = find(name).line.path;
  std::string known;
  for (auto* branch : branches_) {
    std::vector<actor_count> counts;
    branch->count(parent, counts);
    for (const auto& each : counts) {
      if (each.kind == kind)
        return branch->children(parent, kind, from, limit);
      known += (known.empty() ? "" : ", ") + each.kind;
    }
  }
  throw failure{failure_code::not_found, name,
                "nothing of kind " + kind + " stands below it; there is " + (known.empty() ? "nothing" : known)};
}

actor_tree::description actor_tree::describe(const std::string& name) {
  auto [line, branch] = find(name);
  auto state = branch->describe(line);
  return {std::move(line), std::move(state)};
}

} // namespace millwright
