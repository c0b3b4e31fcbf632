#include "runtime/transport/pagerduty_source.hpp"

#include "runtime/transport/http_outcome.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

// Some incidents with all that is known of them.
constexpr size_t longest_answer = 256 << 10;

} // namespace

pagerduty_source::pagerduty_source(pagerduty_api where, const http_way& way)
    : where_{std::move(where)}, client_{way, longest_answer} {}

std::string pagerduty_source::ask(std::vector<waiting_alarm> waiting, const acknowledge_function& acknowledge) {
  std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.alarm < b.alarm; });
  const auto next = std::find_if(waiting.begin(), waiting.end(), [&](const auto& each) { return last_ < each.alarm; });
  std::rotate(waiting.begin(), next, waiting.end());
  waiting.resize(std::min(waiting.size(), most_at_once));
  for (const auto& each : waiting) {
    const auto question = pagerduty_question(where_, each.alarm);
    const auto answer = client_.get(question.url, question.headers);
    if (answer.status != 200)
      return outcome_of(answer).detail;
    const auto said = acknowledgement_in(answer.body, each.since);
    if (!said.readable)
      return "what answers is not PagerDuty";
    last_ = each.alarm;
    if (!said.by.empty())
      acknowledge(each, said.by);
  }
  return {};
}

} // namespace millwright
