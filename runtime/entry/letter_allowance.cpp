#include "runtime/entry/letter_allowance.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace millwright {

namespace {

constexpr uint64_t reasons_most = 256;

// A split that has not accepted a reading yet has no time: all that is one minute.
int64_t minute_of(event_time at) {
  return at == never ? std::numeric_limits<int64_t>::min()
                     : std::chrono::floor<std::chrono::minutes>(at.time_since_epoch()).count();
}

} // namespace

bool letter_allowance::take(std::string_view reason, event_time at, size_t payload_bytes, uint32_t most) {
  auto& known = of(reason);
  if (const auto minute = minute_of(at); minute > known.minute) {
    known.minute = minute;
    known.kept = 0;
  }
  const uint64_t cost = 1 + payload_bytes / payload_unit;
  if (known.kept + cost > most && (known.kept > 0 || most == 0))
    return false;
  known.kept += cost;
  return true;
}

letter_allowance::entry& letter_allowance::of(std::string_view reason) {
  const auto known = std::find_if(reasons_.begin(), reasons_.end(), [&](const entry& x) { return x.reason == reason; });
  if (known != reasons_.end())
    return *known;
  return reasons_.emplace_back(entry{std::string{reason}, std::numeric_limits<int64_t>::min(), 0});
}

void letter_allowance::encode(binary_writer& to) const {
  to.varint(reasons_.size());
  for (const auto& each : reasons_) {
    to.text(each.reason);
    to.svarint(each.minute);
    to.varint(each.kept);
  }
}

bool letter_allowance::decode(binary_reader& from) {
  reasons_.clear();
  const uint64_t count = from.varint();
  if (!from.ok() || count > reasons_most)
    return false;
  for (uint64_t i = 0; i < count && from.ok(); ++i) {
    entry each;
    each.reason = from.text();
    each.minute = from.svarint();
    each.kept = from.varint();
    reasons_.push_back(std::move(each));
  }
  return from.ok();
}

} // namespace millwright
