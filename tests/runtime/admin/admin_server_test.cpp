#include "actors/kit/actor_declaration.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/admin/open_windows.hpp"
#include "tests/runtime/admin/admin_fixture.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"
#include "tests/runtime/admin/tree_fixture.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/file.h>

#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <fstream>

namespace admin_server_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

std::string many_rows(int count) {
  std::string out;
  for (int i = 0; i < count; ++i)
    out += row(i % 10 == 0 ? "A" : "B", i % 2 == 0 ? "east" : "west", i);
  return out;
}

struct served {
  explicit served(admin_limits limits = {}) : server{path, node.backend(), limits} {}

  temporary_directory directory;
  std::string path = directory.file("data/node.sock");
  fake_node node;
  admin_server server;
};

} // namespace

TEST_CASE("the newest rows of a kind come in their order") {
  served s;
  s.node.commit(result_kind::anomalies, many_rows(30));
  s.node.commit(result_kind::patterns, row("X", "east", 0));
  s.node.commit(result_kind::anomalies, row("C", "east", 30));
  const auto rows = answer_to(s.path, results_of(result_kind::anomalies, 3));
  CHECK(rows == row("A", "east", 28).replace(14, 1, "B") + row("B", "west", 29) + row("C", "east", 30));
  CHECK(lines_in(answer_to(s.path, results_of(result_kind::anomalies, 1000))) == 31);
  CHECK(answer_to(s.path, results_of(result_kind::anomalies, 0)).empty());
  CHECK(answer_to(s.path, results_of(result_kind::scores)).empty());
}

TEST_CASE("a filter looks back as far as it must") {
  served s;
  s.node.commit(result_kind::statistics, row("rare", "east", 1));
  for (int i = 0; i < 200; ++i)
    s.node.commit(result_kind::statistics, many_rows(20));
  s.node.commit(result_kind::statistics, row("rare", "west", 2));
  auto request = results_of(result_kind::statistics, 5);
  request.results.sensor = "rare";
  CHECK(answer_to(s.path, request) == row("rare", "east", 1) + row("rare", "west", 2));
  request.results.last = 1;
  CHECK(answer_to(s.path, request) == row("rare", "west", 2));
  request.results.last = 5;
  request.results.facility = "east";
  CHECK(answer_to(s.path, request) == row("rare", "east", 1));
  request.results.sensor = "A";
  CHECK(lines_in(answer_to(s.path, request)) == 5);
  request.results.facility = "west";
  CHECK(answer_to(s.path, request).empty());
}

TEST_CASE("only a row's own ids are compared, and whole") {
  served s;
  const std::string nested = R"({"sensor_id":"B","baseline":{"sensor_id":"A"},"facility_id":"east"})"
                             "\n";
  const std::string said = R"({"sensor_id":"B","message":"\"sensor_id\":\"A\"","facility_id":"A"})"
                           "\n";
  const std::string odd = R"({"sensor_id":"A \"x\" \u0001 ü","facility_id":"east"})"
                          "\n";
  s.node.commit(result_kind::anomalies, nested + said + odd + row("AA", "east", 1) + row("A", "east", 2));
  auto request = results_of(result_kind::anomalies);
  request.results.sensor = "A";
  CHECK(answer_to(s.path, request) == row("A", "east", 2));
  request.results.sensor = "A \"x\" \x01 ü";
  CHECK(answer_to(s.path, request) == odd);
}

TEST_CASE("counts are sums and notifications come from the journal") {
  served s;
  s.node.count("rejected", "not JSON", 2);
  s.node.count("accepted", "", 5);
  s.node.count("accepted", "", 5);
  CHECK(answer_to(s.path, results_of(result_kind::counts)) == R"({"counter":"accepted","label":null,"count":10})"
                                                              "\n"
                                                              R"({"counter":"rejected","label":"not JSON","count":2})"
                                                              "\n");
  for (int i = 0; i < 5; ++i)
    s.node.page(std::to_string(i));
  const auto rows = answer_to(s.path, results_of(result_kind::notifications, 2));
  CHECK(lines_in(rows) == 2);
  const auto place = [&](const char* name) { return rows.find(to_string(uuid_v5(name))); };
  CHECK(place("3") < place("4"));
  CHECK(place("4") != rows.npos);
  CHECK(place("2") == rows.npos);
}

