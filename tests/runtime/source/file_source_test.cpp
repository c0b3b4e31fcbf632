#include "runtime/source/file_source.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/source/source_folder.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

namespace file_source_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct taken {
  std::vector<std::string> texts;
  std::vector<uint64_t> positions;
  std::vector<uint16_t> splits;
  std::vector<source_event> events;
};

taken take_all(source& from, size_t most = 1000, bool spoil = false) {
  taken out;
  record_batch batch;
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!from.finished() && std::chrono::steady_clock::now() < deadline) {
    from.poll(batch, most, 10ms);
    CHECK(batch.records.size() <= most);
    for (const auto& each : batch.records) {
      out.texts.emplace_back(each.data, each.size);
      out.positions.push_back(each.position);
      out.splits.push_back(each.split);
      CHECK_FALSE(each.arrival);
      CHECK(each.key.empty());
      if (spoil)
        std::fill(each.data, each.data + each.size, '\n');
    }
    out.events.insert(out.events.end(), batch.events.begin(), batch.events.end());
  }
  CHECK(from.finished());
  return out;
}

taken read(const std::vector<std::string>& paths, const std::map<std::string, uint64_t>& positions = {},
           size_t most = 1000) {
  file_source source{{paths, std::nullopt, false}, leading_number};
  source.start(positions);
  return take_all(source, most);
}

} // namespace

TEST_CASE("lines come in order with LF or CR LF, with or without a last end, behind a byte order mark") {
  const folder in;
  const auto got = read({in.file("a.ndjson", "\xEF\xBB\xBF{1}\n{2}\r\n\n{3}")});
  CHECK(got.texts == texts{"{1}", "{2}", "{3}"});
  CHECK(got.positions == std::vector<uint64_t>{0, 1, 3});
  CHECK(read({in.file("b.ndjson", "")}).texts.empty());
  CHECK(read({in.file("c.ndjson", "\n")}).texts.empty());
  CHECK(read({in.file("d.ndjson", "x\r\n")}).texts == texts{"x"});
}

TEST_CASE("text may be written over without harm to what follows") {
  const folder in;
  std::string all;
  texts wanted;
  for (int i = 0; i < 40'000; ++i) {
    wanted.push_back("line " + std::to_string(i) + std::string(static_cast<size_t>(i % 97), 'x'));
    all += wanted.back() + '\n';
  }
  file_source source{{{in.file("a.ndjson", all)}, std::nullopt, false}, leading_number};
  source.start({});
  CHECK(take_all(source, 777, true).texts == wanted);
}

