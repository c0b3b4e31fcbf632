#include "runtime/parse/reading_parser.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <memory>

namespace reading_parser_test {

using namespace millwright;

namespace {

const sensor_type_table& types() {
  static const auto table = load_sensor_types("config/sensor-types.yaml");
  return table;
}

// Holds the payload in a block of its exact size, so that the address sanitizer sees every step outside.
struct parsed : parse_outcome {
  std::unique_ptr<char[]> payload;
  size_t size;
  std::string reason_and_detail;
  reading_parser parser{types()};

  explicit parsed(std::string_view text, std::string_view key = {}, std::optional<event_time> arrival = {})
      : payload{new char[text.size()]}, size{text.size()} {
    std::memcpy(payload.get(), text.data(), size);
    static_cast<parse_outcome&>(*this) = parser.parse(payload.get(), size, key, arrival);
    if (rejected())
      reason_and_detail = std::string{name_of(reason)} + ": " + std::string{detail};
    if (!accepted())
      CHECK(std::string_view{payload.get(), size} == text);
  }
  std::string type_name() const { return types()[type].name; }
};

std::string verdict(std::string_view text, std::string_view key = {}, std::optional<event_time> arrival = {}) {
  const parsed p{text, key, arrival};
  return p.accepted() ? "accepted" : p.rejected() ? p.reason_and_detail : "blank";
}

std::string reading_with(std::string_view fields) {
  return R"({"sensor_id":"S","timestamp":"2023-11-14T22:13:20Z","facility_id":"F")" + std::string{fields} + "}";
}

bool is(std::string_view text, std::string_view reason) {
  const auto got = verdict(text);
  const bool ok = got.starts_with(reason);
  if (!ok)
    MESSAGE(got << " for " << text);
  return ok;
}

} // namespace

TEST_CASE("a reading of each of the five types gives its primary measure") {
  const parsed t{reading_with(R"(,"sensor_type":"temperature","temperature_celsius":21.5,"humidity":40)")};
  CHECK(t.accepted());
  CHECK(t.value == 21.5);
  CHECK(t.type_name() == "temperature");
  CHECK(t.sensor_id == "S");
  CHECK(t.facility_id == "F");
  CHECK(to_iso(t.time) == "2023-11-14T22:13:20.000Z");
  CHECK(!t.unknown_type);
  CHECK(!t.has_unit());
  CHECK(std::isnan(t.quality));
  const parsed v{
      reading_with(R"(,"sensor_type":"vibration","acceleration_x":3,"acceleration_y":-4,"acceleration_z":12)")};
  CHECK(v.value == 13);
  CHECK(parsed{reading_with(R"(,"sensor_type":"pressure","pressure_psi":100.25,"flow_rate":3)")}.value == 100.25);
  CHECK(parsed{reading_with(R"(,"sensor_type":"power","voltage":400,"current":2,"power_watts":7)")}.value == 7);
  const parsed g{reading_with(R"(,"sensor_type":"generic","value":-1e-3,"unit":"m\u00b3")")};
  CHECK(g.value == -0.001);
  CHECK(g.unit == "m³");
  CHECK(!g.unknown_type);
}

TEST_CASE("a type's own fields win, and value steps in where one that the measure needs is absent") {
  CHECK(parsed{reading_with(R"(,"sensor_type":"temperature","temperature_celsius":1,"value":2)")}.value == 1);
  CHECK(parsed{reading_with(R"(,"sensor_type":"temperature","value":2)")}.value == 2);
  CHECK(parsed{reading_with(R"(,"sensor_type":"temperature","temperature_celsius":null,"value":2)")}.value == 2);
  CHECK(parsed{reading_with(R"(,"sensor_type":"vibration","acceleration_x":3,"acceleration_y":4,"value":9)")}.value ==
        9);
  CHECK(is(reading_with(R"(,"sensor_type":"vibration","acceleration_x":3,"acceleration_y":4)"),
           "missing-field: acceleration_z is missing"));
  CHECK(is(reading_with(R"(,"sensor_type":"temperature","temperature_celsius":"1","value":2)"),
           "wrong-type: temperature_celsius is not a number"));
  CHECK(is(reading_with(R"(,"sensor_type":"temperature","temperature_celsius":1,"value":"2")"), "accepted"));
}

TEST_CASE("power is not derived from voltage and current") {
  CHECK(
      is(reading_with(R"(,"sensor_type":"power","voltage":400,"current":2)"), "missing-field: power_watts is missing"));
}

TEST_CASE("the type may come after its measures, and keys in any order") {
  const parsed p{R"({"temperature_celsius":5,"value":6,"sensor_type":"temperature","facility_id":"F",)"
                 R"("timestamp":1e12,"sensor_id":"S"})"};
  CHECK(p.value == 5);
  CHECK(p.time == from_epoch_ms(1'000'000'000'000));
}

TEST_CASE("what is not exactly one object is not JSON") {
  const std::string ok = reading_with(R"(,"value":1)");
  REQUIRE(is(ok, "accepted"));
  for (const std::string& text : std::vector<std::string>{"[" + ok + "]",
                                                          "[]",
                                                          "5",
                                                          "\"text\"",
                                                          "null",
                                                          "true",
                                                          ok + ok,
                                                          ok + "x",
                                                          ok + ",",
                                                          ok + "\n" + ok,
                                                          "x" + ok,
                                                          ok.substr(0, ok.size() - 1),
                                                          "{",
                                                          "{\"a\"",
                                                          "{\"a\":",
                                                          "{\"a\":1,}",
                                                          "{'a':1}",
                                                          "{a:1}",
                                                          "{\"a\":01}",
                                                          "{\"a\":+1}",
                                                          "{\"a\":.5}",
                                                          "{\"a\":1.}",
                                                          "{\"a\":1e}",
                                                          "{\"a\":nan}",
                                                          "{\"a\":tru}",
                                                          "{\"a\":\"\t\"}",
                                                          "{\"a\":\"\\x\"}",
                                                          "{\"a\":\"\\u12g4\"}",
                                                          "/**/{}",
                                                          "\xef\xbb\xbf{}",
                                                          "not json",
                                                          "{\"a\":0x10}"}) {
    CHECK(is(text, "not-json"));
    CHECK(is(text + " ", "not-json"));
  }
}

TEST_CASE("white space around the object is no matter") {
  CHECK(is(" \t\r\n" + reading_with(" , \"value\" : 1 ") + " \t\r\n", "accepted"));
}

TEST_CASE("a NUL character is not JSON wherever it stands") {
  const std::string ok = reading_with(R"(,"value":1)");
  CHECK(is(ok + std::string(1, '\0'), "not-json"));
  CHECK(is(ok + std::string(1, '\0') + "rest", "not-json"));
  CHECK(is(std::string(1, '\0') + ok, "not-json"));
  for (size_t i = 0; i < ok.size(); ++i) {
    std::string bad = ok;
    bad[i] = '\0';
    CHECK(is(bad, "not-json"));
  }
}

TEST_CASE("invalid UTF-8 is not JSON, in keys, values and fields that nobody reads") {
  for (const std::string bytes : {"\x80",
                                  "\xbf",
                                  "\xc0\xaf",
                                  "\xc1\x81",
                                  "\xc3",
                                  "\xc3(",
                                  "\xe0\x80\x80",
                                  "\xe0\x9f\xbf",
                                  "\xe2\x82",
                                  "\xe2\x28\xa1",
                                  "\xed\xa0\x80",
                                  "\xed\xbf\xbf",
                                  "\xf0\x80\x80\x80",
                                  "\xf0\x8f\xbf\xbf",
                                  "\xf4\x90\x80\x80",
                                  "\xf5\x80\x80\x80",
                                  "\xf8\x88\x80\x80\x80",
                                  "\xff",
                                  "\xfe",
                                  "\xf0\x9f\x98"}) {
    for (const std::string before : {"", "a", "0123456789abcdef", "0123456789abcdefghi\\n"}) {
      CHECK(is(reading_with(R"(,"value":1,"note":")" + before + bytes + "\""), "not-json"));
      CHECK(is(reading_with(R"(,"value":1,"note":")" + before + bytes + "z\""), "not-json"));
      CHECK(is(reading_with(R"(,"value":1,")" + before + bytes + "\":1"), "not-json"));
    }
  }
  CHECK(is(reading_with(R"(,"value":1,"x":[{"y":")"
                        "\xff"
                        R"("}])"),
           "not-json"));
}

