#include "protocol/binary.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

namespace binary_test {

using namespace millwright;

namespace {

std::string sample() {
  std::string bytes;
  binary_writer out{bytes};
  out.u8(200);
  out.u16(60'000);
  out.u32(4'000'000'000);
  out.u64(std::numeric_limits<uint64_t>::max());
  out.f64(-0.0);
  out.f64(std::numeric_limits<double>::quiet_NaN());
  out.time(never);
  out.varint(300);
  out.svarint(-300);
  out.text(std::string_view{"a\0b", 3});
  return bytes;
}

} // namespace

TEST_CASE("what was written reads back") {
  const auto bytes = sample();
  binary_reader in{bytes};
  CHECK(in.u8() == 200);
  CHECK(in.u16() == 60'000);
  CHECK(in.u32() == 4'000'000'000);
  CHECK(in.u64() == std::numeric_limits<uint64_t>::max());
  CHECK(std::signbit(in.f64()));
  CHECK(std::isnan(in.f64()));
  CHECK(in.time() == never);
  CHECK(in.varint() == 300);
  CHECK(in.svarint() == -300);
  CHECK(in.text() == std::string_view{"a\0b", 3});
  CHECK(in.ok());
  CHECK(in.at_end());
}

TEST_CASE("bytes are little endian") {
  std::string bytes;
  binary_writer{bytes}.u32(0x01020304);
  CHECK(bytes == "\x04\x03\x02\x01");
}

TEST_CASE("varints are short for small numbers and hold all of them") {
  for (const auto& [x, size] :
       {std::pair<uint64_t, size_t>{0, 1}, {127, 1}, {128, 2}, {16'383, 2}, {16'384, 3}, {~0ull, 10}}) {
    std::string bytes;
    binary_writer{bytes}.varint(x);
    CHECK(bytes.size() == size);
    CHECK(binary_reader{bytes}.varint() == x);
  }
  std::mt19937_64 random{3};
  for (int i = 0; i < 10'000; ++i) {
    const auto x = static_cast<int64_t>(random() >> (random() % 64)) * (random() % 2 ? 1 : -1);
    std::string bytes;
    binary_writer{bytes}.svarint(x);
    REQUIRE(binary_reader{bytes}.svarint() == x);
  }
  std::string least;
  binary_writer{least}.svarint(std::numeric_limits<int64_t>::min());
  CHECK(binary_reader{least}.svarint() == std::numeric_limits<int64_t>::min());
}

TEST_CASE("an input cut anywhere is told, and reads as nothing from there on") {
  const auto bytes = sample();
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader in{std::string_view{bytes}.substr(0, size)};
    in.u8(), in.u16(), in.u32(), in.u64(), in.f64(), in.f64(), in.time(), in.varint(), in.svarint();
    const auto text = in.text();
    CHECK_FALSE(in.ok());
    CHECK(text.empty());
    CHECK(in.u64() == 0);
    CHECK(in.text().empty());
  }
}

TEST_CASE("a length beyond the input is refused without reading") {
  std::string bytes;
  binary_writer{bytes}.varint(~0ull);
  bytes += "abc";
  binary_reader text{bytes};
  CHECK(text.text().empty());
  CHECK_FALSE(text.ok());
  binary_reader count{bytes};
  CHECK(count.count(8) == 0);
  CHECK_FALSE(count.ok());
  std::string endless(11, '\xff');
  binary_reader varint{endless};
  CHECK(varint.varint() == 0);
  CHECK_FALSE(varint.ok());
}

TEST_CASE("any bytes are read without harm") {
  std::mt19937_64 random{11};
  for (int run = 0; run < 20'000; ++run) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random());
    binary_reader in{bytes};
    for (int i = 0; i < 10; ++i)
      switch (random() % 5) {
      case 0:
        in.varint();
        break;
      case 1:
        in.text();
        break;
      case 2:
        in.f64();
        break;
      case 3:
        in.count(1 + random() % 9);
        break;
      default:
        in.u16();
      }
    CHECK((in.ok() || in.at_end()));
  }
}

} // namespace binary_test
