#include "runtime/node/self_monitor.hpp"

#include "actors/monitor/monitor_actor.hpp"
#include "runtime/hosting/supervise_root.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <set>
#include <utility>

namespace millwright {

// One actor; whoever ends it on purpose says so before.
struct self_monitor::life {
  std::atomic<bool> wanted{true};
  load_monitor_actor actor;
};

struct self_monitor::told {
  explicit told(tell_function given) : tell{std::move(given)} {}

  void hear(const load_verdict& x) {
    {
      std::lock_guard guard{mutex};
      if (x.wrong)
        standing.insert(x.subject);
      else
        standing.erase(x.subject);
    }
    tell(x);
  }

  const tell_function tell;
  std::mutex mutex;
  /// Subjects that are wrong.
  std::set<std::string> standing;
};

self_monitor::self_monitor(caf::actor_system& system, root_supervisor& root, const monitor_settings& settings,
                           tell_function tell, root_actor supervisor)
    : system_{system}, root_{root}, settings_{settings},
      supervisor_{std::move(supervisor)}, told_{std::make_shared<told>(std::move(tell))} {
  root_.watch(part, [this] { begin(); });
  begin();
}

self_monitor::~self_monitor() {
  living_->wanted = false;
  caf::anon_send_exit(living_->actor, caf::exit_reason::user_shutdown);
}

void self_monitor::begin() {
  auto next = std::make_shared<life>();
  monitor_actor_settings born;
  born.own = settings_;
  {
    std::lock_guard guard{told_->mutex};
    born.standing.assign(told_->standing.begin(), told_->standing.end());
  }
  born.tell = [told = told_](const load_verdict& x) { told->hear(x); };
  next->actor = system_.spawn(run_monitor, std::move(born));
  {
    std::lock_guard guard{mutex_};
    living_ = next;
  }
  supervise(supervisor_, "node/monitor", caf::actor_cast<caf::actor>(next->actor),
            [of = std::weak_ptr{next}, &root = root_, &system = system_](const caf::error& reason) {
              if (const auto it = of.lock(); it && it->wanted)
                root.died(part, system.render(reason));
            });
}

void self_monitor::take(const load_sample& x) {
  std::lock_guard guard{mutex_};
  newest_ = x;
  caf::anon_send(living_->actor, x);
}

load_monitor_actor self_monitor::actor() const {
  std::lock_guard guard{mutex_};
  return living_->actor;
}

std::optional<load_sample> self_monitor::newest() const {
  std::lock_guard guard{mutex_};
  return newest_;
}

} // namespace millwright