TEST_CASE("valid UTF-8 of every length is read") {
  for (const std::string_view text :
       {"é", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf", "😀", "Überhitzer-№7 日本"}) {
    const auto json = R"({"sensor_id":")" + std::string{text} + R"(","facility_id":"F","timestamp":1e12,"value":1})";
    const parsed p{json};
    CHECK(p.accepted());
    CHECK(p.sensor_id == text);
  }
}

TEST_CASE("lone surrogates are not JSON, pairs are") {
  for (const std::string escape : {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\udfff)", R"(\ud800\ud800)",
                                   R"(\udc00\ud800)", R"(\ud800x)", R"(\ud83dA)", R"(\uDE00\uD83D)"}) {
    CHECK(is(reading_with(R"(,"value":1,"note":"a)" + escape + "b\""), "not-json"));
    CHECK(is(reading_with(R"(,"value":1,")" + escape + "\":1"), "not-json"));
  }
  const parsed p{R"({"sensor_id":"\ud83d\ude00","facility_id":"F","timestamp":1e12,"value":1})"};
  CHECK(p.sensor_id == "😀");
}

TEST_CASE("ids are unescaped and compared byte by byte, keys too") {
  const parsed p{
      R"({"sensor\u005fid":"T\u0049-\"1\"\/\\\n\u0000x","facility_id":"Werk \u00dc","timestamp":1e12,"value":1,)"
      R"("unit":"\u00b0C"})"};
  REQUIRE(p.accepted());
  CHECK(p.sensor_id == std::string_view{"TI-\"1\"/\\\n\0x", 11});
  CHECK(p.facility_id == "Werk Ü");
  CHECK(p.unit == "°C");
  const auto inside = [&](std::string_view x) {
    return x.data() >= p.payload.get() && x.data() + x.size() <= p.payload.get() + p.size;
  };
  CHECK(inside(p.sensor_id));
  CHECK(inside(p.facility_id));
  CHECK(inside(p.unit));
  CHECK(parsed{reading_with(R"(,"sensor_type":"tempe\u0072ature","value":1)")}.type_name() == "temperature");
}

