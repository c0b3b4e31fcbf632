#include "runtime/transport/mail_source.hpp"

#include "runtime/message/mail_reply.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

// The first day whose mails may answer something that waits: the server counts days by a clock of its own.
std::chrono::sys_days first_day(const std::vector<waiting_alarm>& waiting) {
  constexpr std::chrono::sys_days earliest{std::chrono::year{1971} / 1 / 1};
  auto since = forever;
  for (const auto& each : waiting)
    since = std::min(since, each.since);
  const auto day = std::chrono::floor<std::chrono::days>(since) - std::chrono::days{1};
  return std::max(earliest, day);
}

// A mail's time has seconds.
bool in_time(event_time at, event_time since) {
  return at >= std::chrono::floor<std::chrono::seconds>(since);
}

} // namespace

mail_source::mail_source(mail_server server, std::string folder, const http_way& way, reply_terms terms)
    : client_{std::move(server), std::move(folder), way}, terms_{std::move(terms)} {}

std::string mail_source::ask(std::vector<waiting_alarm> waiting, const acknowledge_function& acknowledge) {
  auto found = client_.mails_since(first_day(waiting));
  if (!found.error.empty())
    return found.error;
  // Other mails have these ids now.
  if (std::exchange(validity_, found.validity) != found.validity) {
    looked_at_.clear();
    tries_.clear();
  }
  std::sort(found.mails.begin(), found.mails.end());
  const auto gone = [&](uint32_t mail) { return !std::binary_search(found.mails.begin(), found.mails.end(), mail); };
  std::erase_if(looked_at_, gone);
  std::erase_if(tries_, [&](const auto& each) { return gone(each.first); });
  std::erase_if(found.mails, [&](uint32_t mail) { return looked_at_.contains(mail); });
  if (found.mails.size() > most_at_once)
    found.mails.erase(found.mails.begin(), found.mails.end() - static_cast<std::ptrdiff_t>(most_at_once));
  for (const auto mail : found.mails) {
    const auto got = client_.header_of(mail);
    if (!got.error.empty()) {
      if (++tries_[mail] >= most_tries)
        looked_at_.insert(mail);
      return got.error;
    }
    looked_at_.insert(mail);
    const auto reply = read_mail_reply(got.header, terms_.domain);
    if (reply.automatic || !reply.at || !terms_.people.contains(reply.from))
      continue;
    for (const auto& each : waiting)
      if (in_time(*reply.at, each.since) &&
          std::find(reply.alarms.begin(), reply.alarms.end(), each.alarm) != reply.alarms.end())
        acknowledge(each, "mail: " + reply.from);
  }
  return {};
}

} // namespace millwright
