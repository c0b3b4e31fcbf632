#include "actors/kit/actor_settings.hpp"

#include "protocol/quantities.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace millwright {

namespace {

using kind = actor_setting::kind;

std::optional<double> figure_in(kind of, std::string_view text) {
  switch (of) {
  case kind::duration: {
    const auto read = parse_duration(text);
    return read ? std::optional{std::chrono::duration<double>{*read}.count()} : std::nullopt;
  }
  case kind::flag:
    if (text == "on" || text == "true" || text == "yes")
      return 1;
    return text == "off" || text == "false" || text == "no" ? std::optional{0.0} : std::nullopt;
  case kind::text:
    return 0;
  case kind::number:
    return parse_number(text);
  case kind::count: {
    const auto read = parse_number(text);
    return read && *read == std::floor(*read) ? read : std::nullopt;
  }
  }
  return std::nullopt;
}

} // namespace

actor_settings::actor_settings(std::span<const actor_setting> declared) : declared_{declared} {
  for (const auto& each : declared_)
    if (!set(each.key, each.standard))
      throw std::logic_error{"the standard value of " + std::string{each.key} + " is none"};
}

bool actor_settings::set(std::string_view key, std::string_view text) {
  const auto* declared = setting(key);
  if (!declared)
    return false;
  const auto figure = figure_in(declared->of, text);
  const bool bounded = declared->of != kind::text && declared->of != kind::flag;
  if (!figure || (bounded && (*figure < declared->least || *figure > declared->most)))
    return false;
  values_[std::string{key}] = {*figure, std::string{text}};
  return true;
}

const actor_setting* actor_settings::setting(std::string_view key) const {
  const auto found =
      std::find_if(declared_.begin(), declared_.end(), [&](const actor_setting& each) { return each.key == key; });
  return found == declared_.end() ? nullptr : &*found;
}

const actor_settings::value& actor_settings::of(std::string_view key, kind as) const {
  const auto* declared = setting(key);
  if (!declared || declared->of != as)
    throw std::logic_error{"no such setting is declared: " + std::string{key}};
  return values_.find(key)->second;
}

milliseconds actor_settings::duration(std::string_view key) const {
  return milliseconds{std::llround(of(key, kind::duration).figure * 1000)};
}

double actor_settings::number(std::string_view key) const {
  return of(key, kind::number).figure;
}

uint64_t actor_settings::count(std::string_view key) const {
  return static_cast<uint64_t>(of(key, kind::count).figure);
}

bool actor_settings::flag(std::string_view key) const {
  return of(key, kind::flag).figure != 0;
}

const std::string& actor_settings::text(std::string_view key) const {
  return of(key, kind::text).text;
}

std::string actor_settings::shown(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string{} : found->second.text;
}

} // namespace millwright
