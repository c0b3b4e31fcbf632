#include "ledger_fixture.hpp"

namespace ledger_actors_test {

using namespace millwright;

namespace {

entity_key named(std::string type, std::string facility, std::string id) {
  return {std::move(type), {std::move(facility)}, std::move(id)};
}

/// Runs `check` on a ledger of each kind.
template <class Check>
void on_both(Check check) {
  SUBCASE("on disk") {
    scratch place;
    lmdb_ledger ledger{place.ledger, small_settings()};
    check(ledger);
  }
  SUBCASE("in memory") {
    memory_ledger ledger;
    check(ledger);
  }
}

void commit(ledger& to, uint64_t number, std::vector<actor_record> actors, std::vector<std::string> forgotten = {}) {
  ledger_commit batch;
  batch.number = number;
  batch.actors = std::move(actors);
  batch.forgotten_actors = std::move(forgotten);
  to.commit(batch);
}

} // namespace

TEST_CASE("an actor's state is its whole state and, behind it, the newest changes to that") {
  on_both([](ledger& at) {
    const auto meter = meter_key("M-1"), other = meter_key("M-2");
    commit(at, 1, {{other, "other"}, {meter, "whole"}});
    CHECK(at.actor(meter).value().state == "whole");
    CHECK(at.actor(meter).value().whole_at == 1);
    commit(at, 2, {{meter, " and some", 1}});
    commit(at, 3, {{meter, " and more", 1}});
    CHECK(at.actor(meter).value().state == "whole and more");
    CHECK(at.actor(meter).value().whole_at == 1);
    commit(at, 4, {{meter, "whole anew"}});
    CHECK(at.actor(meter).value().state == "whole anew");
    CHECK(at.actor(meter).value().whole_at == 4);
    CHECK(at.actor(other).value().state == "other");
    CHECK_FALSE(at.actor(meter_key("M-3")).has_value());
  });
}

TEST_CASE("an actor that is forgotten is gone, and may begin anew in the same commit") {
  on_both([](ledger& at) {
    const auto meter = meter_key("M-1"), other = actor_ledger_key(named("valve", "", "V"));
    commit(at, 1, {{meter, "one"}, {other, "two"}});
    commit(at, 2, {{meter, " more", 1}});
    commit(at, 3, {{meter, "anew"}}, {meter, other});
    CHECK(at.actor(meter).value().state == "anew");
    CHECK_FALSE(at.actor(other).has_value());
    commit(at, 4, {}, {meter, "never there"});
    at.for_each_actor([](auto, auto, auto) { FAIL("none is left"); });
  });
}

TEST_CASE("sensors and actors of one name are two") {
  on_both([](ledger& at) {
    const auto key = ledger_key({{"plant"}, {"TI-1"}});
    ledger_commit batch;
    batch.number = 1;
    batch.sensors = {{key, "a sensor"}};
    batch.actors = {{key, "an actor"}};
    at.commit(batch);
    CHECK(at.sensor(key).value().state == "a sensor");
    CHECK(at.actor(key).value().state == "an actor");
    batch = {};
    batch.number = 2;
    batch.forgotten_actors = {key};
    at.commit(batch);
    CHECK(at.sensor(key).has_value());
    CHECK_FALSE(at.actor(key).has_value());
  });
}

TEST_CASE("an actor's key names its type, its facility and itself") {
  const auto key = meter_key("M-1");
  CHECK(key == std::string("meter\0plant\0M-1", 15));
  CHECK(actor_of_ledger_key(key) == named("meter", "plant", "M-1"));
  CHECK(actor_of_ledger_key(actor_ledger_key(named("node", "", ""))) == named("node", "", ""));
  CHECK(actor_of_ledger_key("meter") == named("meter", "", ""));
}

} // namespace ledger_actors_test