TEST_CASE("blank lines are neither read nor rejected") {
  for (const std::string_view text : {"", " ", "\n", "\r\n", "\t \r\n "})
    CHECK(verdict(text) == "blank");
}

TEST_CASE("sensor_id, timestamp, facility_id and the measure are needed; null is absent and an empty id is missing") {
  const std::string s = R"("sensor_id":"S")", t = R"("timestamp":1e12)", f = R"("facility_id":"F")", v = R"("value":1)";
  CHECK(is("{" + t + "," + f + "," + v + "}", "missing-field: sensor_id is missing"));
  CHECK(is("{" + s + "," + f + "," + v + "}", "missing-field: timestamp is missing"));
  CHECK(is("{" + s + "," + t + "," + v + "}", "missing-field: facility_id is missing"));
  CHECK(is("{" + s + "," + t + "," + f + "}", "missing-field: value is missing"));
  CHECK(is(R"({"sensor_id":null,)" + t + "," + f + "," + v + "}", "missing-field: sensor_id"));
  CHECK(is(R"({"sensor_id":"",)" + t + "," + f + "," + v + "}", "missing-field: sensor_id"));
  CHECK(is(R"({"facility_id":null,)" + t + "," + s + "," + v + "}", "missing-field: facility_id"));
  CHECK(is(R"({"facility_id":"",)" + t + "," + s + "," + v + "}", "missing-field: facility_id"));
  CHECK(is(R"({"timestamp":null,)" + f + "," + s + "," + v + "}", "missing-field: timestamp"));
  CHECK(is(R"({"value":null,)" + f + "," + s + "," + t + "}", "missing-field: value"));
  CHECK(is("{}", "missing-field"));
}

TEST_CASE("the record's key stands for an absent or empty sensor_id") {
  const std::string rest = R"("timestamp":1e12,"facility_id":"F","value":1})";
  for (const std::string& text : {"{" + rest, R"({"sensor_id":null,)" + rest, R"({"sensor_id":"",)" + rest}) {
    const std::string key = "TI-7";
    const parsed p{text, key};
    CHECK(p.accepted());
    CHECK(p.sensor_id == "TI-7");
  }
  CHECK(parsed{R"({"sensor_id":"S",)" + rest, "TI-7"}.sensor_id == "S");
  CHECK(verdict("{" + rest, "\xff").starts_with("missing-field"));
  CHECK(verdict("{" + rest, "\xc3").starts_with("missing-field"));
  CHECK(verdict(R"({"sensor_id":5,)" + rest, "TI-7").starts_with("wrong-type: sensor_id"));
}

