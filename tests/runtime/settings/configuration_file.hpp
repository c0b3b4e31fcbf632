#pragma once

#include "protocol/failure.hpp"
#include "runtime/settings/load_settings.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace millwright::testing {

/// A file in a directory of its own, both gone at the end.
class configuration_file {
public:
  explicit configuration_file(const std::string& text, const std::string& name = "node.yaml") {
    std::string pattern = (std::filesystem::temp_directory_path() / "millwright-settings-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ / name;
    std::ofstream{path_, std::ios::binary} << text;
  }
  ~configuration_file() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  configuration_file(const configuration_file&) = delete;
  configuration_file& operator=(const configuration_file&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path directory_;
  std::filesystem::path path_;
};

inline node_settings loaded(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const configuration_file file{text};
  return load_settings(file.path(), overrides);
}

/// All mistakes, the file's path written as FILE; empty when there is none.
inline std::string mistakes_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const configuration_file file{text};
  try {
    load_settings(file.path(), overrides);
    return {};
  } catch (const failure& mistake) {
    std::string what = mistake.what();
    const auto path = file.path().string();
    for (auto at = what.find(path); at != std::string::npos; at = what.find(path, at + 4))
      what.replace(at, path.size(), "FILE");
    return what;
  }
}

inline std::string mistakes_of_overrides(const std::vector<std::string>& overrides) {
  try {
    settings_from_overrides(overrides);
    return {};
  } catch (const failure& mistake) {
    return mistake.what();
  }
}

} // namespace millwright::testing
