#include "runtime/message/twilio_request.hpp"

#include "runtime/message/page_words.hpp"
#include "runtime/message/text_places.hpp"

#include <algorithm>

namespace millwright {

std::string sms_text(const page& x, size_t longest, const channel_words& own) {
  const auto words = words_of(x);
  if (const auto line = own.line_of(x, words))
    return cut_line(*line, longest);
  const auto answer = words.acknowledge.empty() ? std::string{} : "; " + words.acknowledge;
  auto line = x.shortest ? words.message : brief_of(x);
  // The answer names the alarm.
  if (!answer.empty() && line.starts_with(words.short_id + ' '))
    line.erase(0, words.short_id.size() + 1);
  return cut_line(line, longest - std::min(longest, answer.size())) + answer;
}

http_request twilio_request(const twilio_account& account, const page& x, const std::string& to,
                            const channel_words& own) {
  http_request out;
  out.url = account.server + "/2010-04-01/Accounts/" + form_place(account.user) + "/Messages.json";
  out.headers = {header_line("Content-Type", "application/x-www-form-urlencoded"),
                 basic_login(account.user, account.password)};
  out.body = "To=" + form_place(to);
  out.body += account.from.starts_with("MG") ? "&MessagingServiceSid=" : "&From=";
  out.body += form_place(account.from) + "&Body=" + form_place(sms_text(x, account.longest, own));
  return out;
}

} // namespace millwright
