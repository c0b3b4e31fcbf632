#include "runtime/parse/reading_parser.hpp"

#include "runtime/parse/field_cells.hpp"
#include "runtime/parse/json_number.hpp"
#include "runtime/parse/json_stream.hpp"
#include "runtime/parse/timestamp.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace millwright {

namespace {

using json_reader = rapidjson::GenericReader<utf8_runs, utf8_runs>;

constexpr unsigned fast_flags = rapidjson::kParseInsituFlag | rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseNanAndInfFlag;
constexpr unsigned deep_flags = fast_flags | rapidjson::kParseIterativeFlag;

// The recursive reader is the faster one; what is nested deeper than this is read again by the iterative one.
constexpr uint32_t shallow = 32;

// Smaller numbers are epoch seconds by mistake.
constexpr double least_epoch_ms = 1e11;

// Confluent's serializers put these many bytes before each record.
constexpr size_t confluent_head = 5;

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_utf8(std::string_view text) {
  const std::string ended{text}; // a NUL behind it stops a sequence that is cut short
  for (size_t i = 0; i < ended.size();) {
    const int bytes = static_cast<unsigned char>(ended[i]) < 0x80 ? 1 : utf8_sequence(ended.data() + i);
    if (bytes == 0)
      return false;
    i += static_cast<size_t>(bytes);
  }
  return true;
}

// Without an exponent a number of this length is finite.
bool may_be_infinite(const char* text, uint32_t size) {
  if (size > 300)
    return true;
  for (uint32_t i = 0; i < size; ++i)
    if ((text[i] | 0x20) == 'e')
      return true;
  return false;
}

// SAX events into cells: only the fields of the outermost object count.
struct cell_handler {
  field_cells& cells;
  uint32_t deepest;
  field_cells::cell* current = nullptr;
  uint32_t depth = 0;
  bool too_deep = false, infinite = false, no_object = false;

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (depth == 1)
      current = &cells.named({text, size});
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) { return put(cell_kind::text, text, size); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    const char first = text[*text == '-'];
    if (first == 'N' || first == 'I' || (may_be_infinite(text, size) && !json_number({text, size}))) {
      infinite = true;
      return false;
    }
    return put(cell_kind::number, text, size);
  }
  bool Null() { return put(cell_kind::absent, nullptr, 0); }
  bool Bool(bool) { return put(cell_kind::other, nullptr, 0); }
  bool StartObject() {
    if (depth == 1)
      put(cell_kind::other, nullptr, 0);
    return down();
  }
  bool EndObject(rapidjson::SizeType) {
    --depth;
    return true;
  }
  bool StartArray() { return put(cell_kind::other, nullptr, 0) && down(); }
  bool EndArray(rapidjson::SizeType) {
    --depth;
    return true;
  }

  // The reader is given the flag that turns every number into RawNumber; these complete its interface.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

private:
  bool put(cell_kind kind, const char* at, uint32_t size) {
    if (depth == 1)
      cells.put(*current, kind, at, size);
    no_object |= depth == 0;
    return depth != 0;
  }
  bool down() {
    too_deep = ++depth > deepest;
    return !too_deep;
  }
};

} // namespace

struct reading_parser::state {
  const sensor_type_table& types;
  milliseconds most_ahead;
  quality_scale scale;
  field_cells cells;
  json_reader reader;
  // The payload is parsed in place in a copy: the original stays for the dead letters, and the copy ends in a NUL.
  std::string copy;
  std::string detail;
  char* payload = nullptr;
  size_t size = 0;

  state(const sensor_type_table& t, milliseconds m, quality_scale q) : types{t}, most_ahead{m}, scale{q}, cells{t} {}

  void copy_payload() {
    if (copy.size() < size + json_padding)
      copy.resize(2 * (size + json_padding));
    std::memcpy(copy.data(), payload, size);
    std::memset(copy.data() + size, 0, json_padding);
  }

  parse_outcome reject(rejection reason, std::string_view field, std::string_view what) {
    detail.assign(field).append(what);
    parse_outcome out;
    out.status = parse_status::rejected;
    out.reason = reason;
    out.detail = detail;
    return out;
  }

