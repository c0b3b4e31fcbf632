#include "runtime/transport/pagerduty_poll.hpp"

#include "runtime/message/text_places.hpp"
#include "runtime/transport/http_outcome.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

// Some incidents with all that is known of them.
constexpr size_t longest_answer = 256 << 10;
constexpr size_t longest_reason = 300;

} // namespace

pagerduty_poll::pagerduty_poll(std::string channel, pagerduty_api where, const http_way& way, milliseconds every,
                               ways own)
    : channel_{std::move(channel)}, where_{std::move(where)}, every_{every}, own_{std::move(own)},
      client_{way, longest_answer}, thread_{[this] { run(); }} {}

pagerduty_poll::~pagerduty_poll() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  client_.cancel();
  thread_.join();
}

bool pagerduty_poll::stopping() {
  std::lock_guard guard{mutex_};
  return stopping_;
}

// The pause is between two rounds: a slow server is not asked without one.
void pagerduty_poll::run() {
  std::unique_lock guard{mutex_};
  while (!wake_.wait_for(guard, every_, [&] { return stopping_; })) {
    guard.unlock();
    round();
    guard.lock();
  }
}

void pagerduty_poll::round() {
  auto all = own_.waiting();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.alarm < b.alarm; });
  const auto next = std::find_if(all.begin(), all.end(), [&](const asked_alarm& each) { return last_ < each.alarm; });
  std::rotate(all.begin(), next, all.end());
  all.resize(std::min(all.size(), most_a_round));
  for (const auto& each : all) {
    if (!ask(each))
      return;
    last_ = each.alarm;
  }
}

bool pagerduty_poll::ask(const asked_alarm& x) {
  const auto question = pagerduty_question(where_, x.alarm);
  const auto answer = client_.get(question.url, question.headers);
  if (stopping())
    return false;
  if (answer.status != 200) {
    tell(outcome_of(answer).detail);
    return false;
  }
  const auto said = acknowledgement_in(answer.body, x.since);
  if (!said.readable) {
    tell("what answers is not PagerDuty");
    return false;
  }
  tell({});
  if (!said.by.empty())
    own_.acknowledge(x, said.by);
  return true;
}

void pagerduty_poll::tell(const std::string& trouble) {
  if (std::exchange(failing_, !trouble.empty()) == !trouble.empty())
    return;
  own_.report(failing_, failing_ ? "channel " + channel_ + ": PagerDuty does not say who has acknowledged there: " +
                                       cut_line(trouble, longest_reason)
                                 : "channel " + channel_ + ": PagerDuty says again who has acknowledged there");
}

} // namespace millwright
