#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// Content of the metadata files (`metadata_content`) as the log of decisions stores it: compressed, so that the rows
/// of 125,000 sensors, 31 MB, do not hold up the journal and the pages that wait for it.
std::string stored_metadata(std::string_view content);

/// The content again. What former versions stored as it is comes out as it is. Throws `failure` (bad_metadata) when it
/// is damaged or of a newer version.
std::string content_of_stored(std::string_view stored);

} // namespace millwright
