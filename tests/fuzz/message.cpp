// Any names, reasons and templates in a page: what goes to a mail server and to gateways stays one message of ours.
#include "runtime/message/alertmanager_request.hpp"
#include "runtime/message/email_message.hpp"
#include "runtime/message/gateway_request.hpp"
#include "runtime/message/ntfy_request.hpp"
#include "runtime/message/pagerduty_request.hpp"
#include "runtime/message/teams_request.hpp"
#include "runtime/message/text_places.hpp"
#include "runtime/message/twilio_request.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/runtime/message/read_mail.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <exception>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

page page_of(input_bytes& in) {
  page x;
  const auto shape = in.byte();
  x.kind = (shape & 1) != 0 ? page_kind::notice : page_kind::alert;
  x.shortest = (shape & 2) != 0;
  x.told_late = (shape & 4) != 0;
  x.may_repeat = (shape & 8) != 0;
  x.about.level = static_cast<severity>(in.choice(5));
  x.about.kind = static_cast<transition_kind>(in.choice(6));
  x.about.at = x.about.raised_at = from_epoch_ms(static_cast<int64_t>(in.number<uint64_t>() % 300'000'000'000'000));
  x.about.value = in.real();
  x.channel.text = in.piece();
  x.about.condition.facility.text = in.piece();
  x.about.condition.unit.text = in.piece();
  x.about.condition.sensor.text = in.piece();
  x.about.evidence.facility_name = in.piece();
  x.about.evidence.unit = in.piece();
  x.about.reason = in.piece();
  if ((shape & 16) != 0) {
    alarm_guidance says;
    for (const auto& part : guidance_parts())
      says.*part.text = in.piece();
    says.respond_within = milliseconds{in.number<uint32_t>()};
    x.guidance = std::make_shared<const alarm_guidance>(std::move(says));
  }
  return x;
}

void check_mail(const page& x) {
  const mail_addresses who{"alarms@plant.example", {"anna@plant.example"}};
  const auto text = email_message(x, who, x.about.at);
  must(text == email_message(x, who, x.about.at), "a repeat is the same bytes");
  try {
    const auto mail = testing::read_mail(text);
    must(mail.parts.size() == (x.shortest ? 1u : 2u), "a mail has our parts and no others");
    must(mail.headers.at("To") == "anna@plant.example", "a mail goes to whom it was for");
    for (const auto& name : mail.header_order)
      must(name != "Bcc" && name != "Cc", "nobody is added");
  } catch (const std::exception& wrong) {
    must(false, wrong.what());
  }
}

bool is_json(const std::string& text) {
  rapidjson::Document read;
  read.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
  return read.IsObject();
}

bool is_visible(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

void check_requests(const page& x) {
  gateway_form form;
  form.url = message_template{"https://h/{sensor}"};
  form.headers = {{"X-Where", message_template{"{where}{reason}"}}};
  form.body = message_template{"{\"text\":\"{message}\",\"of\":\"{facility}\"}"};
  const auto request = gateway_request(form, x, "");
  must(is_visible(request.url) && request.url.find(' ') == std::string::npos, "a URL stays one");
  must(std::all_of(request.headers.begin(), request.headers.end(), is_visible), "a header is one line");
  must(is_json(request.body), "JSON stays JSON");
  must(is_json(ntfy_request(ntfy_topic{"https://h", "t", "", "", ""}, x).body), "a push is JSON");
  const auto state_of = [](page of) {
    of.about.number = 1;
    of.states = std::make_shared<const std::vector<alarm_now>>(
        std::vector<alarm_now>{{alarm_now::what::stands, of.about, true, of.about.reason}});
    return of;
  };
  must(is_json(pagerduty_request({}, state_of(x)).body), "an event is JSON");
  const auto alerts = alertmanager_request({}, state_of(x)).body;
  must(is_json(alerts.substr(1, alerts.size() - 2)), "an alert is JSON, and one");
  const auto card = teams_request("https://h", x).body;
  must(is_json(card) && card.size() < 28'000, "a card is JSON that Teams takes");
  const auto sms = twilio_request({}, x, "+49").body;
  must(is_visible(sms) && std::count(sms.begin(), sms.end(), '&') == 2, "a form has our fields and no others");
}

// Words that a channel has of its own.
void check_own_words(const page& x, std::string_view text) {
  const channel_words own{std::string{text.substr(0, text.size() / 2)}, std::string{text.substr(text.size() / 2)}};
  const mail_addresses who{"alarms@plant.example", {"anna@plant.example"}};
  try {
    testing::read_mail(email_message(x, who, x.about.at, own));
  } catch (const std::exception& wrong) {
    must(false, wrong.what());
  }
  must(is_json(ntfy_request(ntfy_topic{"https://h", "t", "", "", ""}, x, own).body), "a push is JSON");
  const auto card = teams_request("https://h", x, own).body;
  must(is_json(card) && card.size() < 28'000, "a card is JSON that Teams takes");
  must(sms_text(x, 300, own).find('\n') == std::string::npos, "an SMS is one line");
}

void check_template(std::string_view text) {
  const message_template any{std::string{text}};
  const page_words none;
  const auto filled = any.filled(none, "", text_place::json);
  must(filled.size() <= text.size(), "empty fields make nothing longer");
  must(!any.unknown_fields().empty() || !any.has_field("wat"), "what is no field is told");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input_bytes in{data, size};
  const auto x = page_of(in);
  check_mail(x);
  check_requests(x);
  const auto rest = in.rest();
  check_own_words(x, rest);
  check_template(rest);
  return 0;
}
