#include "actors/kit/actor_declaration.hpp"

#include <vector>

namespace millwright {

namespace {

std::vector<const actor_declaration*>& all() {
  static std::vector<const actor_declaration*> declarations;
  return declarations;
}

} // namespace

std::span<const actor_declaration* const> declared_actors() {
  return all();
}

void declare_actor(const actor_declaration& declaration) {
  all().push_back(&declaration);
}

} // namespace millwright
