#pragma once

#include "runtime/message/pagerduty_incidents.hpp"
#include "runtime/transport/acknowledgement_poll.hpp"
#include "runtime/transport/http_client.hpp"

namespace millwright {

/// PagerDuty, where our alarms are incidents: who has acknowledged them there. It is asked for each alarm by its key,
/// until it does not answer; the next time goes on from there.
class pagerduty_source final : public acknowledgement_source {
public:
  pagerduty_source(pagerduty_api where, const http_way& way);

  /// Of more than this the next time asks for those behind.
  static constexpr size_t most_at_once = 50;

  std::string name() const override { return "PagerDuty"; }
  std::string ask(std::vector<waiting_alarm> waiting, const acknowledge_function& acknowledge) override;
  void cancel() override { client_.cancel(); }

private:
  pagerduty_api where_;
  http_client client_;
  /// The newest that was asked about.
  uuid last_;
};

} // namespace millwright
