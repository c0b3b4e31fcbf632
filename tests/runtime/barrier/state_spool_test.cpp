#include "runtime/barrier/state_spool.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace state_spool_test {

using namespace millwright;

namespace {

struct folder {
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "millwright-spool-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path = name;
  }
  ~folder() { std::filesystem::remove_all(path); }
  folder(const folder&) = delete;
  std::filesystem::path path;
};

} // namespace

TEST_CASE("blocks are kept on disk as they are, in whatever order they come and go, under no name") {
  folder in;
  const auto spool = state_spool::in(in.path, {5000, 0, 0});
  REQUIRE(spool);
  std::mt19937 random{3};
  std::vector<std::pair<std::string, state_spool::block>> kept;
  for (int i = 0; i < 400; ++i) {
    if (kept.size() > 20 || (!kept.empty() && random() % 3 == 0)) {
      std::swap(kept[random() % kept.size()], kept.back());
      kept.pop_back();
    }
    std::string text(1 + random() % 5000, '\0');
    for (auto& each : text)
      each = static_cast<char>(random());
    auto block = spool->keep(text);
    REQUIRE(block);
    kept.emplace_back(std::move(text), std::move(*block));
    REQUIRE(spool->held() == kept.size());
    for (const auto& [bytes, on_disk] : kept) {
      REQUIRE(std::string_view{on_disk.bytes(), bytes.size()} == bytes);
      REQUIRE(on_disk.sound());
    }
  }
  CHECK(std::filesystem::is_empty(in.path));
  kept.clear();
  CHECK(spool->held() == 0);
}

TEST_CASE("what is larger than a block, or would leave too little of the disk free, is not kept") {
  folder in;
  const auto small = state_spool::in(in.path, {100, 0, 0});
  REQUIRE(small);
  CHECK_FALSE(small->keep(std::string(101, 'x')));
  CHECK_FALSE(small->keep({}));
  CHECK(small->keep(std::string(100, 'x')));
  const auto careful = state_spool::in(in.path, {100, 0, uint64_t{1} << 62});
  REQUIRE(careful);
  CHECK_FALSE(careful->keep("x"));
  CHECK_FALSE(state_spool::in(in.path / "nowhere"));
}

} // namespace state_spool_test
