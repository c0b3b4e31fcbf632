#include "runtime/transport/reported_transport.hpp"

#include <fmt/format.h>

#include <utility>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr auto told_again_after = 1min;

// A receiver's answer may be anything; a line of the log stays one.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f)
      c = '?';
  return text;
}

} // namespace

reported_transport::reported_transport(std::string channel, std::shared_ptr<transport> way, report_function report,
                                       std::function<clock::time_point()> now)
    : channel_{std::move(channel)}, way_{std::move(way)}, report_{std::move(report)}, now_{std::move(now)} {}

delivery_result reported_transport::deliver(const page& x) {
  auto result = way_->deliver(x);
  switch (result.what) {
  case delivery_result::answer::try_again:
    note_failure(result);
    break;
  case delivery_result::answer::refused:
    report_(true,
            fmt::format("channel {} refused page {} for good: {}", channel_, key_of(x), printable(result.detail)));
    [[fallthrough]];
  case delivery_result::answer::taken:
    if (failures_ > 0)
      report_(false, fmt::format("channel {} answers again, after {} failed tries in {} s", channel_, failures_,
                                 std::chrono::duration_cast<std::chrono::seconds>(now_() - begun_).count()));
    failures_ = 0;
  }
  return result;
}

void reported_transport::cancel() {
  way_->cancel();
}

void reported_transport::note_failure(const delivery_result& result) {
  const auto now = now_();
  if (failures_++ == 0)
    begun_ = now;
  else if (now - told_ < told_again_after)
    return;
  told_ = now;
  report_(true, fmt::format("channel {} fails ({} in a row), its pages wait and are tried again: {}", channel_,
                            failures_, printable(result.detail)));
}

} // namespace millwright
