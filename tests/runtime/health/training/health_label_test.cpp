#include "runtime/health/training/health_label.hpp"

#include <doctest/doctest.h>

namespace health_label_test {

using namespace millwright;

namespace {

std::string got(std::string_view json) {
  const auto label = health_label_of(json);
  CHECK(label.what == health_label::kind::wrong);
  CHECK_FALSE(label.usable());
  return label.got;
}

} // namespace

TEST_CASE("a label is a number of 0 to 1 of the outermost object") {
  CHECK(health_label_of(R"({"sensor_id":"a","health":0.25})").value == 0.25);
  CHECK(health_label_of(R"({"health":1})").usable());
  CHECK(health_label_of(R"({"health":0})").usable());
  CHECK(health_label_of(R"({"health":0.5,"health":0.75})").value == 0.75);
  CHECK(health_label_of(R"({"inner":{"health":3},"list":[{"health":4}],"health":0.125})").value == 0.125);
  CHECK_FALSE(health_label_of(R"({"health":1.0001})").usable());
  CHECK_FALSE(health_label_of(R"({"health":-1e-9})").usable());
}

TEST_CASE("what is no number is told as it was given") {
  CHECK(got(R"({"health":"good"})") == "\"good\"");
  CHECK(got(R"({"health":true})") == "true");
  CHECK(got(R"({"health":[0.5]})") == "an array");
  CHECK(got(R"({"health":{"health":0.5}})") == "an object");
}

TEST_CASE("without a label, with null, and in what is no object there is none") {
  for (const auto* each : {R"({"sensor_id":"a"})", R"({"health":null})", R"({"health":0.5)", "", "x", "[0.5]", "0.5",
                           R"({"inner":{"health":0.5}})"})
    CHECK(health_label_of(each).what == health_label::kind::none);
}

} // namespace health_label_test