TEST_CASE("a follower gets what is committed later, and only its own") {
  admin_limits limits;
  limits.look_every = std::chrono::milliseconds{10};
  served s{limits};
  s.node.commit(result_kind::anomalies, row("A", "east", 1));
  raw_client follower{s.path};
  follower.say(R"({"request":"results","kind":"anomalies","sensor":"A","last":1,"follow":true})"
               "\n");
  CHECK(follower.line().value_or("") + '\n' == row("A", "east", 1));
  s.node.commit(result_kind::anomalies, row("B", "east", 2));
  s.node.commit(result_kind::anomalies, row("A", "east", 3));
  CHECK(follower.line().value_or("") + '\n' == row("A", "east", 3));

  raw_client counter{s.path};
  counter.say("{\"request\":\"results\",\"kind\":\"counts\",\"follow\":true}\n");
  s.node.count("accepted", "", 1);
  CHECK(counter.line().value_or("") == R"({"counter":"accepted","label":null,"count":1})");
  s.node.count("accepted", "", 1);
  CHECK(counter.line().value_or("") == R"({"counter":"accepted","label":null,"count":2})");

  s.server.stop();
  CHECK_FALSE(follower.line());
  CHECK_FALSE(counter.line());
}

TEST_CASE("alarms are listed as asked for") {
  served s;
  for (int i = 0; i < 5; ++i)
    s.node.alarms.push_back(an_alarm("TI-" + std::to_string(i), severity::critical));
  admin_request request;
  request.question = admin_question::alarms;
  request.limit = 3;
  std::string rows;
  const auto closing = admin_client{s.path}.ask(request, [&](std::string_view some) {
    rows += some;
    return true;
  });
  CHECK(lines_in(rows) == 3);
  CHECK(rows.find("\"sensor_id\":\"TI-2\"") != rows.npos);
  CHECK(closing == R"({"end":true,"total":5})");
  CHECK(s.node.asked.only_active);
  request.all = true;
  answer_to(s.path, request);
  CHECK_FALSE(s.node.asked.only_active);
}

TEST_CASE("an acknowledgement is answered in the router's words, its failure too") {
  served s;
  admin_request request;
  request.question = admin_question::acknowledge;
  request.id = "1f3a";
  request.by = "Anna \"A\" Ü";
  CHECK(answer_to(s.path, request) == R"({"result":"acknowledged","alarm_id":")" + to_string(uuid_v5("a")) +
                                          R"(","text":"acknowledged by Anna \"A\" Ü (user )" + own_user() + ")\"}\n");
  request.id = "77";
  CHECK(answer_to(s.path, request) == R"({"result":"unknown","alarm_id":null,"text":"no alarm begins with 77"})"
                                      "\n");
  request.id = "dead";
  CHECK_THROWS_WITH_AS(answer_to(s.path, request), "the alarm router has ended", failure);
}

TEST_CASE("the plant is answered row by row with its total, and what nothing is called with the nearest name") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  auto plant = small_plant();
  auto backend = node.backend();
  backend.plant = plant.source();
  admin_server server{path, backend};
  raw_client client{path};
  client.say(R"({"request":"plant","facility":"south","name":"fan-1"})"
             "\n");
  CHECK(client.line().value_or("").find(R"({"row":"unit","facility_id":"south","id":"fan-1","rank":2)") == 0);
  CHECK(client.line() == R"({"end":true,"total":1})");
  client.say(R"({"request":"plant","name":"fan-2"})"
             "\n");
  CHECK(client.line().value_or("").find("did you mean fan-1?") != std::string::npos);
  client.say(R"({"request":"plant","limit":1})"
             "\n");
  for (int i = 0; i < 3; ++i)
    CHECK(client.line().value_or("").starts_with(R"({"row":")"));
  CHECK(client.line() == R"({"end":true,"total":2})");
}

TEST_CASE("several requests go over one connection, and the status is one of them") {
  served s;
  raw_client client{s.path};
  client.say("{\"request\":\"status\"}\r\n\n{\"request\":\"alarms\"}\n");
  const auto status = client.line().value_or("");
  CHECK(status.find("\"condition\":\"ok\"") != status.npos);
  CHECK(status.find("\"taken\":17") != status.npos);
  CHECK(client.line() == R"({"end":true})");
  CHECK(client.line() == R"({"end":true,"total":0})");
}

