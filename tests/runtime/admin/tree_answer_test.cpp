#include "runtime/admin/tree_answer.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_request.hpp"
#include "runtime/admin/tree_table.hpp"
#include "tests/runtime/admin/tree_fixture.hpp"

#include <doctest/doctest.h>

namespace tree_answer_test {

using namespace millwright;
using namespace millwright::testing;

TEST_CASE("a tree is a line an actor, and one for many of a kind") {
  small_tree x{50'000};
  CHECK(answer_tree({}, x.tree).rows ==
        R"({"name":"node","parent":null,"kind":"node","state":"living"})"
        "\n"
        R"({"name":"node/paging/router","parent":"node","kind":"router","state":"dead"})"
        "\n"
        R"({"name":"node/shard/0","parent":"node","kind":"shard","state":"living"})"
        "\n"
        R"({"parent":"node/shard/0","kind":"sensor","count":50000})"
        "\n");
}

TEST_CASE("a kind's list says where to go on, until it has ended") {
  small_tree x{3};
  tree_request request;
  request.name = "node/shard/0";
  request.kind = "sensor";
  request.limit = 2;
  const auto first = answer_tree(request, x.tree);
  CHECK(first.rows.find("TI-1") != std::string::npos);
  CHECK(first.rows.find("TI-2") == std::string::npos);
  CHECK(first.next == 2);
  request.from = 2;
  const auto second = answer_tree(request, x.tree);
  CHECK(second.rows.ends_with("TI-2\",\"parent\":\"node/shard/0\",\"kind\":\"sensor\",\"state\":\"quarantined\"}\n"));
  CHECK(second.next == 0);
}

TEST_CASE("a description says what the kind is, and null where nobody answers") {
  small_tree x{3};
  tree_request request;
  request.name = "node/shard/0";
  CHECK(answer_description(request, x.tree) ==
        R"({"name":"node/shard/0","parent":"node","kind":"shard","meaning":"hears of the ends of its sensors' actors",)"
        R"("state":"living","describes":{"actors_so_far":12345,"last":null}})"
        "\n");
  request.name = "node/paging/router";
  CHECK(answer_description(request, x.tree).find(R"("describes":null})") != std::string::npos);
  request.name = "nobody";
  CHECK_THROWS_WITH_AS(answer_description(request, x.tree), doctest::Contains("nobody: no actor of this name"),
                       failure);
}

TEST_CASE("people see a tree as one, and no control character of a name") {
  small_tree x{50'000};
  CHECK(render_tree(answer_tree({}, x.tree).rows) == "node  [node]\n"
                                                     "  node/paging/router  [router] (dead)\n"
                                                     "  node/shard/0  [shard]\n"
                                                     "    50,000 of kind sensor\n");
  tree_request request;
  request.name = "node/shard/0";
  CHECK(render_description(answer_description(request, x.tree)) ==
        "node/shard/0  [shard]\nhears of the ends of its sensors' actors\nbelow node\n\n"
        "  actors so far               12,345\n  last                        -\n");
  request.name = "node/paging/router";
  CHECK(render_description(answer_description(request, x.tree)).ends_with("it has not answered in time\n"));
  CHECK(render_names("{\"name\":\"node/x/\\u001b[2J\",\"state\":\"living\"}\n") == "node/x/?[2J\n");
}

TEST_CASE("what an actor has many of is a table of its description, and its open windows are not in it") {
  CHECK(render_description(R"({"name":"node/above/equipment/north/pump-1","parent":"node/above","kind":"equipment",)"
                           R"("meaning":"a unit","state":"living","describes":{"health":"healthy","reason":null,)"
                           R"("open_windows":{"equipment":[{"avg":1}]},"members":[{"sensor":"VI-101","in_alarm":true},)"
                           R"({"sensor":"TI-\u001b[2J","in_alarm":false}]}})"
                           "\n") == "node/above/equipment/north/pump-1  [equipment]\na unit\nbelow node/above\n\n"
                                    "  health                      healthy\n"
                                    "  reason                      -\n"
                                    "\n"
                                    "members\n"
                                    "SENSOR   IN ALARM\n"
                                    "VI-101   yes\n"
                                    "TI-?[2J  no\n");
}

TEST_CASE("questions about the tree are read as they were written") {
  admin_request request;
  request.question = admin_question::tree;
  CHECK(to_json(request) == R"({"request":"tree","name":"node","most":20})");
  request.tree = {"node/shard/0", "sensor", 7, 9, 20};
  CHECK(to_json(request) == R"({"request":"tree","name":"node/shard/0","kind":"sensor","from":7,"limit":9})");
  const auto read = parse_request(to_json(request)).tree;
  CHECK(read.name == "node/shard/0");
  CHECK(read.kind == "sensor");
  CHECK(read.from == 7);
  CHECK(read.limit == 9);
  request.question = admin_question::describe;
  CHECK(to_json(request) == R"({"request":"describe","name":"node/shard/0"})");
  CHECK(parse_request(R"({"request":"describe","name":"node/monitor"})").tree.name == "node/monitor");
  for (const auto* wrong :
       {R"({"request":"tree","limit":0})", R"({"request":"tree","most":1000000})", R"({"request":"tree","from":-1})",
        R"({"request":"describe","kind":"sensor"})", R"({"request":"describe","name":""})"})
    CHECK_THROWS_AS(parse_request(wrong), failure);
}

} // namespace tree_answer_test
