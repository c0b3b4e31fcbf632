#pragma once

#include "actors/channel/transport.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace millwright {

/// A transport whose troubles the log tells: when they begin, once a minute while they last, and when they are over.
class reported_transport : public transport {
public:
  using clock = std::chrono::steady_clock;
  /// Gets a line; `wrong` false for the end of trouble.
  using report_function = std::function<void(bool wrong, const std::string& line)>;

  reported_transport(std::string channel, std::shared_ptr<transport> way, report_function report,
                     std::function<clock::time_point()> now = clock::now);

  delivery_result deliver(const page& x) override;
  void cancel() override;

private:
  void note_failure(const delivery_result& result);

  std::string channel_;
  std::shared_ptr<transport> way_;
  report_function report_;
  std::function<clock::time_point()> now_;
  uint64_t failures_ = 0;
  clock::time_point begun_{}, told_{};
};

} // namespace millwright
