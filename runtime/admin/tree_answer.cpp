#include "runtime/admin/tree_answer.hpp"

#include "actors/kit/actor_declaration.hpp"
#include "protocol/json.hpp"
#include "runtime/hosting/actor_tree.hpp"

#include <string_view>
#include <utility>

namespace millwright {

namespace {

constexpr std::pair<std::string_view, std::string_view> node_kinds[] = {
    {"node", "the root: begins its parts anew, or ends the node"},
    {"router", "takes alarms, journals them, has channels page"},
    {"owner", "hears for the node which transitions the router has on disk"},
    {"channel", "delivers pages over one transport"},
    {"monitor", "watches how much the node has to do"},
    {"shard", "hears of the ends of its sensors' actors"},
    {"host", "spawns the actors above the sensors, leads them past barriers, begins them anew"},
};

std::string_view meaning_of(std::string_view kind) {
  for (const auto& [name, meaning] : node_kinds)
    if (name == kind)
      return meaning;
  for (const auto* each : declared_actors())
    if (each->name == kind)
      return each->meaning;
  return {};
}

json_object& begin(json_object& to, const actor_line& line) {
  return to.text("name", line.path.name()).text_or_null("parent", line.parent.name()).text("kind", line.kind);
}

void append_line(std::string& out, const actor_line& line) {
  json_object row{out};
  begin(row, line).text("state", name_of(line.state)).close();
  out += '\n';
}

tree_answer list_of_kind(const tree_request& request, actor_tree& from) {
  const auto found = from.children(request.name, request.kind, request.from, request.limit);
  tree_answer answer;
  answer.next = found.next;
  for (const auto& each : found.lines)
    append_line(answer.rows, each);
  return answer;
}

} // namespace

tree_answer answer_tree(const tree_request& request, actor_tree& from) {
  if (!request.kind.empty())
    return list_of_kind(request, from);
  tree_answer answer;
  auto& out = answer.rows;
  for (const auto& each : from.tree(request.name, request.most)) {
    if (each.folded == 0) {
      append_line(out, each.line);
      continue;
    }
    json_object{out}
        .text("parent", each.line.parent.name())
        .text("kind", each.line.kind)
        .integer("count", static_cast<int64_t>(each.folded))
        .close();
    out += '\n';
  }
  return answer;
}

std::string answer_description(const tree_request& request, actor_tree& from) {
  const auto found = from.describe(request.name);
  std::string out;
  json_object row{out};
  begin(row, found.line)
      .text_or_null("meaning", meaning_of(found.line.kind))
      .text("state", name_of(found.line.state))
      .raw("describes", found.state.value_or("null"))
      .close();
  return out + '\n';
}

} // namespace millwright