TEST_CASE("a start at a position takes up exactly there, wherever it is") {
  const folder in;
  std::string all, other;
  for (int i = 0; i < 30'000; ++i) {
    all += std::to_string(i * 2) + (i % 5 == 0 ? "\n\n" : "\n");
    if (i % 3 == 0)
      other += std::to_string(i * 3) + "\n";
  }
  const auto a = in.file("a.ndjson", all), b = in.file("b.ndjson", other);
  for (const auto& paths : {std::vector<std::string>{a}, std::vector<std::string>{a, b}}) {
    const auto whole = read(paths);
    const std::string split = paths.size() == 1 ? a : "input";
    for (const size_t at : {size_t{0}, size_t{1}, size_t{2}, size_t{12'345}, whole.texts.size() - 1}) {
      const auto rest = read(paths, {{split, whole.positions[at]}}, 501);
      REQUIRE(rest.texts == texts(whole.texts.begin() + static_cast<ptrdiff_t>(at), whole.texts.end()));
      REQUIRE(rest.positions.front() == whole.positions[at]);
    }
    CHECK(read(paths, {{split, whole.positions.back() + 1}}).texts.empty());
  }
}

TEST_CASE("a file that ends before its position is a loss") {
  const folder in;
  const auto path = in.file("a.ndjson", "1\n2\n");
  try {
    read({path}, {{path, 3}});
    FAIL("nothing was thrown");
  } catch (const failure& error) {
    CHECK(error.code() == failure_code::source_data_lost);
  }
}

TEST_CASE("several files are merged by the time of each one's next reading") {
  const folder in;
  const auto a = in.file("a.ndjson", "10 a\n20 a\n15 a\n40 a\n");
  const auto b = in.file("b.ndjson", "10 b\n12 b\nno time b\n30 b\n50 b");
  const auto got = read({a, b});
  CHECK(got.texts == texts{"10 a", "10 b", "12 b", "no time b", "20 a", "15 a", "30 b", "40 a", "50 b"});
  CHECK(got.positions == std::vector<uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(read({a, b}, {}, 1).texts == got.texts);
}

TEST_CASE("the merged order does not depend on how much is asked for") {
  const folder in;
  std::vector<std::string> paths;
  for (int file = 0; file < 4; ++file) {
    std::string all;
    for (int i = 0; i < 20'000; ++i)
      all +=
          std::to_string(i * (file + 2) % 1'000 + i * 10) + " of " + std::to_string(file) + std::string(60, '.') + "\n";
    paths.push_back(in.file(std::to_string(file), all));
  }
  const auto whole = read(paths, {}, 100'000);
  CHECK(whole.texts.size() == 80'000);
  CHECK(read(paths, {}, 313).texts == whole.texts);
}

TEST_CASE("a line of more than a mebibyte is told and skipped, and counts as one position") {
  const folder in;
  const std::string longest(1 << 20, 'x');
  const auto got =
      read({in.file("a", "1\n" + longest + "y\n2\n" + longest + "\n" + std::string(5 << 20, 'z') + "\n3")});
  CHECK(got.texts == texts{"1", "2", longest, "3"});
  CHECK(got.positions == std::vector<uint64_t>{0, 2, 3, 5});
  REQUIRE(got.events.size() == 2);
  CHECK(got.events[0].what == source_event::kind::damaged);
  CHECK(got.events[0].from == 1);
  CHECK(got.events[1].from == 4);
}

TEST_CASE("an input that cannot be read is named with the reason") {
  const folder in;
  for (const auto& [path, why] : {std::pair{in.path / "none", "No such file"}, std::pair{in.path, "directory"}}) {
    try {
      read({path});
      FAIL("nothing was thrown");
    } catch (const failure& error) {
      CHECK(error.code() == failure_code::input_unreadable);
      CHECK(std::string{error.what()}.find(path) == 0);
      CHECK(std::string{error.what()}.find(why) != std::string::npos);
    }
  }
}

TEST_CASE("the identity tells paths and first bytes") {
  const folder in;
  const auto identity = [](const std::vector<std::string>& paths) {
    return file_source{{paths, std::nullopt, false}, leading_number}.identity();
  };
  const auto a = in.file("a", "1\n");
  const auto before = identity({a});
  CHECK(before.find("file:" + a + ':') == 0);
  CHECK(identity({a}) == before);
  in.file("a", "2\n");
  CHECK(identity({a}) != before);
  CHECK(identity({a, a}) != identity({a}));
  const std::string head(5000, 'h');
  const auto big = identity({in.file("b", head)});
  in.file("b", head + "grown");
  CHECK(identity({in.path / "b"}) == big);
}

TEST_CASE("a file that is followed gives what is appended, a line when it is whole") {
  const folder in;
  const auto path = in.file("a", "1\n2");
  file_source source{{{path}, std::nullopt, true}, leading_number};
  source.start({});
  record_batch batch;
  texts got;
  const auto take = [&](size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (got.size() < count && std::chrono::steady_clock::now() < deadline) {
      source.poll(batch, 10, 20ms);
      for (const auto& each : batch.records)
        got.emplace_back(each.data, each.size);
    }
  };
  take(1);
  source.poll(batch, 10, 30ms);
  CHECK(batch.records.empty());
  CHECK_FALSE(source.finished());
  std::ofstream{path, std::ios::app} << "2\n3\n";
  take(3);
  CHECK(got == texts{"1", "22", "3"});
}

TEST_CASE("files that are followed are splits of their own and served alike") {
  const folder in;
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += "a\n";
  const auto a = in.file("a", many), b = in.file("b", "b0\nb1\n");
  file_source source{{{a, b}, std::nullopt, true}, leading_number};
  CHECK(source.splits() == texts{a, b});
  source.start({{b, 1}});
  record_batch batch;
  source.poll(batch, 100, 20ms);
  REQUIRE(batch.records.size() > 50);
  CHECK(batch.records.back().split == 1);
  CHECK(std::string(batch.records.back().data, batch.records.back().size) == "b1");
  CHECK(batch.records.back().position == 1);
}

TEST_CASE("standard input is read as it comes, and goes on at the position") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const int kept = dup(STDIN_FILENO);
  dup2(ends[0], STDIN_FILENO);
  close(ends[0]);
  file_source source{{{"-"}, std::nullopt, false}, leading_number};
  dup2(kept, STDIN_FILENO);
  close(kept);
  CHECK(source.identity() == "file:-");
  source.start({{"-", 5}});
  record_batch batch;
  source.poll(batch, 10, 10ms);
  CHECK(batch.records.empty());
  CHECK_FALSE(source.finished());
  REQUIRE(write(ends[1], "x\nhal", 5) == 5);
  source.poll(batch, 10, 5000ms);
  REQUIRE(batch.records.size() == 1);
  CHECK(batch.records[0].position == 5);
  REQUIRE(write(ends[1], "f", 1) == 1);
  close(ends[1]);
  CHECK(take_all(source).texts == texts{"half"});
}

TEST_CASE("CSV files become readings, and go on at a position within a row") {
  const folder in;
  csv_mapping mapping;
  mapping.delimiter = ';';
  mapping.timestamp = "datetime";
  mapping.constants = {{"facility_id", "f"}};
  mapping.sensors = {{"a", "A", "generic", "", ""}, {"b c", "B", "generic", "", ""}};
  const auto path =
      in.file("x.csv", "datetime;a;b c\r\n2020-03-09 10:14:33;1;2\r\n\r\n2020-03-09 10:14:34;;4\r\nshort\r\n"
                       "2020-03-09 10:14:35;\"5\";\"6\r\n\"\r\n2020-03-09 10:14:36;7;8");
  const auto read_from = [&](uint64_t position) {
    file_source source{{{path}, mapping, false}, leading_number};
    source.start({{path, position}});
    return take_all(source, 1000, true);
  };
  const auto got = read_from(0);
  const auto reading = [](const char* id, const char* time, const char* value) {
    return std::string{R"({"sensor_id":")"} + id +
           R"(","sensor_type":"generic","facility_id":"f","timestamp":"2020-03-09T10:14:)" + time +
           R"(.000Z","value":)" + value + "}";
  };
  CHECK(got.texts == texts{reading("A", "33", "1"), reading("B", "33", "2"), reading("B", "34", "4"), "short",
                           reading("A", "35", "5"), reading("B", "35", R"("6\n")"), reading("A", "36", "7"),
                           reading("B", "36", "8")});
  CHECK(got.positions == std::vector<uint64_t>{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(read_from(1).texts == texts(got.texts.begin() + 1, got.texts.end()));
  CHECK(read_from(7).texts == texts{got.texts.back()});
}

TEST_CASE("a CSV reading has its row with it as it was written, that of several lines too") {
  const folder in;
  csv_mapping mapping;
  mapping.timestamp = "t";
  mapping.constants = {{"facility_id", "f"}};
  mapping.sensors = {{"a", "A", "generic", "", ""}, {"b", "B", "generic", "", ""}};
  file_source source{{{in.file("x.csv", "t,a,b\r\n1,oops,2\r\nshort\r\n3,\"4\n\",5\r\n")}, mapping, false},
                     leading_number};
  source.start({});
  texts written;
  record_batch batch;
  while (!source.finished()) {
    source.poll(batch, 100, 10ms);
    for (auto& each : batch.records) {
      std::fill(each.data, each.data + each.size, '\n');
      written.emplace_back(each.written);
    }
  }
  CHECK(written == texts{"1,oops,2", "1,oops,2", "short", "3,\"4\n\",5", "3,\"4\n\",5"});
}

TEST_CASE("a large CSV file loses no row where its buffers end") {
  const folder in;
  csv_mapping mapping;
  mapping.timestamp = "t";
  mapping.fields = {{"value", "v"}};
  std::string all = "t,v\n";
  texts wanted;
  for (int i = 0; i < 120'000; ++i) {
    const bool quoted = i % 1000 == 0;
    all += std::to_string(i) + ',' + (quoted ? "\"two\nlines\"" : std::to_string(i * 3)) + '\n';
    wanted.push_back(R"({"value":)" + (quoted ? std::string{R"("two\nlines")"} : std::to_string(i * 3)) +
                     R"(,"timestamp":)" + std::to_string(i) + "}");
  }
  file_source source{{{in.file("x.csv", all)}, mapping, false}, leading_number};
  source.start({});
  CHECK(take_all(source, 999, true).texts == wanted);
}

TEST_CASE("a CSV file without a mapping, without its columns or without a header is refused") {
  const folder in;
  csv_mapping mapping;
  mapping.timestamp = "t";
  mapping.fields = {{"value", "v"}};
  const auto refused = [&](const std::string& path, std::optional<csv_mapping> by) {
    try {
      file_source{{{path}, by, false}, leading_number};
    } catch (const failure& error) {
      return error.code() == failure_code::bad_mapping;
    }
    return false;
  };
  CHECK(refused(in.file("a.csv", "t,v\n1,2\n"), std::nullopt));
  CHECK(refused(in.file("b.csv", "t,w\n1,2\n"), mapping));
  CHECK(refused(in.file("c.csv", ""), mapping));
  CHECK_FALSE(refused(in.file("d.csv", "t,v\n"), mapping));
}

} // namespace file_source_test
