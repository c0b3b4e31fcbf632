#include "runtime/hosting/supervise_root.hpp"

#include "runtime/hosting/actor_world.hpp"
#include "runtime/hosting/ask_actor.hpp"

#include <doctest/doctest.h>

#include <future>
#include <string>

namespace supervise_root_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

caf::behavior a_part() {
  return {[](int) {}};
}

struct told_end {
  std::promise<std::string> promise;
  std::future<std::string> future = promise.get_future();
};

} // namespace

TEST_CASE("the end of a part is told to whoever spawned it, with its reason, and the root knows who lives") {
  actor_world world;
  const tree_root root{world.system()};
  const auto router = world.system().spawn(a_part), monitor = world.system().spawn(a_part);
  told_end end;
  supervise(root.actor(), "node/paging/router", router,
            [&](const caf::error& reason) { end.promise.set_value(world.system().render(reason)); });
  supervise(root.actor(), "node/monitor", monitor, [](const caf::error&) {});
  CHECK(description_of(world.system(), root.actor()).value().find("node/paging/router") != std::string::npos);
  caf::anon_send_exit(router, caf::exit_reason::kill);
  REQUIRE(end.future.wait_for(20s) == std::future_status::ready);
  CHECK(end.future.get().find("kill") != std::string::npos);
  const auto told = description_of(world.system(), root.actor());
  REQUIRE(told);
  CHECK(told->find(R"("supervises":["node/monitor"],"actors_so_far":2,"ends":1,"last_end":"node/paging/router: )") !=
        std::string::npos);
  caf::anon_send_exit(monitor, caf::exit_reason::user_shutdown);
}

TEST_CASE("one that had ended before the root heard of it is told as ended") {
  actor_world world;
  const tree_root root{world.system()};
  const auto part = world.system().spawn(a_part);
  told_end gone, end;
  part->attach_functor([&](const caf::error&) { gone.promise.set_value({}); });
  caf::anon_send_exit(part, caf::exit_reason::kill);
  REQUIRE(gone.future.wait_for(20s) == std::future_status::ready);
  supervise(root.actor(), "node/monitor", part, [&](const caf::error&) { end.promise.set_value("told"); });
  REQUIRE(end.future.wait_for(20s) == std::future_status::ready);
}

TEST_CASE("without a root the end is told as well") {
  actor_world world;
  const auto part = world.system().spawn(a_part);
  told_end end;
  supervise({}, "node/monitor", part, [&](const caf::error&) { end.promise.set_value("told"); });
  caf::anon_send_exit(part, caf::exit_reason::kill);
  REQUIRE(end.future.wait_for(20s) == std::future_status::ready);
}

} // namespace supervise_root_test