TEST_CASE("an id or type that is not a string is of the wrong type") {
  for (const std::string x : {"5", "true", "{}", "{\"a\":\"b\"}", "[\"S\"]"}) {
    CHECK(is(R"({"sensor_id":)" + x + R"(,"timestamp":1e12,"facility_id":"F","value":1})", "wrong-type: sensor_id"));
    CHECK(is(R"({"facility_id":)" + x + R"(,"timestamp":1e12,"sensor_id":"F","value":1})", "wrong-type: facility_id"));
    CHECK(is(reading_with(R"(,"value":1,"sensor_type":)" + x), "wrong-type: sensor_type"));
  }
}

TEST_CASE("a measure or quality that is not a number is of the wrong type") {
  for (const std::string x : {"\"5\"", "\"\"", "true", "false", "{}", "[1]", "{\"value\":1}"}) {
    CHECK(is(reading_with(R"(,"value":)" + x), "wrong-type: value"));
    CHECK(is(reading_with(R"(,"value":1,"quality_score":)" + x), "wrong-type: quality_score"));
    CHECK(is(reading_with(R"(,"sensor_type":"pressure","pressure_psi":)" + x), "wrong-type: pressure_psi"));
  }
}

TEST_CASE("a timestamp without zone, date only, impossible, in digits or outside the years is of the wrong type") {
  for (const std::string x :
       {"\"2023-11-14T22:13:20\"", "\"2023-11-14\"", "\"2023-02-30T00:00:00Z\"", "\"1700000000000\"", "\"\"", "true",
        "{}", "[0]", "1e15", "-1e15", "253402300800000", "99999999999999999999999999"})
    CHECK(is(R"({"sensor_id":"S","facility_id":"F","value":1,"timestamp":)" + x + "}", "wrong-type: timestamp"));
}

TEST_CASE("epoch milliseconds may be any JSON number and are floored") {
  const std::pair<const char*, int64_t> table[] = {{"1700000000123", 1700000000123},
                                                   {"1.7e12", 1700000000000},
                                                   {"1700000000123.9", 1700000000123},
                                                   {"17000000000000e-1", 1700000000000},
                                                   {"100000000000.5", 100000000000}};
  for (const auto& [text, ms] : table)
    CHECK(parsed{R"({"sensor_id":"S","facility_id":"F","value":1,"timestamp":)" + std::string{text} + "}"}.time ==
          from_epoch_ms(ms));
}

TEST_CASE("a timestamp in epoch seconds is of the wrong type and told as that") {
  for (const std::string x : {"1767225600", "1767225600.25", "99999999999.9", "0", "-0.5", "-62135596800000", "1e10"})
    CHECK(verdict(R"({"sensor_id":"S","facility_id":"F","value":1,"timestamp":)" + x + "}") ==
          "wrong-type: timestamp is " + x + ", which looks like epoch seconds: epoch milliseconds are expected");
}

TEST_CASE("Confluent's wire format is told as what it is, with the schema's number") {
  const auto ok = reading_with(R"(,"value":1)");
  const std::string head{"\0\0\0\1\2", 5}, avro{"\0\0\0\0\x07\x02S\x90\x01", 9};
  for (const auto& [text, schema] : {std::pair{head + ok, "258"}, std::pair{avro, "7"}}) {
    const auto told = verdict(text);
    CHECK(told.starts_with("not-json: it begins with a zero byte"));
    CHECK(told.find("schema (" + std::string{schema} + "): Confluent's wire format") != told.npos);
  }
  CHECK(verdict(std::string(1, '\0') + ok).find("Confluent") == std::string::npos);
}

