#include "tests/fuzz/reference_reading.hpp"

#include "tests/fuzz/plain_json.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>

namespace millwright::fuzz {

namespace {

// 0001-01-01 to the last millisecond of 9999-12-31.
constexpr int64_t first_ms = -62'135'596'800'000, last_ms = 253'402'300'799'999;

/// Walks a text by its form: d for a digit.
struct form {
  std::string_view text;
  bool good = true;

  bool next(std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == any_of.npos)
      return false;
    text.remove_prefix(1);
    return true;
  }
  int number(size_t width) {
    int x = 0;
    for (size_t i = 0; i < width; ++i) {
      if (text.empty() || text.front() < '0' || text.front() > '9') {
        good = false;
        return 0;
      }
      x = x * 10 + (text.front() - '0');
      text.remove_prefix(1);
    }
    return x;
  }
  bool digit_follows() const { return !text.empty() && text.front() >= '0' && text.front() <= '9'; }
};

std::optional<int64_t> iso_ms(std::string_view text) {
  using namespace std::chrono;
  form in{text};
  const int y = in.number(4);
  const bool extended = in.next("-");
  const int mo = in.number(2);
  if (extended && !in.next("-"))
    return std::nullopt;
  const int d = in.number(2);
  if (!in.next("Tt "))
    return std::nullopt;
  const int h = in.number(2);
  if (extended && !in.next(":"))
    return std::nullopt;
  const int mi = in.number(2);
  int s = 0, ms = 0;
  if (extended ? in.next(":") : in.digit_follows()) {
    s = in.number(2);
    if (in.next(".,")) {
      std::string fraction;
      while (in.digit_follows())
        fraction += static_cast<char>('0' + in.number(1));
      if (fraction.empty())
        return std::nullopt;
      fraction.resize(3, '0');
      ms = std::atoi(fraction.c_str());
    }
  }
  int64_t minutes_ahead = 0;
  if (!in.next("Zz")) {
    const bool west = in.next("-");
    if (!west && !in.next("+"))
      return std::nullopt;
    const int zone_h = in.number(2);
    int zone_m = 0;
    if (in.next(":") || in.digit_follows())
      zone_m = in.number(2);
    if (zone_h > 23 || zone_m > 59)
      return std::nullopt;
    minutes_ahead = (west ? -1 : 1) * (zone_h * 60 + zone_m);
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!in.good || !in.text.empty() || y < 1 || !date.ok() || h > 23 || mi > 59 || s > 59)
    return std::nullopt;
  const int64_t days = sys_days{date}.time_since_epoch().count();
  const int64_t out = (((days * 24 + h) * 60 + mi - minutes_ahead) * 60 + s) * 1000 + ms;
  return out < first_ms || out > last_ms ? std::nullopt : std::optional{out};
}

double real_of(const plain_value& x) {
  return std::strtod(x.content.c_str(), nullptr);
}

struct reader {
  const plain_object& object;
  reference_reading& out;

  const plain_value& operator[](std::string_view name) const {
    static const plain_value nothing;
    const auto found = object.fields.find(std::string{name});
    return found == object.fields.end() ? nothing : found->second;
  }
  void wrong(rejection why) const { out.reasons.insert(why); }

  void id(std::string_view name, std::string_view instead, std::string& to) const {
    const auto& x = (*this)[name];
    if (x.what == plain_value::text && !x.content.empty())
      to = x.content;
    else if (x.what == plain_value::number || x.what == plain_value::other)
      wrong(rejection::wrong_type);
    else if (!instead.empty() && is_plain_utf8(instead))
      to = instead;
    else
      wrong(rejection::missing_field);
  }

  void type(const sensor_type_table& types) const {
    const auto& x = (*this)["sensor_type"];
    if (x.what == plain_value::number || x.what == plain_value::other)
      return wrong(rejection::wrong_type);
    out.unknown_type = true;
    for (size_t i = 0; i < types.size() && x.what == plain_value::text; ++i)
      if (types.types()[i].name == x.content) {
        out.type = static_cast<sensor_type_index>(i);
        out.unknown_type = false;
      }
  }

  void value(const sensor_type& type) const {
    long double squares = 0;
    bool all = true;
    for (const int each : type.primary)
      all = all && (*this)[type.fields[static_cast<size_t>(each)].name].what != plain_value::null;
    const auto plain = [&](const plain_value& x) {
      if (x.what != plain_value::number)
        wrong(x.what == plain_value::null ? rejection::missing_field : rejection::wrong_type);
      else
        out.value = real_of(x);
    };
    if (!all)
      return plain((*this)["value"]);
    if (type.primary.size() == 1)
      return plain((*this)[type.fields[static_cast<size_t>(type.primary[0])].name]);
    for (const int each : type.primary) {
      const auto& x = (*this)[type.fields[static_cast<size_t>(each)].name];
      if (x.what != plain_value::number)
        return wrong(rejection::wrong_type);
      const long double of = real_of(x);
      squares += of * of;
    }
    out.value = sqrtl(squares);
    out.is_length = true;
    if (std::isinf(static_cast<double>(out.value)))
      wrong(rejection::not_finite);
  }

  void quality() const {
    const auto& x = (*this)["quality_score"];
    if (x.what == plain_value::null)
      return;
    if (x.what != plain_value::number)
      return wrong(rejection::wrong_type);
    const double q = real_of(x);
    out.quality_out_of_range = q < 0 || q > 1;
    if (!out.quality_out_of_range)
      out.quality = q;
  }

  void time(std::optional<int64_t> arrival_ms) const {
    const auto& x = (*this)["timestamp"];
    std::optional<int64_t> ms;
    if (x.what == plain_value::null)
      return wrong(rejection::missing_field);
    if (x.what == plain_value::text)
      ms = iso_ms(x.content);
    if (x.what == plain_value::number) {
      const double whole = std::floor(real_of(x));
      if (real_of(x) >= 1e11 && whole <= static_cast<double>(last_ms))
        ms = static_cast<int64_t>(whole);
    }
    if (!ms)
      return wrong(rejection::wrong_type);
    if (arrival_ms && *ms - *arrival_ms > 300'000)
      wrong(rejection::future);
    out.time_ms = *ms;
  }
};

} // namespace

reference_reading read_plainly(std::string_view payload, std::string_view key, std::optional<int64_t> arrival_ms,
                               const sensor_type_table& types) {
  reference_reading out;
  out.blank = payload.find_first_not_of(" \t\n\v\f\r") == payload.npos;
  if (out.blank)
    return out;
  const auto object = read_plain_object(payload);
  if (!object) {
    // NaN and Infinity are no JSON; and what is not JSON may hold a number beyond a double as well.
    out.reasons = {rejection::not_json, rejection::not_finite};
    return out;
  }
  if (object->beyond_double)
    out.reasons.insert(rejection::not_finite);
  const reader read{*object, out};
  read.id("sensor_id", key, out.sensor_id);
  read.id("facility_id", {}, out.facility_id);
  read.type(types);
  read.value(types[out.type]);
  read.quality();
  read.time(arrival_ms);
  if (const auto& unit = read["unit"]; unit.what == plain_value::text)
    out.unit = unit.content;
  return out;
}

} // namespace millwright::fuzz
