#include "runtime/hosting/above_branch.hpp"

#include "protocol/json.hpp"
#include "runtime/ledger/ledger.hpp"

#include <algorithm>
#include <map>

namespace millwright {

namespace {

const actor_path root{"node"}, host{"node", "above"};
/// Actors that are looked at in one go, while nobody else looks.
constexpr uint64_t slice = 16'384;

actor_path path_of(const entity_key& key) {
  actor_path out{"node", "above", key.type, key.facility.text};
  if (!key.id.empty())
    out.parts.push_back(key.id);
  return out;
}

std::optional<entity_key> key_of(const actor_path& path) {
  const auto& parts = path.parts;
  if (!path.begins(host) || parts.size() < 4 || parts.size() > 5)
    return std::nullopt;
  return entity_key{parts[2], {parts[3]}, parts.size() == 5 ? parts[4] : std::string{}};
}

bool is_there(const hosted_entity& entity) {
  return entity.known || entity.actor || entity.quarantined;
}

} // namespace

actor_line above_branch::line_of(const hosted_entity& entity) const {
  const auto key = actor_of_ledger_key(entity.key);
  const auto state = entity.quarantined ? actor_state::quarantined
                     : entity.actor     ? actor_state::living
                                        : actor_state::resting;
  return {path_of(key), host, key.type, state};
}

void above_branch::count(const actor_path& parent, std::vector<actor_count>& out) {
  if (parent == root)
    out.push_back({"host", 1});
  if (parent != host)
    return;
  std::map<std::string, uint64_t> by_kind;
  const uint64_t size = registry_.size();
  for (uint64_t from = 0; from < size; from += slice)
    actors_.visit(from, std::min(size, from + slice), [&](const hosted_entity& each) {
      if (is_there(each))
        ++by_kind[std::string{each.key.substr(0, each.key.find('\0'))}];
    });
  for (auto& [kind, count] : by_kind)
    out.push_back({kind, count});
}

actor_batch above_branch::children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) {
  if (parent == root && kind == "host")
    return {{{host, root, "host", actor_state::living}}, 0};
  if (parent != host)
    return {};
  return batch_of(from, registry_.size(), limit, slice, [&](uint64_t index) {
    std::optional<actor_line> out;
    actors_.visit(index, index + 1, [&](const hosted_entity& each) {
      if (is_there(each) && each.key.substr(0, each.key.find('\0')) == kind)
        out = line_of(each);
    });
    return out;
  });
}

std::optional<actor_line> above_branch::find(const actor_path& path) {
  if (path == host)
    return actor_line{host, root, "host", actor_state::living};
  const auto key = key_of(path);
  const auto index = key ? registry_.find(*key) : std::nullopt;
  std::optional<actor_line> out;
  if (index)
    actors_.visit(*index, *index + 1, [&](const hosted_entity& each) {
      if (is_there(each))
        out = line_of(each);
    });
  return out;
}

std::optional<std::string> above_branch::describe(const actor_line& line) {
  if (line.path == host) {
    std::string out;
    json_object{out}
        .integer("actors_in_memory", actors_.living())
        .integer("known", static_cast<int64_t>(registry_.size()))
        .close();
    return out;
  }
  const auto key = key_of(line.path);
  // One that rests says no more than that.
  if (line.state != actor_state::living)
    return std::string{"{}"};
  return actors_.page(*key);
}

} // namespace millwright
