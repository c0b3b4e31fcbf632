#include "protocol/json.hpp"
#include "runtime/parse/reading_parser.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>

namespace parse_fuzz_test {

using namespace millwright;

namespace {

const sensor_type_table& types() {
  static const auto table = load_sensor_types("config/sensor-types.yaml");
  return table;
}

const std::vector<std::string> seeds{
    R"({"sensor_id":"TI-00101","timestamp":"2026-11-21T10:39:26.123Z","facility_id":"main-plant","sensor_type":"temperature","temperature_celsius":71.25,"humidity":40.5,"quality_score":0.98,"unit":"°C"})",
    R"({"sensor_id":"VI-7\u00e9","timestamp":1700000000123.5,"facility_id":"F","sensor_type":"vibration","acceleration_x":0.01,"acceleration_y":-0.5,"acceleration_z":1.0e0})",
    R"( {"value":0e400,"sensor_type":null,"sensor_id":"\ud83d\ude00","facility_id":"é","timestamp":"2023-11-14T22:13:20+01:00","a":{"b":[1,2,{"c":[[]]}]}} )",
    R"({"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],"value":1e308,"sensor_id":"S","facility_id":"F","timestamp":1e12,"unit":"bar"})",
    R"({"sensor_id":"S","facility_id":"F","value":1,"timestamp":1900000000000})",
};

std::string mutated(std::mt19937_64& random) {
  constexpr std::string_view pieces[] = {"\"",
                                         "\\",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "null",
                                         "NaN",
                                         "-",
                                         "1e999",
                                         "0e400",
                                         "\\ud800",
                                         "\\u0000",
                                         "\xff",
                                         "\xe2\x82",
                                         "\xf0\x9f\x98\x80",
                                         " ",
                                         "true",
                                         ".",
                                         "Infinity",
                                         "99999999999999999999",
                                         "e",
                                         "\n"};
  std::string text = seeds[random() % seeds.size()];
  for (uint64_t n = 1 + random() % 4; n > 0; --n) {
    const size_t at = random() % (text.size() + 1);
    const std::string_view piece = pieces[random() % std::size(pieces)];
    switch (random() % 6) {
    case 0:
      if (at < text.size())
        text[at] = static_cast<char>(random());
      break;
    case 1:
      text.insert(at, piece);
      break;
    case 2:
      text.erase(at, random() % 8);
      break;
    case 3:
      text.resize(at);
      break;
    case 4:
      text.insert(at, text.substr(random() % (text.size() + 1), random() % 40));
      break;
    default:
      text.replace(at, std::min<size_t>(piece.size(), text.size() - at), piece);
    }
  }
  return text;
}

} // namespace

TEST_CASE("a hundred thousand damaged payloads are accepted whole or left alone") {
  std::mt19937_64 random{20'261'121};
  reading_parser parser{types()};
  size_t accepted = 0;
  std::array<size_t, rejection_count> reasons{};
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = mutated(random);
    const std::unique_ptr<char[]> payload{new char[text.size()]};
    std::memcpy(payload.get(), text.data(), text.size());
    const auto out = parser.parse(payload.get(), text.size(), {}, from_epoch_ms(1'800'000'000'000));
    if (out.accepted()) {
      ++accepted;
      const std::string_view whole{payload.get(), text.size()};
      for (const auto view : {out.sensor_id, out.facility_id})
        REQUIRE((!view.empty() && view.data() >= whole.data() && view.end() <= whole.end()));
      REQUIRE(std::isfinite(out.value));
      REQUIRE(out.type < types().size());
      REQUIRE((std::isnan(out.quality) || (out.quality >= 0 && out.quality <= 1)));
    } else {
      REQUIRE(std::string_view{payload.get(), text.size()} == text);
      if (out.rejected()) {
        REQUIRE(!out.detail.empty());
        ++reasons[static_cast<size_t>(out.reason)];
      }
    }
  }
  CHECK(accepted > 1000);
  for (int i = 0; i < rejection_count; ++i)
    if (static_cast<rejection>(i) != rejection::unit_changed)
      CHECK(reasons[static_cast<size_t>(i)] > 10);
}

TEST_CASE("any valid reading is read back as it was written") {
  std::mt19937_64 random{5};
  reading_parser parser{types()};
  const auto text_of = [&] {
    constexpr std::string_view pieces[] = {"a", "TI-", "\"", "\\", "\n", "é", "😀", "-", "/", "\x7f", "0", "\x01"};
    std::string out;
    for (uint64_t n = 1 + random() % 20; n > 0; --n)
      out += pieces[random() % std::size(pieces)];
    return out;
  };
  const auto number_of = [&] {
    double x = std::bit_cast<double>(random());
    while (!std::isfinite(x))
      x = std::bit_cast<double>(random());
    return random() % 2 ? x : static_cast<double>(static_cast<int64_t>(random() % 200'001) - 100'000) / 1000;
  };
  for (int i = 0; i < 50'000; ++i) {
    const auto type = static_cast<sensor_type_index>(random() % types().size());
    const auto& kind = types()[type];
    const std::string sensor = text_of(), facility = text_of(), unit = text_of();
    const int64_t ms = static_cast<int64_t>(random() % 4'000'000'000'000) - 1'000'000'000'000;
    const double quality = static_cast<double>(random() % 1001) / 1000;
    std::string json;
    json_object object{json};
    object.text("sensor_id", sensor).text("facility_id", facility).text("sensor_type", kind.name);
    double sum = 0, last = 0;
    for (size_t f = 0; f < kind.fields.size(); ++f) {
      double x = number_of();
      if (kind.primary.size() > 1)
        x = static_cast<double>(static_cast<int64_t>(random() % 2'000'001) - 1'000'000) / 1000;
      object.number(kind.fields[f].name, x);
      if (std::find(kind.primary.begin(), kind.primary.end(), static_cast<int>(f)) != kind.primary.end()) {
        sum += x * x;
        last = x;
      }
    }
    if (ms < 100'000'000'000 || random() % 2)
      object.time("timestamp", from_epoch_ms(ms));
    else
      object.integer("timestamp", ms);
    object.number("quality_score", quality).text("unit", unit).close();
    const auto out = parser.parse(json.data(), json.size(), {}, {});
    REQUIRE(out.accepted());
    REQUIRE(out.sensor_id == sensor);
    REQUIRE(out.facility_id == facility);
    REQUIRE(out.unit == unit);
    REQUIRE(out.type == type);
    REQUIRE(out.time == from_epoch_ms(ms));
    REQUIRE(out.quality == quality);
    if (kind.primary.size() == 1)
      REQUIRE(std::bit_cast<uint64_t>(out.value) == std::bit_cast<uint64_t>(last));
    else
      REQUIRE(out.value == std::sqrt(sum));
  }
}

} // namespace parse_fuzz_test
