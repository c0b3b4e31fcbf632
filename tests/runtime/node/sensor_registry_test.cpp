#include "runtime/node/sensor_registry.hpp"

#include <doctest/doctest.h>

#include <string>

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
