#pragma once

#include "runtime/admin/plant_request.hpp"
#include "runtime/hosting/entity_line.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// What is known of the plant above the sensors.
struct plant_source {
  std::function<std::vector<entity_line>()> lines;
  /// An actor's page as a JSON object; none where it does not answer. May take seconds then.
  std::function<std::optional<std::string>(const entity_key&)> page;
  /// The names of all kinds of actors, in people's order.
  std::vector<std::string> kinds;
};

/// Asks for pages one behind the other. Behind three actors in a row that did not answer none is asked any more: each
/// is waited for.
class page_questions {
public:
  /// `from` outlives this.
  explicit page_questions(const plant_source& from) : from_{from} {}

  bool given_up() const { return silent_ == most_silent; }

  /// None where the actor does not answer, or is not asked any more.
  std::optional<std::string> page(const entity_key& key) {
    std::optional<std::string> found;
    if (given_up())
      return found;
    found = from_.page(key);
    silent_ = found ? 0 : silent_ + 1;
    return found;
  }

private:
  static constexpr int most_silent = 3;

  const plant_source& from_;
  int silent_ = 0;
};

/// JSON lines; the field `row` says of what: plant, facility, line, unit or actor. A list's are worst first.
///   {"row":"plant","counts":{"facilities":3,"lines":3,"units":90,"units_by_health":{"unstable":1,"healthy":89}}}
///   {"row":"facility","facility_id":"north","id":"","rank":0,"state":"well",...,"counts":{...},"page":{...}}
///   {"row":"unit","facility_id":"north","id":"pump-1","rank":4,"state":"unstable","reason":"...","since":"...",...}
/// A `page` is what the actor itself shows; null where it has not answered.
struct plant_answer {
  std::string rows;
  /// How many units, or actors of the kind, there are; of the whole plant those that are not well.
  uint64_t total = 0;
};

/// The whole plant: its facilities, and the units that are worst. A facility: its lines, its units. A unit, or another
/// actor: its page. A kind: a list of its actors. Throws failure(not_found) as `target_of` does.
plant_answer answer_plant(const plant_request& request, const plant_source& from);

} // namespace millwright