TEST_CASE("nonsense is answered, and does no harm") {
  served s;
  raw_client client{s.path};
  for (const auto& nonsense :
       {std::string{"hello"}, std::string{"[]"}, std::string{"{}"}, std::string{R"({"request":7})"},
        std::string{R"({"request":"reboot"})"}, std::string{R"({"request":"status","x":1})"},
        std::string{R"({"request":"results"})"}, std::string{R"({"request":"results","kind":"scoers"})"},
        std::string{R"({"request":"results","kind":"scores","last":-1})"},
        std::string{R"({"request":"results","kind":"scores","follow":1})"},
        std::string{R"({"request":"results","kind":"counts","sensor":"A"})"},
        std::string{R"({"request":"alarms","limit":0})"}, std::string{R"({"request":"ack"})"},
        std::string{R"({"request":"ack","id":""})"}, std::string{R"({"request":"plant","limit":0})"},
        std::string{R"({"request":"plant","name":""})"}, std::string{R"({"request":"plant","unit":"x"})"},
        std::string("\0\xff\xfe", 3), std::string(50'000, '[')}) {
    client.say(nonsense + '\n');
    const auto answer = client.line();
    CAPTURE(nonsense.substr(0, 60));
    REQUIRE(answer);
    CHECK(answer->starts_with("{\"error\":\""));
  }
  client.say("{\"request\":\"results\",\"kind\":\"scoers\"}\n");
  const auto said = client.line().value_or("");
  CHECK(said.find("did you mean scores?") != said.npos);
  CHECK(said.find("dead-letters") != said.npos);
  client.say("{\"request\":\"status\"}\n");
  CHECK(client.line().value_or("").find("\"taken\":17") != std::string::npos);
}

TEST_CASE("a line without end is cut off") {
  served s;
  raw_client client{s.path};
  client.say(std::string(200'000, 'x'));
  CHECK(client.line() == R"({"error":"the request is longer than 65536 bytes"})");
  CHECK_FALSE(client.line());
  CHECK(answer_to(s.path, results_of(result_kind::scores)).empty());
}

TEST_CASE("a client that does not read is dropped, and holds up nobody") {
  admin_limits limits;
  limits.patience = std::chrono::milliseconds{1000};
  served s{limits};
  const auto rows = many_rows(5000);
  for (int i = 0; i < 20; ++i)
    s.node.commit(result_kind::scores, rows);
  raw_client slow{s.path};
  slow.say("{\"request\":\"results\",\"kind\":\"scores\",\"last\":100000}\n");
  CHECK(answer_to(s.path, results_of(result_kind::scores, 1)).size() > 0);
  pollfd gone{slow.get(), 0, 0};
  REQUIRE(eventually([&] { return ::poll(&gone, 1, 0) == 1 && (gone.revents & POLLHUP); }));
  size_t got = 0;
  while (slow.line())
    ++got;
  CHECK(got < 100'000);
}

TEST_CASE("a client that asks nothing is dropped") {
  admin_limits limits;
  limits.patience = std::chrono::milliseconds{50};
  served s{limits};
  raw_client idle{s.path};
  idle.say("{\"request\":");
  CHECK_FALSE(idle.line());
}

TEST_CASE("there are so many clients and no more, until one leaves") {
  admin_limits limits;
  limits.clients = 3;
  served s{limits};
  std::vector<std::unique_ptr<raw_client>> taken;
  for (int i = 0; i < 3; ++i) {
    taken.push_back(std::make_unique<raw_client>(s.path));
    taken.back()->say("{\"request\":\"status\"}\n");
    CHECK(taken.back()->line());
  }
  raw_client surplus{s.path};
  CHECK(surplus.line() == R"({"error":"too many clients: the node answers 3 at a time"})");
  CHECK_FALSE(surplus.line());
  taken.pop_back();
  CHECK(eventually([&] {
    raw_client next{s.path};
    next.say("{\"request\":\"status\"}\n");
    return next.line().value_or("").find("\"taken\"") != std::string::npos;
  }));
}

TEST_CASE("a backend that fails is reported in its words") {
  temporary_directory directory;
  fake_node node;
  auto backend = node.backend();
  backend.status = []() -> status_view { throw failure{failure_code::ledger_damaged, "data", "record 7 is damaged"}; };
  admin_server server{directory.file("s"), backend};
  admin_request request;
  request.question = admin_question::status;
  CHECK_THROWS_WITH(answer_to(directory.file("s"), request), doctest::Contains("record 7 is damaged"));
}

TEST_CASE("the socket is its owner's alone and goes with its server") {
  temporary_directory directory;
  const auto path = directory.file("deep/er/s");
  fake_node node;
  {
    admin_server server{path, node.backend()};
    struct stat made {};
    REQUIRE(::stat(path.c_str(), &made) == 0);
    CHECK((made.st_mode & 0777) == 0600);
    CHECK(S_ISSOCK(made.st_mode));
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_THROWS_WITH_AS(admin_client{path}, doctest::Contains("no running node answers on this socket"), failure);
}

TEST_CASE("of two servers on one path the second gives way") {
  served s;
  fake_node other;
  CHECK_THROWS_WITH_AS((admin_server{s.path, other.backend()}), doctest::Contains("another node listens there"),
                       failure);
  CHECK(answer_to(s.path, results_of(result_kind::scores)).empty());
}

TEST_CASE("a dead node's socket is taken over, another file is not") {
  temporary_directory directory;
  const auto path = directory.file("s");
  {
    const descriptor dead{::socket(AF_UNIX, SOCK_STREAM, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  REQUIRE(std::filesystem::exists(path));
  fake_node node;
  {
    admin_server server{path, node.backend()};
    CHECK(answer_to(path, results_of(result_kind::scores)).empty());
  }
  std::ofstream{path} << "precious";
  CHECK_THROWS_WITH_AS((admin_server{path, node.backend()}), doctest::Contains("something else than a socket"),
                       failure);
  CHECK(std::filesystem::file_size(path) == 8);
  CHECK_THROWS_WITH_AS((admin_server{directory.file(std::string(200, 'x')), node.backend()}),
                       doctest::Contains("expected a path of 1 to 107 bytes"), failure);
}

TEST_CASE("a lock that somebody holds on the directory holds up no start for long") {
  const temporary_directory directory;
  const int held = ::open(directory.file("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(::flock(held, LOCK_EX) == 0);
  const auto begin = std::chrono::steady_clock::now();
  const listening_socket made{directory.file("node.sock")};
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
  ::close(held);
}

TEST_CASE("many race for one path and one wins") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  std::atomic<int> won{0}, lost{0};
  std::vector<std::optional<listening_socket>> sockets(8);
  std::vector<std::thread> threads;
  for (auto& each : sockets)
    threads.emplace_back([&] {
      try {
        each.emplace(path);
        ++won;
      } catch (const failure&) {
        ++lost;
      }
    });
  for (auto& each : threads)
    each.join();
  CHECK(won == 1);
  CHECK(lost == 7);
}

TEST_CASE("an answer about the tree is closed like any other, a kind's list by where to go on") {
  temporary_directory directory;
  const auto path = directory.file("s");
  fake_node node;
  small_tree small{3};
  auto backend = node.backend();
  backend.tree = &small.tree;
  admin_server server{path, backend};
  raw_client client{path};
  const auto closing = [&](const std::string& request) {
    client.say(request + '\n');
    auto line = client.line();
    while (line && line->starts_with("{\"name\":"))
      line = client.line();
    return line.value_or("");
  };
  CHECK(closing(R"({"request":"tree"})") == R"({"end":true})");
  CHECK(closing(R"({"request":"tree","name":"node/shard/0","kind":"sensor","limit":2})") == R"({"end":true,"next":2})");
  CHECK(closing(R"({"request":"tree","name":"node/shard/0","kind":"sensor","from":2})") ==
        R"({"end":true,"next":null})");
  CHECK(closing(R"({"request":"describe","name":"node/shard/0"})") == R"({"end":true})");
}

TEST_CASE("stopping does not wait for anybody") {
  served s;
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<raw_client>(s.path));
    clients.back()->say(i % 2 == 0 ? "{\"request\":\"results\",\"kind\":\"scores\",\"follow\":true}\n" : "{");
  }
  const auto before = std::chrono::steady_clock::now();
  s.server.stop();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{5});
  for (auto& each : clients)
    CHECK_FALSE(each->line());
}

namespace {

std::string open_row(const std::string& facility, const std::string& end, const std::string& avg) {
  return R"({"facility_id":")" + facility + R"(","window_end":")" + end + R"(","avg_sensor_reading":)" + avg +
         R"(,"facility_name":null,"final":false})";
}

/// Its open windows, as an actor's page has them.
std::string page_with(const std::vector<std::string>& rows) {
  std::string all;
  for (const auto& each : rows)
    all += (all.empty() ? "" : ",") + each;
  return R"({"facility_id":"x","open_windows":{"facility":[)" + all + "]}}";
}

/// A kind of actors with windows that are seen while they are open.
result_kind facility_rows() {
  static constexpr row_column columns[] = {{"facility_id", row_column::value::text}};
  static constexpr row_schema schema{"facility", 1, columns};
  static constexpr std::array<const row_schema*, 1> rows{&schema};
  static const actor_declaration declared = [] {
    actor_declaration out;
    out.name = "facility";
    out.updates = true;
    out.rows = rows;
    return out;
  }();
  static const bool once = [] {
    declare_actor(declared);
    return true;
  }();
  static_cast<void>(once);
  return declare_result_kind(schema);
}

} // namespace

TEST_CASE(
    "windows that are open are told behind what is stored, where it is asked for, and with --follow as they change") {
  temporary_directory directory;
  const auto path = directory.file("node.sock");
  fake_node node;
  const auto kind = facility_rows();
  node.commit(kind, R"({"facility_id":"north","final":true})"
                    "\n");
  fake_plant plant;
  plant.add("facility", "north", "", 0, "well");
  plant.add("facility", "south", "", 0, "well");
  std::mutex mutex;
  plant.page("facility", "north", "",
             page_with({open_row("north", "T1", "1.5"), open_row("north", "T2", "12345678901")}));
  plant.page("facility", "south", "", page_with({open_row("south", "T1", "0.1")}));
  auto backend = node.backend();
  backend.plant = plant.source();
  backend.plant.page = [&](const entity_key& key) -> std::optional<std::string> {
    std::lock_guard guard{mutex};
    return plant.pages[key];
  };
  admin_limits limits;
  limits.look_every = limits.update_every = std::chrono::milliseconds{10};
  admin_server server{path, backend, limits};
  auto request = results_of(kind);
  CHECK(lines_in(answer_to(path, request)) == 1);
  request.results.updates = true;
  CHECK(answer_to(path, request) == R"({"facility_id":"north","final":true})"
                                    "\n" +
                                        open_row("north", "T1", "1.5") + '\n' + open_row("north", "T2", "12345678901") +
                                        '\n' + open_row("south", "T1", "0.1") + '\n');
  request.results.facility = "south";
  CHECK(answer_to(path, request) == open_row("south", "T1", "0.1") + '\n');

  request.results.facility.clear();
  request.results.follow = true;
  raw_client client{path};
  client.say(to_json(request) + "\n");
  for (int i = 0; i < 4; ++i)
    REQUIRE(client.line());
  {
    std::lock_guard guard{mutex};
    plant.page("facility", "north", "", page_with({open_row("north", "T1", "1.5"), open_row("north", "T2", "2")}));
  }
  CHECK(client.line() == open_row("north", "T2", "2"));
}

TEST_CASE("windows of an actor that does not answer once are not told again while they are unchanged") {
  fake_plant plant;
  for (const auto* each : {"east", "north", "south", "west"}) {
    plant.add("facility", each, "", 0, "well");
    plant.page("facility", each, "", page_with({open_row(each, "T1", "1"), open_row(each, "T2", "2")}));
  }
  const auto pages = plant.pages;
  const auto source = plant.source();
  open_windows windows{results_of(facility_rows()).results, source};
  const auto told = [&] {
    std::string out;
    windows.next(out);
    return out;
  };
  CHECK(lines_in(told()) == 8);
  plant.pages.erase({"facility", {"north"}, ""});
  CHECK(told().empty());
  plant.pages = pages;
  CHECK(told().empty());

  // Behind three that are silent the fourth is not asked.
  plant.pages.clear();
  plant.asked.clear();
  CHECK(told().empty());
  CHECK(plant.asked.size() == 3);
  plant.pages = pages;
  plant.page("facility", "west", "", page_with({open_row("west", "T1", "1"), open_row("west", "T2", "3")}));
  CHECK(told() == open_row("west", "T2", "3") + '\n');
  CHECK(told().empty());
}

TEST_CASE("windows of a kind that are not seen while they are open are refused, with those that are") {
  facility_rows();
  auto request = results_of(result_kind::averages);
  request.results.updates = true;
  CHECK_THROWS_WITH_AS(parse_request(to_json(request)),
                       doctest::Contains("windows of averages are not seen while they are open; those of facility are"),
                       failure);
  request.results.kind = facility_rows();
  CHECK(parse_request(to_json(request)).results.updates);
}

} // namespace admin_server_test
