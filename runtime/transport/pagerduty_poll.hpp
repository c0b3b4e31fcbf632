#pragma once

#include "runtime/message/pagerduty_incidents.hpp"
#include "runtime/transport/http_client.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millwright {

/// Asks PagerDuty at an even pace which of our incidents somebody has acknowledged there, while alarms wait for that:
/// nothing has to reach us from outside. What fails is reported once, and its return; the pages of the channel have
/// nothing to do with it. A round ends at the first failure, and the next one goes on from there.
class pagerduty_poll {
public:
  struct asked_alarm {
    uuid alarm;
    /// Since when it waits to be acknowledged.
    event_time since = never;
  };
  /// All that wait, in any order.
  using waiting_function = std::function<std::vector<asked_alarm>()>;
  using acknowledge_function = std::function<void(const asked_alarm& alarm, const std::string& by)>;
  using report_function = std::function<void(bool wrong, const std::string& line)>;

  struct ways {
    waiting_function waiting;
    acknowledge_function acknowledge;
    report_function report;
  };

  /// Of more than this a round asks for the next ones behind those of the round before.
  static constexpr size_t most_a_round = 50;

  /// @param channel its name, for reports. @param own called on the poll's thread.
  pagerduty_poll(std::string channel, pagerduty_api where, const http_way& way, milliseconds every, ways own);
  pagerduty_poll(const pagerduty_poll&) = delete;
  pagerduty_poll& operator=(const pagerduty_poll&) = delete;
  /// Ends at once, a question under way too.
  ~pagerduty_poll();

private:
  void run();
  void round();
  /// False: PagerDuty has not answered.
  bool ask(const asked_alarm& x);
  void tell(const std::string& trouble);
  bool stopping();

  std::string channel_;
  pagerduty_api where_;
  milliseconds every_;
  ways own_;
  http_client client_;
  /// The newest that was asked about.
  uuid last_;
  bool failing_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace millwright
