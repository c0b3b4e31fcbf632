#pragma once

#include "protocol/actors.hpp"

#include <optional>
#include <string>

namespace millwright {

/// What an actor says of itself; none where it does not answer within two seconds, or has ended. Not from an actor.
template <class Actor>
std::optional<std::string> description_of(caf::actor_system& system, const Actor& of) {
  std::optional<std::string> out;
  if (!of)
    return out;
  caf::scoped_actor asking{system};
  asking->request(of, std::chrono::seconds{2}, describe_wanted{})
      .receive([&](actor_description& x) { out = std::move(x.json); }, [](const caf::error&) {});
  return out;
}

} // namespace millwright
