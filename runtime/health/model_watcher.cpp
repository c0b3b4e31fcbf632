#include "runtime/health/model_watcher.hpp"

#include "protocol/failure.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace millwright {

namespace {

failure unknown_type(const std::string& type, const sensor_type_table& types) {
  std::vector<std::string> names;
  for (const auto& each : types.types())
    names.push_back(each.name);
  return {failure_code::bad_configuration, "models." + type,
          "there is no such sensor type" + did_you_mean(type, names)};
}

std::string checked_bytes(const std::string& path, const std::string& type, const sensor_type_table& types) {
  if (!types.find(type))
    throw unknown_type(type, types);
  auto bytes = read_model_file(path);
  check_model_type(model_of(bytes, path).about, type, path);
  return bytes;
}

} // namespace

model_files load_models(const model_paths& paths, const sensor_type_table& types) {
  model_files out;
  for (const auto& [type, path] : paths)
    out[type] = checked_bytes(path, type, types);
  return out;
}

std::vector<std::string> mistakes_of_models(const model_paths& paths, const sensor_type_table& types) {
  std::vector<std::string> out;
  for (const auto& [type, path] : paths)
    try {
      checked_bytes(path, type, types);
    } catch (const failure& e) {
      out.push_back(e.what());
    }
  return out;
}

model_watcher::model_watcher(model_paths paths, model_files known, const sensor_type_table& types)
    : types_{types}, known_{std::move(known)} {
  for (auto& [type, path] : paths)
    files_[type].path = std::move(path);
  changed_ = std::erase_if(known_, [&](const auto& each) { return !files_.contains(each.first); }) > 0;
}

std::optional<model_files> model_watcher::poll() {
  for (auto& [type, file] : files_)
    changed_ |= look_at(type, file);
  if (!std::exchange(changed_, false))
    return std::nullopt;
  return known_;
}

// Whether there is another model now. One that was written while it was read does not fit its checksum: it is refused,
// and looked at again, for it is fresh.
bool model_watcher::look_at(const std::string& type, watched& file) {
  file_stamp now;
  if (!look_at_stamp(file.path, now)) {
    refused_[type] = file.path + ": the model cannot be read: " + std::strerror(errno);
    file.stamp = {};
    return false;
  }
  if (now == file.stamp && !file.fresh)
    return false;
  const auto read_at = wall_ns();
  try {
    auto bytes = checked_bytes(file.path, type, types_);
    file.stamp = now;
    file.fresh = now.fresh(read_at);
    refused_.erase(type);
    auto& known = known_[type];
    if (known == bytes)
      return false;
    known = std::move(bytes);
    return true;
  } catch (const failure& e) {
    file.stamp = now;
    file.fresh = now.fresh(read_at);
    refused_[type] = e.what();
    return false;
  }
}

std::string model_watcher::trouble() const {
  std::string out;
  for (const auto& [type, why] : refused_)
    out += (out.empty() ? "" : "; ") + why;
  return out;
}

} // namespace millwright
