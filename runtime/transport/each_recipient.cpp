#include "runtime/transport/each_recipient.hpp"

#include <algorithm>
#include <optional>

namespace millwright {

namespace {

constexpr size_t most_begun = 64;

} // namespace

std::set<std::string>& each_recipient::who_has(const std::string& key) {
  for (auto& each : begun_)
    if (each.key == key)
      return each.has_it;
  if (begun_.size() == most_begun)
    begun_.pop_front();
  return begun_.emplace_back(begun{key, {}}).has_it;
}

delivery_result each_recipient::deliver(const std::string& key, const std::vector<std::string>& recipients,
                                        const send_function& send, const std::function<bool()>& answered) {
  using what = delivery_result::answer;
  auto& has_it = who_has(key);
  std::optional<delivery_result> again, refused;
  std::string last, without;
  for (const auto& each : recipients) {
    if (has_it.contains(each))
      continue;
    auto result = send(each);
    switch (result.what) {
    case what::taken:
      has_it.insert(each);
      last = result.detail;
      break;
    case what::try_again:
      if (!answered())
        return result;
      if (!again || (result.retry_after && (!again->retry_after || *again->retry_after < *result.retry_after)))
        again = std::move(result);
      break;
    case what::refused_page:
      without += (without.empty() ? "" : "; ") + each + ": " + result.detail;
      refused = std::move(result);
      break;
    case what::refused_channel:
      return result;
    }
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
