#include "actors/kit/actor_settings.hpp"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>

namespace actor_settings_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr std::array<actor_setting, 5> declared{{
    {"gap", actor_setting::kind::duration, "5min", "how long a pause ends a session", 1, 86400},
    {"share", actor_setting::kind::number, "0.7", "below it a unit is degraded", 0, 1},
    {"most", actor_setting::kind::count, "20", "so many of the worst", 1, 1000},
    {"updates", actor_setting::kind::flag, "on", "whether open windows are told"},
    {"name", actor_setting::kind::text, "", "any text"},
}};

} // namespace

TEST_CASE("a setting that nobody set has its standard value") {
  const actor_settings settings{declared};
  CHECK(settings.duration("gap") == 5min);
  CHECK(settings.number("share") == 0.7);
  CHECK(settings.count("most") == 20);
  CHECK(settings.flag("updates"));
  CHECK(settings.text("name").empty());
}

TEST_CASE("a setting takes what is of its kind and within its bounds, and nothing else") {
  actor_settings settings{declared};
  CHECK(settings.set("gap", "90s"));
  CHECK(settings.duration("gap") == 90s);
  CHECK_FALSE(settings.set("gap", "90"));
  CHECK_FALSE(settings.set("gap", "2d"));
  CHECK_FALSE(settings.set("gap", "soon"));
  CHECK(settings.shown("gap") == "90s");
  CHECK_FALSE(settings.set("share", "1.5"));
  CHECK_FALSE(settings.set("share", "nan"));
  CHECK_FALSE(settings.set("most", "2.5"));
  CHECK(settings.set("updates", "off"));
  CHECK_FALSE(settings.flag("updates"));
  CHECK_FALSE(settings.set("updates", "maybe"));
  CHECK_FALSE(settings.set("gapp", "1s"));
}

TEST_CASE("asking for what is not declared is a mistake of the program") {
  const actor_settings settings{declared};
  CHECK_THROWS_AS(settings.number("gap"), std::logic_error);
  CHECK_THROWS_AS(settings.number("none"), std::logic_error);
}

} // namespace actor_settings_test
