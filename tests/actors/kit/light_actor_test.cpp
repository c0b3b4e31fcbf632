#include "actors/kit/light_actor.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace light_actor_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

/// What happened to a counting actor, for the test.
struct seen {
  std::vector<int> numbers;
  bool begun = false, ended = false;
};

class counting final : public light_actor {
public:
  using behavior_type = caf::behavior;

  counting(caf::actor_config& config, std::shared_ptr<seen> to) : light_actor{config}, seen_{std::move(to)} {}

private:
  void begin() override { seen_->begun = true; }
  bool take(const caf::type_erased_tuple& message) override {
    const auto* number = only<int>(message);
    if (!number)
      return false;
    if (*number < 0)
      throw std::runtime_error{"a negative number"};
    seen_->numbers.push_back(*number);
    return true;
  }
  caf::message reply_to(const caf::type_erased_tuple& request) override {
    const auto* factor = only<double>(request);
    if (!factor)
      return {};
    if (*factor < 0)
      throw std::runtime_error{"a negative factor"};
    return caf::make_message(static_cast<double>(seen_->numbers.size()) * *factor);
  }
  caf::error explain(std::exception_ptr) override { return caf::make_error(caf::sec::runtime_error, "explained"); }
  void end() override { seen_->ended = true; }

  std::shared_ptr<seen> seen_;
};

struct world {
  world() : system{config} {}

  /// The reason with which the actor ends; no reason within seconds is a failure of the test.
  caf::error end_of(const caf::actor& of) {
    auto promise = std::make_shared<std::promise<caf::error>>();
    of->attach_functor([promise](const caf::error& reason) { promise->set_value(reason); });
    auto future = promise->get_future();
    REQUIRE(future.wait_for(20s) == std::future_status::ready);
    return future.get();
  }

  caf::actor_system_config config;
  caf::actor_system system;
  std::shared_ptr<seen> what = std::make_shared<seen>();
};

} // namespace

TEST_CASE("it takes what each sender sends in its order, and ends when it is told to") {
  world w;
  const auto actor = w.system.spawn<counting, caf::lazy_init>(w.what);
  CHECK(!w.what->begun);
  constexpr int senders = 4, each = 5000;
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender)
    threads.emplace_back([&, sender] {
      for (int i = 0; i < each; ++i)
        caf::anon_send(actor, i * senders + sender);
    });
  for (auto& thread : threads)
    thread.join();
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  CHECK(w.end_of(actor) == caf::exit_reason::user_shutdown);
  CHECK(w.what->ended);
  REQUIRE(w.what->numbers.size() == senders * each);
  std::vector<int> next(senders, 0);
  for (const int number : w.what->numbers)
    CHECK(number / senders == next[static_cast<size_t>(number % senders)]++);
}

TEST_CASE("what is thrown ends it with the reason that it explains; its monitors and links hear of it") {
  world w;
  const auto actor = w.system.spawn<counting, caf::lazy_init>(w.what);
  caf::scoped_actor self{w.system};
  self->monitor(actor);
  self->send(actor, 1);
  self->send(actor, -1);
  self->send(actor, 2);
  bool heard = false;
  self->receive([&](const caf::down_msg& down) { heard = down.reason == caf::sec::runtime_error; });
  CHECK(heard);
  CHECK(w.what->ended);
  CHECK(w.what->numbers == std::vector<int>{1});
}

TEST_CASE("a request that it knows is answered behind what was sent before; one that ends it, with an error") {
  world w;
  const auto actor = w.system.spawn<counting, caf::lazy_init>(w.what);
  caf::scoped_actor self{w.system};
  for (int i = 0; i < 3; ++i)
    self->send(actor, i);
  double answer = 0;
  self->request(actor, 20s, 2.0).receive([&](double x) { answer = x; }, [](caf::error&) { FAIL("no answer"); });
  CHECK(answer == 6);
  // Nobody waits for this one.
  caf::anon_send(actor, 1.0);
  caf::error why;
  self->request(actor, 20s, -1.0)
      .receive([](double) { FAIL("an answer"); }, [&](caf::error& e) { why = std::move(e); });
  CHECK(static_cast<bool>(why));
  // The answer leaves first.
  CHECK(w.end_of(actor) == caf::sec::runtime_error);
  CHECK(w.what->ended);
}

TEST_CASE("a request that it does not know, or that comes too late, is answered with an error") {
  world w;
  const auto actor = w.system.spawn<counting, caf::lazy_init>(w.what);
  caf::scoped_actor self{w.system};
  const auto error_of = [&](auto... content) {
    caf::error out;
    self->request(actor, 20s, content...)
        .receive([] { FAIL("an answer"); }, [&](caf::error& e) { out = std::move(e); });
    return out;
  };
  CHECK(error_of(std::string{"a text"}) == caf::sec::unexpected_message);
  CHECK(!w.what->ended);
  self->send_exit(actor, caf::exit_reason::kill);
  w.end_of(actor);
  CHECK(error_of(std::string{"too late"}) == caf::sec::request_receiver_down);
}

TEST_CASE("one that was never told anything goes with the last who knows its address") {
  world w;
  { const auto actor = w.system.spawn<counting, caf::lazy_init>(w.what); }
  CHECK(w.what->ended);
  CHECK(!w.what->begun);
}

} // namespace light_actor_test
