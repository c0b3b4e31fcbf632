#include "runtime/transport/mail_source.hpp"

#include "protocol/quantities.hpp"
#include "tests/runtime/transport/receiver.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace mail_source_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr char alarm_text[] = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
constexpr char answers[] = "References: <alarm-6ba7b810-9dad-11d1-80b4-00c04fd430c8@plant.example>";

struct mailbox {
  own_directory directory;
  serving_child server{"imap_receiver.py", {directory.path}};
  std::vector<std::string> acknowledged;
  mail_source source;

  explicit mailbox(const std::string& password = "a word", const std::string& folder = "INBOX")
      : source{{"127.0.0.1", server.port, mail_security::none, "plant", password},
               folder,
               http_way{5000ms},
               {"plant.example", {"anna@plant.example"}}} {}

  void deliver(int id, const std::string& time, const std::string& from, const std::string& more = {}) const {
    const auto path = directory.path + '/' + std::to_string(id);
    std::ofstream{path, std::ios::binary} << "Received: by mail; " << time << "\r\nFrom: " << from << "\r\n"
                                          << answers << "\r\n"
                                          << more << "\r\nI see to it.\r\n";
    std::filesystem::rename(path, path + ".eml");
  }

  std::string ask(const char* since = "2026-11-30T12:00:00.700Z") {
    waiting_alarm x;
    REQUIRE(parse_uuid(alarm_text, x.alarm));
    x.since = parse_time(since).value();
    return source.ask({x}, [&](const waiting_alarm& which, const std::string& by) {
      acknowledged.push_back(to_string(which.alarm) + ' ' + by);
    });
  }
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("whoever answers a mail has acknowledged its alarm, and is heard once") {
  mailbox box;
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.empty());
  box.deliver(1, "Mon, 30 Nov 2026 13:00:05 +0100", "Anna <Anna@plant.example>");
  CHECK(box.ask().empty());
  CHECK(box.acknowledged == texts{std::string{alarm_text} + " mail: anna@plant.example"});
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.size() == 1);
  box.deliver(2, "Mon, 30 Nov 2026 14:00:05 +0100", "anna@plant.example");
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.size() == 2);
}

TEST_CASE("where ids are of other mails now, these are looked at") {
  mailbox box;
  box.deliver(1, "Mon, 30 Nov 2026 13:00:05 +0100", "eve@plant.example");
  CHECK(box.ask().empty());
  box.deliver(1, "Mon, 30 Nov 2026 13:00:05 +0100", "anna@plant.example");
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.empty());
  std::ofstream{box.directory.path + "/validity"} << 2;
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.size() == 1);
}

TEST_CASE("others, who is away, and who had answered what was so before do not count") {
  mailbox box;
  box.deliver(1, "Mon, 30 Nov 2026 13:00:05 +0100", "eve@plant.example");
  box.deliver(2, "Mon, 30 Nov 2026 13:00:05 +0100", "anna@plant.example", "Auto-Submitted: auto-replied\r\n");
  box.deliver(3, "Mon, 30 Nov 2026 12:59:59 +0100", "anna@plant.example");
  box.deliver(4, "some time", "anna@plant.example");
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.empty());
  box.deliver(5, "Mon, 30 Nov 2026 13:00:00 +0100", "anna@plant.example");
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.size() == 1);
}

TEST_CASE("a server that takes no login, has no such folder or is gone is told in words") {
  mailbox wrong{"another word"};
  CHECK_FALSE(wrong.ask().empty());
  CHECK(wrong.ask().find("another word") == std::string::npos);
  mailbox elsewhere{"a word", "Alarms"};
  CHECK_FALSE(elsewhere.ask().empty());
  mailbox gone;
  gone.server.stop();
  CHECK_FALSE(gone.ask().empty());
  CHECK(gone.acknowledged.empty());
}

TEST_CASE("of many mails the newest come first, and none is left out") {
  mailbox box;
  const int count = static_cast<int>(mail_source::most_at_once) + 5;
  for (int id = 1; id <= count; ++id)
    box.deliver(id, "Mon, 30 Nov 2026 13:00:05 +0100", "anna@plant.example");
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.size() == mail_source::most_at_once);
  CHECK(box.ask().empty());
  CHECK(box.acknowledged.size() == static_cast<size_t>(count));
}

} // namespace mail_source_test
