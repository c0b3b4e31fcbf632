#include "runtime/hosting/sensor_registry.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace sensor_registry_test {

using namespace millwright;

namespace {

sensor_context context_of(std::string facility, std::string sensor) {
  sensor_context context;
  context.key = {{std::move(facility)}, {std::move(sensor)}};
  return context;
}

} // namespace

TEST_CASE("sensors are found by facility and id, among many") {
  sensor_registry registry;
  CHECK(registry.find("plant", "S-1") == sensor_registry::none);
  for (int i = 0; i < 20'000; ++i)
    CHECK(registry.add(context_of("plant-" + std::to_string(i % 7), "S-" + std::to_string(i))) ==
          static_cast<uint32_t>(i));
  for (int i = 0; i < 20'000; ++i)
    CHECK(registry.find("plant-" + std::to_string(i % 7), "S-" + std::to_string(i)) == static_cast<uint32_t>(i));
  CHECK(registry.find("plant-1", "S-7") == sensor_registry::none);
}

TEST_CASE("facilities are counted while they have sensors") {
  sensor_registry registry;
  const auto alone = registry.add(context_of("north", "S-1"));
  registry.add(context_of("south", "S-1"));
  const auto second = registry.add(context_of("south", "S-2"));
  CHECK(registry.facilities() == 2);
  registry.remove(second, 1);
  CHECK(registry.facilities() == 2);
  registry.remove(alone, 1);
  CHECK(registry.facilities() == 1);
  registry.add(context_of("north", "S-9"));
  CHECK(registry.facilities() == 2);
}

TEST_CASE("what stands before and after the border of the two ids matters") {
  sensor_registry registry;
  registry.add(context_of("ab", "c"));
  CHECK(registry.find("a", "bc") == sensor_registry::none);
}

TEST_CASE("a replaced context is the new one, and the old one stays until its barrier is released") {
  sensor_registry registry;
  const auto slot = registry.add(context_of("plant", "S-1"));
  const auto* old = registry[slot].context;
  auto changed = context_of("plant", "S-1");
  changed.unit = "bar";
  registry.replace_context(slot, std::move(changed), 5);
  CHECK(registry[slot].context->unit == "bar");
  CHECK(registry[slot].context->slot == slot);
  registry.release(4);
  CHECK(old->unit.empty());
  registry.release(5);
  CHECK(registry.find("plant", "S-1") == slot);
}

TEST_CASE("sensors that leave are found no more, the others are, and slots are used again") {
  std::mt19937 random{7};
  sensor_registry registry;
  std::map<std::string, uint32_t> known;
  uint32_t most = 0;
  for (int i = 0; i < 60'000; ++i) {
    const auto id = "S-" + std::to_string(random() % 3000);
    if (const auto found = known.find(id); found == known.end()) {
      known[id] = registry.add(context_of("plant", id));
    } else {
      registry.remove(found->second, 1);
      known.erase(found);
    }
    most = std::max(most, static_cast<uint32_t>(known.size()));
    if (i % 1000 == 0) {
      registry.release(1);
      for (int n = 0; n < 3000; ++n) {
        const auto each = "S-" + std::to_string(n);
        const auto found = known.find(each);
        CHECK(registry.find("plant", each) == (found == known.end() ? sensor_registry::none : found->second));
      }
    }
  }
  CHECK(registry.known() == known.size());
  CHECK(registry.size() == most);
}

TEST_CASE("a slot that is used again goes on counting incarnations, and its sensor knows nothing of the one before") {
  sensor_registry registry;
  const auto slot = registry.add(context_of("plant", "S-1"));
  registry[slot].incarnation = 7;
  registry[slot].readings = 100;
  const auto* old = registry[slot].context;
  registry.remove(slot, 3);
  CHECK_FALSE(registry[slot].context);
  // What was emitted up to then may still point to it.
  CHECK(old->key.sensor.text == "S-1");
  CHECK(registry.add(context_of("plant", "S-2")) == slot);
  CHECK(registry[slot].incarnation == 7);
  CHECK(registry[slot].readings == 0);
}

} // namespace sensor_registry_test
