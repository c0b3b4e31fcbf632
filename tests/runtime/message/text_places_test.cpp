#include "protocol/code_point.hpp"
#include "runtime/message/text_places.hpp"
#include "tests/random_runs.hpp"
#include "tests/runtime/message/hostile_names.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <algorithm>

namespace text_places_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

bool is_valid(std::string_view text) {
  while (!text.empty()) {
    const auto length = code_point_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

size_t points_in(std::string_view text) {
  size_t out = 0;
  for (; !text.empty(); ++out)
    text.remove_prefix(code_point_length(text));
  return out;
}

bool is_printable_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string unescaped_form(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  return out;
}

} // namespace

TEST_CASE("a line has no control characters and no bytes that are no text") {
  CHECK(one_line("a\r\nb\tc\x7f") == "a  b c ");
  CHECK(one_line("\u00e9\u0085\u2028\u2029x") == "\u00e9   x");
  CHECK(one_line("\xc3(\xff\xed\xa0\x80\xe0\x80\x80\xf5") == "?(????????");
  CHECK(one_line("\U0001f525\u6e29") == "\U0001f525\u6e29");
}

TEST_CASE("a line is cut between code points") {
  CHECK(cut_line("abcdef", 6) == "abcdef");
  CHECK(cut_line("abcdefg", 6) == "abc...");
  CHECK(cut_line("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", 6) == "\u00e9\u00e9\u00e9...");
  CHECK(cut_line("abcd", 2) == "..");
  CHECK(cut_line("abcd", 0).empty());
}

TEST_CASE("each place has its own escapes") {
  const std::string text = "a \"b\" \\ <c> & 'd' \u00e9\n%+={}";
  CHECK(json_place(text) == "a \\\"b\\\" \\\\ <c> & 'd' \u00e9 %+={}");
  CHECK(form_place(text) == "a%20%22b%22%20%5C%20%3Cc%3E%20%26%20%27d%27%20%C3%A9%20%25%2B%3D%7B%7D");
  CHECK(header_place(text) == "a \"b\" \\ <c> & 'd' ? %+={}");
  CHECK(html_place(text) == "a &quot;b&quot; \\ &lt;c&gt; &amp; &#39;d&#39; \u00e9 %+={}");
}

TEST_CASE("base64 is that of RFC 4648") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("whatever a name is, it ends nothing where it stands, and is read back as its line") {
  std::mt19937_64 random{7};
  for (uint64_t run = 0; run < random_runs(20'000); ++run) {
    const auto name = hostile_name(random);
    const auto line = one_line(name);
    REQUIRE(is_valid(line));
    REQUIRE(line.find_first_of("\r\n\t") == std::string::npos);
    REQUIRE(one_line(line) == line);
    rapidjson::Document json;
    json.Parse(("[\"" + json_place(name) + "\"]").c_str());
    REQUIRE(json.IsArray());
    REQUIRE(json[0].GetString() == line);
    REQUIRE(is_printable_ascii(form_place(name)));
    REQUIRE(form_place(name).find_first_of(" &=+\"'") == std::string::npos);
    REQUIRE(unescaped_form(form_place(name)) == line);
    REQUIRE(is_printable_ascii(header_place(name)));
    REQUIRE(html_place(name).find_first_of("<>\"'") == std::string::npos);
    const auto most = random() % 20;
    REQUIRE(is_valid(cut_line(name, most)));
    REQUIRE(points_in(cut_line(name, most)) <= most);
  }
}

TEST_CASE("a link is a URL of HTTP in plain ASCII, and nothing else") {
  CHECK(link_place("https://wiki.example/r1?a=b#c") == "https://wiki.example/r1?a=b#c");
  CHECK(link_place("http://h") == "http://h");
  for (const auto* none : {"", "http://", "https:///a", "http://:80", "ftp://h", "see https://h", "https://h/a b",
                           "https://h/\"", "https://h/<b>", "https://h/\u00fc", "https://h/\n"})
    CHECK_MESSAGE(link_place(none).empty(), none);
}

} // namespace text_places_test
