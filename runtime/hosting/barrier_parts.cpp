#include "runtime/hosting/barrier_parts.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace millwright {

namespace {

using all_gathered = std::vector<std::unique_ptr<gathered_parts>>;

constexpr size_t tallies_ahead = 12, contexts_ahead = 6;

/// Tallies of all threads by their targets, each target's together.
class tallies_by_target {
public:
  tallies_by_target(const all_gathered& gathered, size_t targets) : begins_(targets + 1) {
    for (const auto& each : gathered)
      for (const auto& one : each->tallies())
        ++begins_[one.target.index + 1];
    for (size_t i = 1; i < begins_.size(); ++i)
      begins_[i] += begins_[i - 1];
    tallies_.resize(begins_.back());
    kinds_.resize(targets);
    auto next = begins_;
    for (const auto& each : gathered)
      for (const auto& one : each->tallies()) {
        tallies_[next[one.target.index]++] = one.readings;
        kinds_[one.target.index] = one.target.type;
      }
  }

  uint32_t targets() const { return static_cast<uint32_t>(kinds_.size()); }
  uint16_t kind(uint32_t target) const { return kinds_[target]; }
  std::span<const sensor_tally* const> of(uint32_t target) const {
    return std::span{tallies_}.subspan(begins_[target], begins_[target + 1] - begins_[target]);
  }
  /// They lie where their sensors first spoke, and so do the contexts: asks the memory for those of the targets that
  /// come behind `target`.
  void prefetch_behind(uint32_t target) {
    const size_t from = begins_[target + 1];
    for (const size_t end = std::min(tallies_.size(), from + tallies_ahead); asked_ < end; ++asked_)
      for (size_t line = 0; line < sizeof(sensor_tally); line += 64)
        __builtin_prefetch(reinterpret_cast<const char*>(tallies_[asked_]) + line);
    for (const size_t end = std::min(tallies_.size(), from + contexts_ahead); contexts_asked_ < end; ++contexts_asked_)
      for (size_t line = 0; line < 2; ++line)
        __builtin_prefetch(reinterpret_cast<const char*>(tallies_[contexts_asked_]->context) + line * 64);
  }

private:
  std::vector<size_t> begins_;
  std::vector<const sensor_tally*> tallies_;
  std::vector<uint16_t> kinds_;
  size_t asked_ = 0, contexts_asked_ = 0;
};

} // namespace

void collect_parts(const gathering& from, const hosted_types& types, const entity_registry& registry, uint32_t barrier,
                   const std::function<void(gathering_target, std::string)>& visit) {
  all_gathered gathered;
  for (auto* each : from.all())
    if (auto parts = each->collect(barrier))
      gathered.push_back(std::move(parts));
  for (const auto& each : gathered)
    each->visit(visit);
  tallies_by_target tallies{gathered, registry.size()};
  std::string bytes;
  for (uint32_t target = 0; target < tallies.targets(); ++target) {
    tallies.prefetch_behind(target);
    const auto of = tallies.of(target);
    if (of.empty())
      continue;
    const auto& kind = types.type(tallies.kind(target));
    hosted_birth birth;
    if (kind.parts_are_born)
      birth = {registry.key(target), &types.settings(tallies.kind(target))};
    bytes.clear();
    kind.gather(birth, of, bytes);
    visit({target, tallies.kind(target)}, bytes);
  }
}

} // namespace millwright