TEST_CASE("NaN, infinity and numbers beyond a double are not finite in whatever field") {
  for (const std::string x : {"NaN", "-NaN", "Infinity", "-Infinity", "1e309", "-1e309", "1e999999999999", "1000e306",
                              "1.7976931348623159e308"}) {
    CHECK(is(reading_with(R"(,"value":)" + x), "not-finite"));
    CHECK(is(reading_with(R"(,"value":1,"note":)" + x), "not-finite"));
    CHECK(is(reading_with(R"(,"value":1,"note":{"a":[)" + x + "]}"), "not-finite"));
    CHECK(is(reading_with(R"(,"value":1,"quality_score":)" + x), "not-finite"));
    CHECK(is(reading_with(R"(,"value":1,"timestamp":)" + x), "not-finite"));
  }
  CHECK(is(reading_with(R"(,"value":)" + std::string(310, '9')), "not-finite"));
  CHECK(is(reading_with(R"(,"sensor_type":"vibration","acceleration_x":1.5e308,"acceleration_y":1.5e308,)"
                        R"("acceleration_z":0)"),
           "not-finite"));
}

TEST_CASE("finite numbers of any form are finite") {
  const auto value = [](const std::string& x) { return parsed{reading_with(R"(,"value":)" + x)}.value; };
  CHECK(value("0e400") == 0);
  CHECK(value(std::string{"1"}.append(400, '0') + "e-400") == 1);
  CHECK(value(std::string{"1"}.append(308, '0')) == 1e308);
  CHECK(value(std::string{"17976931348623157"}.append(292, '0')) == 1.7976931348623157e308);
  CHECK(value(std::string{"0."}.append(400, '0') + "1e401") == 1);
  CHECK(value("1e-400") == 0);
  CHECK(value("0.1") == 0.1);
  CHECK(value("123456789012345678") == 123456789012345678.0);
  CHECK(value("9007199254740993") == 9007199254740992.0);
  CHECK(value("2.2250738585072011e-308") == 2.2250738585072011e-308);
  CHECK(value("1E+2") == 100);
}

TEST_CASE("a magnitude is computed even where squares leave the doubles") {
  const auto magnitude = [](const std::string& x, const std::string& y) {
    return parsed{reading_with(R"(,"sensor_type":"vibration","acceleration_x":)" + x + R"(,"acceleration_y":)" + y +
                               R"(,"acceleration_z":0)")}
        .value;
  };
  CHECK(magnitude("3e200", "4e200") == doctest::Approx(5e200));
  CHECK(magnitude("3e-200", "4e-200") / 5e-200 == doctest::Approx(1));
  CHECK(magnitude("0", "-0.0") == 0);
}

