#pragma once

#include "actors/channel/transport.hpp"

#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace millwright {

/// A page to several recipients, one by one, where a receiver takes it for some and not for others: who has it is not
/// sent it again while the others are tried again (after a restart all are, under the same keys). Pure but for what
/// `send` does.
class each_recipient {
public:
  using send_function = std::function<delivery_result(const std::string& recipient)>;

  /// What became of the page known as `key`: what concerns the channel if it did for anyone, else worth another try as
  /// long as it is for anyone. None keeps it from those behind him: all are asked, and behind a try without an answer
  /// (`answered` false), which ends at once, the next begins with whoever comes after. Refused for some and taken for
  /// the others it is taken, and the result's `warning` names those. What is refused for the channel, and somebody may
  /// have, is told as that (`somebody_may_have_it`).
  /// @param answered whether the receiver had said anything to the last call of `send`.
  delivery_result deliver(const std::string& key, const std::vector<std::string>& recipients, const send_function& send,
                          const std::function<bool()>& answered);

private:
  struct begun {
    std::string key;
    std::set<std::string> has_it;
    /// With whom a try begins.
    size_t first;
  };

  begun& page_of(const std::string& key);

  /// The last pages that somebody has and somebody has not.
  std::deque<begun> begun_;
};

} // namespace millwright
