#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace millwright::testing {

/// A directory that goes with the test.
class training_directory {
public:
  training_directory() : path_{std::filesystem::temp_directory_path() / ("training-" + std::to_string(::getpid()))} {
    std::filesystem::create_directories(path_);
  }
  training_directory(const training_directory&) = delete;
  ~training_directory() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

} // namespace millwright::testing
