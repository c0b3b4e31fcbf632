#pragma once

#include "protocol/detection_settings.hpp"
#include "protocol/page.hpp"
#include "runtime/metadata/plant_metadata.hpp"

#include <optional>
#include <string>

namespace millwright {

/// Which alarm a page is to be made up of.
struct sample_wanted {
  /// SENSOR, or FACILITY/SENSOR; empty: the first of the metadata that says what is to be done, else the first, else
  /// one that is made up.
  std::string sensor;
  rule which = rule::limit;
  /// None: that of the rule.
  std::optional<severity> level;
  /// The end of the alarm, in place of its raise.
  bool over = false;
};

/// An alert as people would get it for this sensor, of what the metadata say and figures that are made up. Its channel
/// is left empty. Pure. Throws failure(not_found) where the metadata know other sensors, but not this one, or several
/// of its id.
page sample_page(const plant_metadata& plant, const detection_settings& settings, const sample_wanted& wanted,
                 event_time now);

} // namespace millwright
