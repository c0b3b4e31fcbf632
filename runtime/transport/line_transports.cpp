#include "runtime/transport/line_transports.hpp"

#include "runtime/message/page_words.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace millwright {

namespace {

std::string_view colour_of(const page& x) {
  if (x.kind == page_kind::notice)
    return "\x1b[32m";
  switch (x.about.level) {
  case severity::critical:
    return "\x1b[1;31m";
  case severity::high:
    return "\x1b[31m";
  default:
    return "\x1b[33m";
  }
}

spdlog::level::level_enum level_of(const page& x) {
  if (x.kind == page_kind::notice)
    return spdlog::level::info;
  return x.about.level == severity::critical ? spdlog::level::critical : spdlog::level::warn;
}

// What a sensor calls itself must not move a person's cursor or forge a second line.
std::string printable(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return out;
}

// A JSON string is a good quoted value for a log line as well.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

// What the plant knows of it, as further pairs.
std::string guidance_pairs(const page& x) {
  std::string out;
  if (!x.guidance)
    return out;
  for (const auto& part : guidance_parts())
    if (const auto& text = (*x.guidance).*part.text; !text.empty())
      out.append(" ").append(part.name).append("=").append(in_quotes(text));
  if (const auto within = response_time(x.guidance->respond_within); !within.empty())
    out += " respond_within=" + in_quotes(within);
  return out;
}

} // namespace

std::string page_line(const page& x, bool colour, const channel_words& own) {
  const auto words = words_of(x);
  const auto title = own.title_of(x, words), body = own.line_of(x, words);
  auto out = title ? *title : body ? std::string{} : x.shortest ? shortest_text(x) : describe_with_action(x);
  if (body)
    out += (title ? "; " : "") + *body;
  out = printable(out);
  if (x.kind == page_kind::alert && !body)
    out += "; " + how_to_acknowledge(x);
  if (x.may_repeat)
    out += " (may repeat)";
  if (!colour)
    return out;
  return std::string{colour_of(x)} + out + "\x1b[0m";
}

terminal_transport::terminal_transport(print_function print, bool colour, channel_words own)
    : print_{std::move(print)}, colour_{colour}, own_{std::move(own)} {}

delivery_result terminal_transport::deliver(const page& x) {
  if (print_(page_line(x, colour_, own_)))
    return {};
  return {delivery_result::answer::try_again, "the terminal takes no line", {}};
}

log_transport::log_transport(const std::shared_ptr<spdlog::logger>& log)
    : log_{std::make_shared<spdlog::logger>(log->name(), log->sinks().begin(), log->sinks().end())} {
  log_->set_level(spdlog::level::trace);
  log_->flush_on(spdlog::level::trace);
  // A logger throws nothing at whoever logs.
  log_->set_error_handler([this](const std::string& why) { failure_ = why; });
}

delivery_result log_transport::deliver(const page& x) {
  failure_.reset();
  write(x);
  if (!failure_)
    return {};
  return {delivery_result::answer::try_again, "the log cannot be written: " + *failure_, {}};
}

void log_transport::write(const page& x) {
  log_->log(level_of(x), "{}", log_line(x));
}

std::string log_line(const page& x) {
  if (x.digest)
    return fmt::format("page key={} kind={} alarms={} standing={} severity={} priority={} may_repeat={} message={}",
                       in_quotes(receiver_key_of(x)), name_of(x.kind), x.digest->members.size(), x.digest->standing,
                       name_of(x.about.level), x.about.priority, x.may_repeat, in_quotes(describe(x)));
  const auto& t = x.about;
  return fmt::format(
      "page key={} kind={} transition={} alarm={} facility={} equipment={} sensor={} rule={} severity={} "
      "priority={} may_repeat={} message={}{}",
      in_quotes(receiver_key_of(x)), name_of(x.kind), name_of(t.kind), short_form(t.alarm),
      in_quotes(t.condition.facility.text), in_quotes(t.condition.unit.text), in_quotes(t.condition.sensor.text),
      name_of(t.condition.which), name_of(t.level), t.priority, x.may_repeat, in_quotes(describe(x)),
      guidance_pairs(x));
}

} // namespace millwright
