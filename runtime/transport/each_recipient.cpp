#include "runtime/transport/each_recipient.hpp"

#include <algorithm>
#include <optional>

namespace millwright {

namespace {

constexpr size_t most_begun = 64;

} // namespace

each_recipient::begun& each_recipient::page_of(const std::string& key) {
  for (auto& each : begun_)
    if (each.key == key)
      return each;
  if (begun_.size() == most_begun)
    begun_.pop_front();
  return begun_.emplace_back(begun{key, {}, 0});
}

delivery_result each_recipient::deliver(const std::string& key, const std::vector<std::string>& recipients,
                                        const send_function& send, const std::function<bool()>& answered) {
  using what = delivery_result::answer;
  auto& page = page_of(key);
  auto& has_it = page.has_it;
  std::optional<delivery_result> again, refused, channel;
  std::string last, without;
  const size_t first = page.first;
  for (size_t i = 0; i < recipients.size(); ++i) {
    const size_t at = (first + i) % recipients.size();
    const auto& each = recipients[at];
    if (has_it.contains(each))
      continue;
    auto result = send(each);
    switch (result.what) {
    case what::taken:
      has_it.insert(each);
      last = result.detail;
      break;
    case what::try_again:
      if (!answered()) {
        page.first = at + 1;
        return result;
      }
      if (!again || (result.retry_after && (!again->retry_after || *again->retry_after < *result.retry_after)))
        again = std::move(result);
      break;
    case what::refused_page:
      without += (without.empty() ? "" : "; ") + each + ": " + result.detail;
      refused = std::move(result);
      break;
    case what::refused_channel:
      if (!channel)
        channel = std::move(result);
      break;
    }
  }
  if (channel) {
    channel->somebody_may_have_it = again || !has_it.empty();
    return *channel;
  }
  if (again)
    return *again;
  const bool anyone = !has_it.empty();
  begun_.erase(std::find_if(begun_.begin(), begun_.end(), [&](const begun& x) { return x.key == key; }));
  if (!refused)
    return {what::taken, last, {}, {}};
  if (!anyone)
    return {what::refused_page, without, {}, {}};
  return {what::taken, last, {}, "not taken for " + without};
}

} // namespace millwright
