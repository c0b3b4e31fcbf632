#pragma once

#include "runtime/source/file_source.hpp"

#include <doctest/doctest.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace millwright::testing {

using texts = std::vector<std::string>;

/// A directory that goes with the test.
struct folder {
  std::filesystem::path path;
  folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "millwright-files-XXXXXX";
    REQUIRE(mkdtemp(pattern.data()));
    path = pattern;
  }
  ~folder() { std::filesystem::remove_all(path); }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream{path / name, std::ios::binary} << text;
    return path / name;
  }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream{path / name, std::ios::binary | std::ios::app} << text;
  }
};

/// Records in these tests are "TIME anything"; one without a number has no time.
inline std::optional<event_time> leading_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional{from_epoch_ms(value)} : std::nullopt;
}

} // namespace millwright::testing
