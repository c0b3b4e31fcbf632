#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace secret_test {

using namespace millwright;
using namespace millwright::testing;

TEST_CASE("a secret is read from the environment or from a file, line feeds cut") {
  setenv("MILLWRIGHT_TEST_SECRET", "from environment", 1);
  CHECK(secret_reference{"env:MILLWRIGHT_TEST_SECRET"}.resolve() == "from environment");
  const configuration_file file{"from file\r\n\n", "secret"};
  CHECK(secret_reference{"file:" + file.path().string()}.resolve() == "from file");
}

TEST_CASE("a secret that cannot be read is told by its reference") {
  unsetenv("MILLWRIGHT_TEST_NONE");
  CHECK_THROWS_WITH(secret_reference{"env:MILLWRIGHT_TEST_NONE"}.resolve(),
                    "env:MILLWRIGHT_TEST_NONE: the secret's environment variable is not set");
  CHECK_THROWS_WITH(secret_reference{"file:/no/such"}.resolve(),
                    "file:/no/such: the secret's file cannot be read: No such file or directory");
  CHECK_THROWS_AS(secret_reference{"file:/tmp"}.resolve(), failure);
  const configuration_file empty{"\n", "secret"};
  CHECK_THROWS_AS(secret_reference{"file:" + empty.path().string()}.resolve(), failure);
  CHECK_THROWS_WITH(secret_reference{"hunter2"}.resolve(), "secret: expected env:NAME or file:PATH");
}

TEST_CASE("the secrets among Kafka's properties are resolved, the rest stays") {
  setenv("MILLWRIGHT_TEST_SECRET", "hush", 1);
  const auto s = settings_from_overrides(
      {"source.kafka.properties.sasl.password=env:MILLWRIGHT_TEST_SECRET", "source.kafka.properties.client.id=me"});
  const auto properties = resolved_properties(s.source.kafka);
  CHECK(properties.at("sasl.password") == "hush");
  CHECK(properties.at("client.id") == "me");
  CHECK(settings_text(s).find("hush") == std::string::npos);
}

} // namespace secret_test
