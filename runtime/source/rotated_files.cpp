#include "runtime/source/rotated_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace millwright {

namespace {

bool take_from_end(std::string_view& name, std::string_view end) {
  if (end.empty() || !name.ends_with(end))
    return false;
  name.remove_suffix(end.size());
  return true;
}

/// ".1", "-20261128", "_2026-11-28T10:00:00Z"
bool is_number_or_date(std::string_view text) {
  return text.size() > 1 && (text[0] == '.' || text[0] == '-' || text[0] == '_') &&
         text.find_first_of("0123456789") != text.npos && text.find_first_not_of("0123456789.-_:TZ") == text.npos;
}

/// @param stem, extension of the file that is followed, "log" and ".ndjson".
bool is_numbered(std::string_view name, std::string_view stem, std::string_view extension) {
  name.remove_prefix(stem.size());
  if (is_number_or_date(name))
    return true;
  if (name.starts_with(extension) && is_number_or_date(name.substr(extension.size())))
    return true;
  return take_from_end(name, extension) && is_number_or_date(name);
}

} // namespace

std::vector<rotated_file> files_beside(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path followed{path};
  const auto name = followed.filename().string(), stem = followed.stem().string(),
             extension = followed.extension().string();
  std::vector<rotated_file> out;
  std::error_code error;
  const auto directory = followed.has_parent_path() ? followed.parent_path() : fs::path{"."};
  for (fs::directory_iterator at{directory, fs::directory_options::skip_permission_denied, error}, end;
       !error && at != end; at.increment(error)) {
    const auto other = at->path().filename().string();
    struct stat about {};
    if (other == name || !other.starts_with(stem) || stat(at->path().c_str(), &about) != 0 || !S_ISREG(about.st_mode))
      continue;
    rotated_file file{at->path().string(), about.st_mtim.tv_sec * 1'000'000'000ll + about.st_mtim.tv_nsec};
    std::string_view plain = other;
    for (const std::string_view packer : {".gz", ".xz", ".bz2", ".zst", ".lz4"})
      file.packed = file.packed || take_from_end(plain, packer);
    file.numbered = plain.size() >= stem.size() && is_numbered(plain, stem, extension);
    out.push_back(std::move(file));
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return std::tie(a.changed, a.path) < std::tie(b.changed, b.path); });
  return out;
}

} // namespace millwright
