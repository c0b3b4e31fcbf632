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
  case delivery_result::answer::refused_channel:
    note_failure(result);
    return result;
  case delivery_result::answer::refused_page:
    report_(true, fmt::format("channel {} does not take page {} {}: {}", channel_, receiver_key_of(x),
                              x.shortest ? "in its shortest form either: it goes over the other channels"
                                         : "as it is: it is sent once more in its shortest form",
                              printable(result.detail)));
    break;
  case delivery_result::answer::taken:
    if (!result.warning.empty())
      report_(true, fmt::format("channel {}, page {}: {}", channel_, receiver_key_of(x), printable(result.warning)));
    break;
  }
  if (failures_ > 0)
    report_(false, fmt::format("channel {} answers again, after {} failed tries in {} s", channel_, failures_,
                               std::chrono::duration_cast<std::chrono::seconds>(now_() - begun_).count()));
  failures_ = 0;
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
  const auto how = result.what == delivery_result::answer::refused_channel
                       ? "is refused ({} in a row; are its address and secret still right?)"
                       : "fails ({} in a row)";
  report_(true, fmt::format("channel {} {}, its pages wait and are tried again: {}", channel_,
                            fmt::format(fmt::runtime(how), failures_), printable(result.detail)));
}

} // namespace millwright
