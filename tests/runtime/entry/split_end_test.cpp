#include "runtime/entry/split_end.hpp"

#include <doctest/doctest.h>

namespace split_end_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const split_end::time_point start{1000s};

} // namespace

TEST_CASE("a backlog is not read at the end, not even its last records") {
  split_end end;
  for (int i = 0; i < 10; ++i) {
    end.polled(start + i * 1s, 5000 - 500u * static_cast<unsigned>(i));
    CHECK_FALSE(end.at_end());
  }
  end.polled(start + 10s, 0);
  CHECK_FALSE(end.at_end());
  end.polled(start + 11s, 0);
  CHECK(end.at_end());
}

TEST_CASE("a split that is never quiet is at its end while little waits") {
  split_end end;
  end.polled(start, 0);
  end.polled(start + 1s, 30);
  CHECK(end.at_end());
  end.polled(start + 2s, 20);
  CHECK(end.at_end());
  end.polled(start + 3s, 10);
  CHECK_FALSE(end.at_end());
}

TEST_CASE("what waited while the source was away was not read at the end") {
  split_end end;
  end.polled(start, 0);
  end.lost();
  end.polled(start + 1s, 200);
  CHECK_FALSE(end.at_end());
  CHECK_FALSE(end.drained(start + 1s));
}

TEST_CASE("a long unnoticed absence shows by what waits behind it") {
  split_end end;
  end.polled(start, 0);
  end.polled(start + 1s, split_end::backlog + 1);
  CHECK_FALSE(end.at_end());
}

TEST_CASE("a node that stood still has had something waiting") {
  split_end end;
  end.polled(start, 0);
  end.polled(start + 3s, 0);
  CHECK_FALSE(end.at_end());
  CHECK(end.drained(start + 4s));
}

TEST_CASE("a source that cannot tell how much waits is at its end shortly after it was") {
  split_end end;
  end.polled(start, std::nullopt);
  CHECK_FALSE(end.at_end());
  end.polled(start + 1s, 0);
  end.polled(start + 2s, std::nullopt);
  CHECK(end.at_end());
}

} // namespace split_end_test
