#include "runtime/entry/split_silence.hpp"

#include <limits>

namespace millwright {

void split_silence::heard(int64_t now, bool at_end) {
  const milliseconds pause{std::max<int64_t>(now - last_, 0)};
  if (counts_ && at_end) {
    alive_ = std::min(alive_ + pause, 24 * most);
    if (pause > shortest) {
      if (known_ == kept)
        std::copy(pauses_.begin() + 1, pauses_.end(), pauses_.begin());
      else
        ++known_;
      pauses_[known_ - 1] =
          static_cast<uint32_t>(std::min<int64_t>(pause.count(), std::numeric_limits<uint32_t>::max()));
    }
  }
  last_ = now;
  counts_ = true;
}

milliseconds split_silence::limit(std::optional<milliseconds> fixed) const {
  if (fixed)
    return *fixed;
  const milliseconds longest{known_ == 0 ? 0 : *std::max_element(pauses_.begin(), pauses_.begin() + known_)};
  const auto cap = std::max(most, longest + longest / 2);
  const auto limit = std::clamp(3 * longest, least, cap);
  return alive_ < std::min(limit, most) ? cap : limit;
}

void split_silence::encode(binary_writer& out) const {
  out.varint(known_);
  for (size_t i = 0; i < known_; ++i)
    out.varint(pauses_[i]);
  out.varint(static_cast<uint64_t>(alive_.count()));
}

bool split_silence::decode(binary_reader& in) {
  split_silence read;
  read.known_ = in.count(1);
  if (read.known_ > kept)
    return false;
  for (size_t i = 0; i < read.known_; ++i)
    read.pauses_[i] = static_cast<uint32_t>(in.varint());
  const uint64_t alive = in.varint();
  if (!in.ok() || alive > static_cast<uint64_t>((24 * most).count()))
    return false;
  read.alive_ = milliseconds{static_cast<int64_t>(alive)};
  read.last_ = last_;
  read.counts_ = counts_;
  *this = read;
  return true;
}

} // namespace millwright