TEST_CASE("a reading more than five minutes ahead of its arrival is future") {
  const event_time at = parsed{reading_with(R"(,"value":1)")}.time;
  const auto with_arrival = [&](int64_t ms) {
    return verdict(reading_with(R"(,"value":1)"), {}, at - milliseconds{ms});
  };
  CHECK(with_arrival(0) == "accepted");
  CHECK(with_arrival(300'000) == "accepted");
  CHECK(with_arrival(300'001) == "future: timestamp is 300001 ms ahead of arrival");
  CHECK(with_arrival(-1'000'000'000) == "accepted");
}

TEST_CASE("an unknown or absent type is read as generic and told") {
  for (const std::string x : {"", R"("sensor_type":"Temperature",)", R"("sensor_type":null,)", R"("sensor_type":"",)",
                              R"("sensor_type":"temperature ",)"}) {
    const parsed p{reading_with("," + x + R"("temperature_celsius":1,"value":2)")};
    CHECK(p.accepted());
    CHECK(p.type_name() == "generic");
    CHECK(p.unknown_type);
    CHECK(p.value == 2);
  }
  CHECK(is(reading_with(R"(,"sensor_type":"Temperature","temperature_celsius":1)"), "missing-field: value"));
}

TEST_CASE("a quality in the source's own scale is translated, and what the scale has not is told as it was given") {
  reading_parser parser{types(), std::chrono::minutes{5}, quality_scale::opc_da};
  const auto with_quality = [&](const std::string& x) {
    auto text = reading_with(R"(,"value":1,"quality_score":)" + x);
    return parser.parse(text.data(), text.size(), {}, {});
  };
  CHECK(with_quality("192").quality == 1);
  CHECK(with_quality("24").quality == 0);
  CHECK_FALSE(with_quality("24").quality_out_of_range);
  const auto odd = with_quality("0.97");
  CHECK(odd.accepted());
  CHECK(std::isnan(odd.quality));
  CHECK(odd.quality_out_of_range);
  CHECK(odd.odd_quality == 0.97);
  CHECK(parsed{reading_with(R"(,"value":1,"quality_score":192)")}.odd_quality == 192);
}

TEST_CASE("quality outside 0..1 counts as absent and is told") {
  const auto with_quality = [](const std::string& x) {
    return parsed{reading_with(R"(,"value":1,"quality_score":)" + x)};
  };
  CHECK(with_quality("0").quality == 0);
  CHECK(with_quality("1").quality == 1);
  CHECK(with_quality("0.25").quality == 0.25);
  CHECK(!with_quality("1").quality_out_of_range);
  for (const std::string x : {"1.0000000000000002", "-0.1", "100", "-1e300"}) {
    const auto p = with_quality(x);
    CHECK(p.accepted());
    CHECK(std::isnan(p.quality));
    CHECK(p.quality_out_of_range);
  }
  const auto absent_quality = with_quality("null");
  CHECK(std::isnan(absent_quality.quality));
  CHECK(!absent_quality.quality_out_of_range);
}

TEST_CASE("a unit that is null, empty or not a string is no unit") {
  CHECK(parsed{reading_with(R"(,"value":1,"unit":"bar")")}.unit == "bar");
  for (const std::string x : {"null", "\"\"", "5", "{}", "[\"bar\"]", "true"})
    CHECK(!parsed{reading_with(R"(,"value":1,"unit":)" + x)}.has_unit());
}

TEST_CASE("of equal keys the last counts") {
  CHECK(parsed{reading_with(R"(,"value":"x","value":{},"value":3)")}.value == 3);
  CHECK(is(reading_with(R"(,"value":3,"value":null)"), "missing-field"));
  CHECK(is(reading_with(R"(,"value":3,"value":"3")"), "wrong-type"));
  CHECK(parsed{reading_with(R"(,"value":1,"sensor_id":"later")")}.sensor_id == "later");
  CHECK(is(reading_with(R"(,"value":3,"sensor_id":null)"), "missing-field"));
}

TEST_CASE("other fields are not checked and nested objects are skipped, whatever is in them") {
  CHECK(parsed{reading_with(R"(,"meta":{"value":7,"sensor_id":"no","a":[{"value":8}]},"value":1,"x":[1,"value"])")}
            .value == 1);
  CHECK(is(reading_with(R"(,"sensor_type":"temperature","temperature_celsius":1,"humidity":"wet")"), "accepted"));
}

TEST_CASE("nesting of any depth is skipped without a deep stack") {
  for (const size_t depth : {1u, 30u, 31u, 32u, 33u, 1000u, 1'000'000u}) {
    const std::string nested = std::string(depth, '[') + std::string(depth, ']');
    const parsed p{reading_with(R"(,"a":)" + nested + R"(,"value":1)")};
    CHECK(p.accepted());
    CHECK(p.value == 1);
    CHECK(is(reading_with(R"(,"a":)" + std::string(depth, '[')), "not-json"));
    std::string objects;
    for (size_t i = 0; i < depth; ++i)
      objects += R"({"value":)";
    CHECK(is(reading_with(R"(,"value":1,"a":)" + objects + "0" + std::string(depth, '}')), "accepted"));
  }
  CHECK(is(reading_with(R"(,"value":1,"a":)" + std::string(50, '[') + "1e999" + std::string(50, ']')), "not-finite"));
  CHECK(is(std::string(100'000, '['), "not-json"));
}

TEST_CASE("a rejected payload is left as it was") {
  const std::string text = R"({"sensor_id":"T\u0049","timestamp":"2023","facility_id":"F","value":1})";
  const parsed p{text};
  CHECK(p.rejected());
  CHECK(std::string_view{p.payload.get(), p.size} == text);
}

TEST_CASE("one parser reads many payloads without remembering any") {
  reading_parser parser{types()};
  std::string full =
      reading_with(R"(,"sensor_type":"temperature","temperature_celsius":1,"quality_score":0.5,"unit":"K")");
  std::string bare = R"({"timestamp":1e12})";
  for (int i = 0; i < 3; ++i) {
    std::string copy = full;
    CHECK(parser.parse(copy.data(), copy.size(), {}, {}).accepted());
    copy = bare;
    const auto out = parser.parse(copy.data(), copy.size(), {}, {});
    CHECK(out.rejected());
    CHECK(out.detail == "sensor_id is missing");
  }
}

} // namespace reading_parser_test
