#include "runtime/node/node_branch.hpp"

#include "protocol/json.hpp"
#include "runtime/hosting/ask_actor.hpp"

#include <algorithm>

namespace millwright {

namespace {

const actor_path root_path{"node"}, monitor_path{"node", "monitor"};
const actor_line root_line{root_path, {}, "node", actor_state::living};

actor_state state_if(bool alive) {
  return alive ? actor_state::living : actor_state::dead;
}

} // namespace

std::vector<actor_line> node_branch::below_root() const {
  std::vector<actor_line> out;
  for (const auto& each : alarms_.members())
    out.push_back({each.path, root_path, each.kind, state_if(each.alive)});
  out.push_back({monitor_path, root_path, "monitor", actor_state::living});
  return out;
}

void node_branch::count(const actor_path& parent, std::vector<actor_count>& out) {
  if (parent != root_path)
    return;
  for (const auto& each : below_root()) {
    const auto known = std::find_if(out.begin(), out.end(), [&](const auto& x) { return x.kind == each.kind; });
    if (known != out.end())
      ++known->count;
    else
      out.push_back({each.kind, 1});
  }
}

actor_batch node_branch::children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) {
  if (parent != root_path)
    return {};
  auto lines = below_root();
  std::erase_if(lines, [&](const auto& each) { return each.kind != kind; });
  return batch_of(from, lines.size(), limit, lines.size(), [&](uint64_t i) { return std::optional{lines[i]}; });
}

std::optional<actor_line> node_branch::find(const actor_path& path) {
  if (path == root_path)
    return root_line;
  const auto lines = below_root();
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const auto& each) { return each.path == path; });
  return found == lines.end() ? std::nullopt : std::optional{*found};
}

std::string node_branch::state_of_root() const {
  std::string parts;
  for (const auto& each : parts_.parts()) {
    parts += parts.empty() ? "" : ",";
    json_object{parts}
        .text("part", each.name)
        .integer("deaths", static_cast<int64_t>(each.deaths))
        .boolean("begun_anew_when_dead", each.begun_anew_when_dead)
        .close();
  }
  std::string out;
  json_object{out}
      .boolean("whole", parts_.whole())
      .integer("begun_anew", static_cast<int64_t>(parts_.restarts()))
      .raw("parts", '[' + parts + ']')
      .raw("actor", description_of(system_, root_).value_or("null"))
      .close();
  return out;
}

std::optional<std::string> node_branch::describe(const actor_line& line) {
  if (line.path == root_path)
    return state_of_root();
  if (line.path == monitor_path)
    return description_of(system_, monitor_.actor());
  for (const auto& each : alarms_.members())
    if (each.path == line.path)
      return each.description();
  return std::nullopt;
}

} // namespace millwright
