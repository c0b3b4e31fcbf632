#pragma once

#include "protocol/ids.hpp"
#include "protocol/page.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What the alarm router tells owners and channels, and what channels tell it: plain values, so that the models behind
/// the router know them without an actor.
namespace millwright {

// Alarm router -> owner.

/// The router took this transition and it is on disk: it need not be sent again. So is whatever it was told of the
/// alarm before, for it takes that in the order in which it is told.
struct transition_journaled {
  uuid alarm;
  uint32_t number = 0;
  /// That of the transition.
  uint64_t telling = 0;

  /// Whether it is so of this transition of the alarm, too. What has no telling of its own is another matter than what
  /// has one.
  bool covers(uint32_t its_number, uint64_t its_telling) const {
    return (its_telling == 0) == (telling == 0) && its_number <= number && its_telling <= telling;
  }
};

struct transitions_journaled {
  std::vector<transition_journaled> all;
};

// Alarm router <-> channel.

/// A page, and how often its delivery was tried.
struct page_order {
  page what;
  uint64_t sequence = 0;
  uint32_t attempts = 0;
};

struct page_orders {
  std::vector<page_order> all;
};

/// The channel takes `credit` pages more than it has been promised so far.
struct channel_pull {
  channel_name channel;
  uint32_t credit = 0;
};

/// `retry`: unreachable, busy or broken. `refused_page`: the receiver is well and does not want this page.
/// `refused_channel`: it wants nothing of this channel (a token that has expired, an address that is gone).
enum class delivery_outcome : uint8_t { sent, retry, refused_page, refused_channel };

struct delivery_report {
  channel_name channel;
  int priority = 0;
  uint64_t sequence = 0;
  delivery_outcome outcome{};
  /// Not before this long from now (retry, refused_channel).
  milliseconds wait{0};
  /// The receiver's answer.
  std::string detail;
  /// Of what is not sent: one of several recipients may have it all the same.
  bool somebody_may_have_it = false;
};

} // namespace millwright
