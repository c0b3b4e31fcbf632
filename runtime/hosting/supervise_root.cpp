#include "runtime/hosting/supervise_root.hpp"

#include "protocol/json.hpp"

#include <utility>

namespace millwright {

namespace {

actor_description describe(const root_state& state) {
  std::string names;
  for (const auto& [address, part] : state.parts)
    append_json_string(names.append(names.empty() ? "" : ","), part.name);
  actor_description out;
  json_object{out.json}
      .raw("supervises", '[' + names + ']')
      .integer("actors_so_far", static_cast<int64_t>(state.spawned))
      .integer("ends", static_cast<int64_t>(state.ended))
      .text_or_null("last_end", state.last_end)
      .close();
  return out;
}

} // namespace

root_actor::behavior_type supervise_root(root_actor::stateful_pointer<root_state> self) {
  self->set_down_handler([self](const caf::down_msg& end) {
    auto& state = self->state;
    const auto found = state.parts.find(end.source);
    if (found == state.parts.end())
      return;
    const auto part = std::move(found->second);
    state.parts.erase(found);
    ++state.ended;
    state.last_end = part.name + ": " + self->system().render(end.reason);
    part.ended(end.reason);
  });
  return {
      [self](const part_spawned& part) {
        ++self->state.spawned;
        self->state.parts.insert_or_assign(part.which.address(), part);
        // It stays no longer for being watched.
        self->state.parts.at(part.which.address()).which = nullptr;
        self->monitor(part.which);
      },
      [self](const describe_wanted&) { return describe(self->state); },
  };
}

void supervise(const root_actor& root, std::string name, const caf::actor& which,
               std::function<void(const caf::error&)> ended) {
  if (root)
    caf::anon_send<caf::message_priority::high>(root, part_spawned{std::move(name), which, std::move(ended)});
  else
    which->attach_functor(std::move(ended));
}

} // namespace millwright
