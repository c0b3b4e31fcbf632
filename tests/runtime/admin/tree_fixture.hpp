#pragma once

#include "runtime/hosting/actor_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millwright::testing {

/// A node with a router, and a shard with as many sensors as the test likes.
class small_tree final : public actor_branch {
public:
  explicit small_tree(uint64_t sensors) : sensors_{sensors} { tree.add(*this); }

  actor_tree tree;

  void count(const actor_path& parent, std::vector<actor_count>& out) override {
    if (parent == root_)
      out = {{"router", 1}, {"shard", 1}};
    else if (parent == shard_)
      out = {{"sensor", sensors_}};
  }
  actor_batch children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) override {
    const uint64_t size = parent == shard_ ? sensors_ : 1;
    return batch_of(from, size, limit, size, [&](uint64_t i) {
      return kind == "router"  ? find({"node", "paging", "router"})
             : kind == "shard" ? find(shard_)
                               : find({"node", "shard", "0", "sensor", "north", "TI-" + std::to_string(i)});
    });
  }
  std::optional<actor_line> find(const actor_path& path) override {
    if (path == root_)
      return actor_line{root_, {}, "node", actor_state::living};
    if (path == shard_)
      return actor_line{shard_, root_, "shard", actor_state::living};
    if (path.parts.back() == "router")
      return actor_line{path, root_, "router", actor_state::dead};
    if (path.begins(shard_))
      return actor_line{path, shard_, "sensor", actor_state::quarantined};
    return std::nullopt;
  }
  std::optional<std::string> describe(const actor_line& line) override {
    return line.kind == "router" ? std::nullopt : std::optional<std::string>{R"({"actors_so_far":12345,"last":null})"};
  }

private:
  const actor_path root_{"node"}, shard_{"node", "shard", "0"};
  const uint64_t sensors_;
};

} // namespace millwright::testing
