#pragma once

#include "runtime/hosting/gathering.hpp"

#include <functional>
#include <string>

namespace millwright {

/// Every sensor has answered `barrier`: calls `visit(target, part's bytes)` for what the readings before it add up to,
/// of all threads. Kinds that take tallies get one part a target, the others one a thread. Once a barrier; any thread.
void collect_parts(const gathering& from, const hosted_types& types, const entity_registry& registry, uint32_t barrier,
                   const std::function<void(gathering_target, std::string)>& visit);

} // namespace millwright
