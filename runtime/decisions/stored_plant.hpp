#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// One version of what is known of the plant, as it was read.
struct plant_content {
  /// `metadata_content`.
  std::string metadata;
  /// `model_content`; empty: there are no models.
  std::string models;
};

/// As the log of decisions stores it. Without models it is what versions without them stored.
std::string stored_plant(const plant_content& content);

/// The content again. Throws `failure` (bad_metadata) when it is damaged or of a newer version.
plant_content plant_of_stored(std::string_view stored);

} // namespace millwright
