#pragma once

#include "runtime/metadata/file_stamp.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace millwright {

/// Notices that the metadata files have changed. It neither validates nor applies: a file that is half written comes
/// out as it is, fails in `plant_metadata::from_content`, and comes again once it is whole. For one thread.
class metadata_watcher {
public:
  /// @param known what is in force (`plant_metadata::fingerprint`); the same is not told again.
  metadata_watcher(std::string facilities_path, std::string sensors_path, uint64_t known);

  /// The files' new content, once a change (for `plant_metadata::from_content`); none when nothing has changed, or a
  /// file cannot be read just now (see `trouble`). Costs two stat calls when nothing has.
  std::optional<std::string> poll();

  /// Why the last poll could not read a file; empty when it could.
  const std::string& trouble() const { return trouble_; }

private:
  bool stamp_of(const std::string& path, file_stamp& out);
  bool read(const std::string& path, std::string& out);

  std::array<std::string, 2> paths_;
  std::array<file_stamp, 2> stamps_;
  // The files were younger than a clock's step when read: a change may not show in their stamps.
  bool fresh_ = true;
  uint64_t known_;
  std::string trouble_;
};

} // namespace millwright
