#include "runtime/replay/line_sorter.hpp"

#include "protocol/failure.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include <unistd.h>

namespace line_sorter_test {

using namespace millwright;

namespace {

struct scratch {
  std::filesystem::path directory = std::filesystem::temp_directory_path() / ("sorter-" + std::to_string(getpid()));
  scratch() { std::filesystem::create_directories(directory); }
  ~scratch() { std::filesystem::remove_all(directory); }
};

std::string content(const std::filesystem::path& file) {
  std::stringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

} // namespace

TEST_CASE("lines come out by time, key and text, whatever the order and the memory") {
  scratch place;
  std::vector<std::tuple<int64_t, std::string, std::string>> lines;
  std::mt19937 random{7};
  for (int i = 0; i < 5000; ++i)
    lines.emplace_back(static_cast<int64_t>(random() % 50) - 25, std::string(1, static_cast<char>('a' + random() % 3)),
                       "line " + std::to_string(random() % 1000));
  std::string expected;
  auto sorted = lines;
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [time, key, line] : sorted)
    expected += line + "\n";
  for (const size_t memory : {size_t{1} << 30, size_t{10'000}, size_t{100'000}}) {
    std::shuffle(lines.begin(), lines.end(), random);
    const auto file = place.directory / std::to_string(memory);
    {
      line_sorter sorter{file, memory};
      for (const auto& [time, key, line] : lines)
        sorter.add(from_epoch_ms(time), key, line);
      sorter.finish();
      CHECK(sorter.lines() == lines.size());
    }
    CHECK(content(file) == expected);
  }
  CHECK(std::distance(std::filesystem::directory_iterator{place.directory}, {}) == 3);
}

TEST_CASE("a file that cannot be written is told at once") {
  CHECK_THROWS_AS(line_sorter("/proc/nowhere/file"), failure);
}

} // namespace line_sorter_test
