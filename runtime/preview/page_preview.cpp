#include "runtime/preview/page_preview.hpp"

#include "actors/alarm/stateful_receiver.hpp"
#include "runtime/message/alertmanager_request.hpp"
#include "runtime/message/email_message.hpp"
#include "runtime/message/gateway_request.hpp"
#include "runtime/message/ntfy_request.hpp"
#include "runtime/message/pagerduty_request.hpp"
#include "runtime/message/teams_request.hpp"
#include "runtime/message/twilio_request.hpp"
#include "runtime/transport/make_transport.hpp"
#include "runtime/transport/slack.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>

namespace millwright {

namespace {

// Numbers stay as they are.
struct as_written : rapidjson::PrettyWriter<rapidjson::StringBuffer> {
  using PrettyWriter::PrettyWriter;
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return RawValue(text, length, rapidjson::kNumberType);
  }
};

std::string pretty(const std::string& json) {
  rapidjson::StringBuffer out;
  as_written writer{out};
  writer.SetIndent(' ', 2);
  writer.SetFormatOptions(rapidjson::kFormatSingleLineArray);
  rapidjson::StringStream from{json.c_str()};
  rapidjson::Reader reader;
  const bool whole = !reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(from, writer).IsError();
  return whole ? std::string{out.GetString(), out.GetSize()} : json;
}

std::string recipients(const channel_settings& channel) {
  std::string out;
  for (const auto& each : channel.to)
    out += (out.empty() ? "" : ", ") + each;
  return out;
}

message_template shown_secret(const std::string& plain, const secret_reference& secret) {
  return secret.empty() ? message_template{plain} : message_template::literal(secret.text);
}

std::string gateway_preview(const channel_settings& channel, const page& x) {
  gateway_form form;
  form.method = channel.method;
  form.url = shown_secret(channel.url, channel.url_secret);
  for (const auto& [name, value] : channel.headers)
    form.headers.emplace_back(name, secret_reference::is_one(value) ? message_template::literal(value)
                                                                    : message_template{value});
  form.body = message_template{channel.body};
  form.format = channel.format;
  form.longest = channel.longest;
  const auto request = gateway_request(form, x, channel.to.empty() ? std::string{} : channel.to.front());
  auto out = request.method + ' ' + request.url + '\n';
  for (const auto& each : request.headers)
    out += each + '\n';
  if (!request.body.empty())
    out += '\n' + (channel.format == text_place::json ? pretty(request.body) : request.body) + '\n';
  return out;
}

ntfy_topic shown_topic(const channel_settings& channel) {
  auto out = channel.url_secret.empty() ? topic_of(channel.url) : ntfy_topic{};
  if (!channel.url_secret.empty())
    out.topic = channel.url_secret.text;
  return out;
}

// What keeps a state of each alarm is told that, as it would be now.
page as_state(page x, milliseconds resend) {
  const bool over = ends_alarm(x.about.kind);
  x.states = std::make_shared<const std::vector<alarm_now>>(std::vector<alarm_now>{
      {over ? alarm_now::what::over : alarm_now::what::stands, x.about, false, {}, over ? nullptr : x.guidance}});
  x.told_at = x.about.at;
  x.stands_until = x.told_at + stateful_receiver{1, resend}.stands_for();
  return x;
}

} // namespace

std::string page_preview(const channel_settings& channel, page x) {
  x.channel.text = channel.name;
  const auto own = own_words_of(channel);
  switch (channel.kind) {
  case channel_kind::terminal:
    return page_line(x, false, own) + '\n';
  case channel_kind::log:
    return log_line(x) + '\n';
  case channel_kind::slack:
    return pretty(slack_message(x, own)) + '\n';
  case channel_kind::teams:
    return pretty(teams_request({}, x, own).body) + '\n';
  case channel_kind::ntfy:
    return pretty(ntfy_request(shown_topic(channel), x, own).body) + '\n';
  case channel_kind::email:
    return "To: " + recipients(channel) + "\nSubject: " + email_subject(x, own) + "\n\n" + email_text(x, own);
  case channel_kind::twilio:
    return "To: " + recipients(channel) + "\n\n" +
           sms_text(x, channel.longest > 0 ? channel.longest : twilio_account{}.longest, own) + '\n';
  case channel_kind::gateway:
    return gateway_preview(channel, x);
  case channel_kind::pagerduty:
    return pretty(pagerduty_request({{}, channel.routing_key.text}, as_state(x, {})).body) + '\n';
  case channel_kind::alertmanager:
    return pretty(alertmanager_request({{}, {}, {}, channel.labels}, as_state(x, channel.resend)).body) + '\n';
  case channel_kind::webhook:
    break;
  }
  std::string body;
  append_json(body, x);
  return pretty(body) + '\n';
}

} // namespace millwright