  // True when the cells hold the object's fields; else `out` is the rejection.
  template <unsigned Flags>
  bool read_cells(json_reader& json, cell_handler& handler, parse_outcome& out) {
    cells.clear();
    json_stream stream{copy.data()};
    const rapidjson::ParseResult result = json.Parse<Flags>(stream, handler);
    if (!result.IsError() && stream.Tell() == size && !stream.lone_surrogate) [[likely]]
      return true;
    if (handler.infinite)
      out = reject(rejection::not_finite, "", "a number is NaN, infinite or beyond a double");
    else if (handler.no_object)
      out = reject(rejection::not_json, "", "not an object");
    else if (stream.lone_surrogate)
      out = reject(rejection::not_json, "", "a surrogate stands alone");
    else if (size > confluent_head && copy[0] == '\0' && copy[1] != '{')
      out = reject(rejection::not_json, "", words_on_confluent_head());
    else if (result.IsError())
      out = reject(rejection::not_json, rapidjson::GetParseError_En(result.Code()),
                   " Byte " + std::to_string(result.Offset() + 1) + ".");
    else
      out = reject(rejection::not_json, "", "a NUL character behind the object");
    return false;
  }

  std::string words_on_confluent_head() const {
    uint32_t schema = 0;
    for (size_t i = 1; i < confluent_head; ++i)
      schema = schema << 8 | static_cast<unsigned char>(copy[i]);
    return "it begins with a zero byte and the number of a schema (" + std::to_string(schema) +
           "): Confluent's wire format. Plain JSON is expected, from a producer without a schema registry's serializer";
  }

  // For what RapidJSON's fast ways cannot do: deep nesting, and numbers that it wrongly takes for infinite.
  bool read_cells_slowly(parse_outcome& out) {
    copy_payload();
    if (!tame_json_numbers(copy.data(), copy.data() + size)) {
      out = reject(rejection::not_finite, "", "a number is beyond a double");
      return false;
    }
    json_reader json;
    cell_handler handler{cells, std::numeric_limits<uint32_t>::max()};
    return read_cells<deep_flags>(json, handler, out);
  }

  bool read_object(parse_outcome& out) {
    copy_payload();
    cell_handler handler{cells, shallow};
    if (read_cells<fast_flags>(reader, handler, out)) [[likely]]
      return true;
    if (handler.too_deep || reader.GetParseErrorCode() == rapidjson::kParseErrorNumberTooBig)
      return read_cells_slowly(out);
    return false;
  }

  // From the copy into the payload, unescaped.
  std::string_view in_payload(const field_cells::cell& cell) {
    char* const at = payload + (cell.at - copy.data());
    std::memcpy(at, cell.at, cell.size);
    return {at, cell.size};
  }

  // The primary measure; false when `out` is the rejection.
  bool read_value(parse_outcome& out) {
    const auto primary = cells.primary_of(out.type);
    double sum = 0;
    for (const uint16_t each : primary) {
      const auto cell = cells[each];
      if (cell.kind == cell_kind::absent)
        return read_plain_value(each, out);
    }
    for (const uint16_t each : primary) {
      double x = 0;
      if (!read_number(each, x, out))
        return false;
      if (primary.size() == 1) {
        out.value = x;
        return true;
      }
      sum += x * x;
    }
    out.value = std::sqrt(sum);
    if (!(sum >= std::numeric_limits<double>::min() && std::isfinite(sum)))
      return read_extreme_magnitude(primary, out);
    return true;
  }

  // Squares left the range of doubles, or there are only zeros.
  bool read_extreme_magnitude(std::span<const uint16_t> primary, parse_outcome& out) {
    double length = 0;
    for (const uint16_t each : primary)
      length = std::hypot(length, *json_number(cells[each].view()));
    if (std::isinf(length)) {
      out = reject(rejection::not_finite, cells.name_of(primary.front()), " and the others are too long a vector");
      return false;
    }
    out.value = length;
    return true;
  }

  bool read_plain_value(uint16_t instead_of, parse_outcome& out) {
    if (cells[field_cells::value].kind == cell_kind::absent) {
      out = reject(rejection::missing_field, cells.name_of(instead_of), " is missing");
      return false;
    }
    return read_number(field_cells::value, out.value, out);
  }

  bool read_number(uint16_t field, double& x, parse_outcome& out) {
    const auto cell = cells[field];
    if (cell.kind != cell_kind::number) {
      out = reject(rejection::wrong_type, cells.name_of(field), " is not a number");
      return false;
    }
    x = *json_number(cell.view());
    return true;
  }

