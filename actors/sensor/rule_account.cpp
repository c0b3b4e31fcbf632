#include "actors/sensor/rule_account.hpp"

#include <array>

namespace millwright {

std::string_view name_of(rule_standing x) {
  constexpr std::array<std::string_view, 5> names{"off", "learning", "well", "outside", "alarm"};
  return names[static_cast<size_t>(x)];
}

void append_fields(json_object& out, const rule_account& x) {
  out.text("rule", name_of(x.which))
      .text("standing", name_of(x.how))
      .boolean("pages", x.pages)
      .text_or_null("severity", x.level == severity::normal ? std::string_view{} : name_of(x.level))
      .number("value", x.value)
      .number("low", x.low)
      .number("high", x.high)
      .time("since", x.since)
      .time("due", x.due)
      .text("text", x.text);
}

} // namespace millwright
