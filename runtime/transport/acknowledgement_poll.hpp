#pragma once

#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millwright {

/// An alarm that waits to be acknowledged.
struct waiting_alarm {
  uuid alarm;
  /// Whoever has acknowledged it before this has seen another one.
  event_time since = never;
};

/// Where people acknowledge alarms outside of the node, which can be asked for it.
class acknowledgement_source {
public:
  using acknowledge_function = std::function<void(const waiting_alarm& alarm, const std::string& by)>;

  virtual ~acknowledgement_source() = default;
  /// What it is called in a report: "PagerDuty".
  virtual std::string name() const = 0;
  /// Asks once, and may block for the timeouts of its requests.
  /// @param waiting at least one. @param acknowledge what has been found, also where it fails then.
  /// @returns why it failed; empty: it did not.
  virtual std::string ask(std::vector<waiting_alarm> waiting, const acknowledge_function& acknowledge) = 0;
  /// From any thread: a running and every later `ask` ends at once.
  virtual void cancel() = 0;
};

/// Asks a source at an even pace while alarms wait, so that nothing has to reach the node from outside. What fails is
/// reported once, and so is its return; the pages of the channel have nothing to do with it.
class acknowledgement_poll {
public:
  /// Called on the poll's thread.
  struct ways {
    /// All that wait, in any order.
    std::function<std::vector<waiting_alarm>()> waiting;
    acknowledgement_source::acknowledge_function acknowledge;
    std::function<void(bool wrong, const std::string& line)> report;
  };

  /// @param channel its name, for reports. @param every between the end of one question and the next.
  acknowledgement_poll(std::string channel, std::unique_ptr<acknowledgement_source> source, milliseconds every,
                       ways own);
  acknowledgement_poll(const acknowledgement_poll&) = delete;
  acknowledgement_poll& operator=(const acknowledgement_poll&) = delete;
  /// Ends at once, a question under way too.
  ~acknowledgement_poll();

private:
  void run();
  void ask();

  std::string channel_;
  std::unique_ptr<acknowledgement_source> source_;
  milliseconds every_;
  ways own_;
  bool failing_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace millwright