  bool read_time(std::optional<event_time> arrival, parse_outcome& out) {
    const auto cell = cells[field_cells::timestamp];
    if (cell.kind == cell_kind::absent) {
      out = reject(rejection::missing_field, "timestamp", " is missing");
      return false;
    }
    std::optional<event_time> time;
    if (cell.kind == cell_kind::text)
      time = parse_timestamp(cell.view());
    else if (cell.kind == cell_kind::number) {
      const double ms = *json_number(cell.view());
      if (ms < least_epoch_ms) {
        out = reject(rejection::wrong_type, "timestamp",
                     " is " + std::string{cell.view().substr(0, 32)} +
                         ", which looks like epoch seconds: epoch milliseconds are expected");
        return false;
      }
      time = parse_timestamp(ms);
    }
    if (!time) {
      out = reject(rejection::wrong_type, "timestamp",
                   " is neither an ISO-8601 time with zone nor epoch milliseconds, of the years 0001 to 9999");
      return false;
    }
    if (arrival && *time - *arrival > most_ahead) {
      out = reject(rejection::future, "timestamp",
                   " is " + std::to_string((*time - *arrival).count()) + " ms ahead of arrival");
      return false;
    }
    out.time = *time;
    return true;
  }

  bool read_id(uint16_t field, std::string_view key, std::string_view& id, parse_outcome& out) {
    const auto cell = cells[field];
    if (cell.kind == cell_kind::text && cell.size != 0) [[likely]] {
      id = cell.view();
      return true;
    }
    if (cell.kind == cell_kind::number || cell.kind == cell_kind::other) {
      out = reject(rejection::wrong_type, cells.name_of(field), " is not a string");
      return false;
    }
    if (!key.empty() && is_utf8(key)) {
      id = key;
      return true;
    }
    out = reject(rejection::missing_field, cells.name_of(field), " is missing");
    return false;
  }

  bool read_type(parse_outcome& out) {
    const auto cell = cells[field_cells::sensor_type];
    if (cell.kind == cell_kind::number || cell.kind == cell_kind::other) {
      out = reject(rejection::wrong_type, "sensor_type", " is not a string");
      return false;
    }
    const auto type = cell.kind == cell_kind::text ? types.find(cell.view()) : std::nullopt;
    out.type = type.value_or(0);
    out.unknown_type = !type;
    return true;
  }

  bool read_quality(parse_outcome& out) {
    if (cells[field_cells::quality_score].kind == cell_kind::absent)
      return true;
    double x = 0;
    if (!read_number(field_cells::quality_score, x, out))
      return false;
    if (scale == quality_scale::unit && x >= 0 && x <= 1) [[likely]] {
      out.quality = x;
    } else if (const auto translated = quality_of(x, scale)) {
      out.quality = *translated;
    } else {
      out.quality_out_of_range = true;
      out.odd_quality = x;
    }
    return true;
  }

  parse_outcome parse(std::string_view key, std::optional<event_time> arrival) {
    parse_outcome out;
    size_t first = 0;
    while (first != size && is_space(payload[first]))
      ++first;
    if (first == size)
      return out;
    if (!read_object(out) || !read_id(field_cells::sensor_id, key, out.sensor_id, out) ||
        !read_id(field_cells::facility_id, {}, out.facility_id, out) || !read_type(out) || !read_value(out) ||
        !read_quality(out) || !read_time(arrival, out))
      return out;
    out.status = parse_status::accepted;
    // Nothing can be refused from here on: the payload may change.
    if (const auto cell = cells[field_cells::sensor_id]; cell.at == out.sensor_id.data())
      out.sensor_id = in_payload(cell);
    out.facility_id = in_payload(cells[field_cells::facility_id]);
    if (const auto cell = cells[field_cells::unit]; cell.kind == cell_kind::text && cell.size != 0)
      out.unit = in_payload(cell);
    return out;
  }
};

reading_parser::reading_parser(const sensor_type_table& types, milliseconds most_ahead, quality_scale quality)
    : state_{std::make_unique<state>(types, most_ahead, quality)} {}

reading_parser::~reading_parser() = default;
reading_parser::reading_parser(reading_parser&&) noexcept = default;
reading_parser& reading_parser::operator=(reading_parser&&) noexcept = default;

parse_outcome reading_parser::parse(char* data, size_t size, std::string_view record_key,
                                    std::optional<event_time> arrival) {
  state_->payload = data;
  state_->size = size;
  return state_->parse(record_key, arrival);
}

} // namespace millwright
