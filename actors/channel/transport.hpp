#pragma once

#include "protocol/page.hpp"

#include <optional>
#include <string>

namespace millwright {

/// What the receiver made of a page.
struct delivery_result {
  enum class answer {
    taken,
    /// Unreachable, busy or broken: worth another try.
    try_again,
    /// It will never take this page as it is: too long, say, or malformed in its eyes.
    refused_page,
    /// It takes nothing from this channel: the token has expired, or the address is gone. Somebody has to mend it.
    refused_channel,
  };
  answer what = answer::taken;
  /// What was said: "HTTP 503 Service Unavailable", "connection refused".
  std::string detail;
  /// How long the receiver wants to be left alone.
  std::optional<milliseconds> retry_after = {};
  /// Where it was taken, and somebody should know of something all the same: by one of several recipients not.
  std::string warning = {};
  /// Where it was not taken: one of several recipients may have it all the same.
  bool somebody_may_have_it = false;
};

/// A way out of the program. One thread delivers at a time.
class transport {
public:
  virtual ~transport() = default;

  /// Delivers one page; may block for as long as the transport's own timeout. The same page gives the same bytes.
  virtual delivery_result deliver(const page& x) = 0;

  /// From any thread: a running and every later `deliver` ends at once with try_again.
  virtual void cancel() {}
};

} // namespace millwright
