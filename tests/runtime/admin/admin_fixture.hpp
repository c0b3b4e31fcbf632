#pragma once

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/admin_server.hpp"
#include "runtime/journal/memory_journal.hpp"
#include "runtime/ledger/memory_ledger.hpp"

#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace millwright::testing {

/// As the kernel knows the test's own process.
inline std::string own_user() {
  const auto* own = ::getpwuid(::geteuid());
  return own ? own->pw_name : "uid " + std::to_string(::geteuid());
}

class temporary_directory {
public:
  temporary_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "admin-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw std::runtime_error{"no temporary directory"};
    path_ = name;
  }
  ~temporary_directory() { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

inline size_t lines_in(std::string_view text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

inline std::string row(const std::string& sensor, const std::string& facility, int n) {
  return R"({"sensor_id":")" + sensor + R"(","facility_id":")" + facility + R"(","n":)" + std::to_string(n) + "}\n";
}

/// A node in which nothing happens but what the test does.
class fake_node {
public:
  void commit(result_kind kind, const std::string& lines) {
    ledger_commit batch;
    batch.number = ++commits_;
    batch.results =
        results_of({{kind, from_epoch_ms(0), from_epoch_ms(0), static_cast<uint32_t>(lines_in(lines)), lines}});
    results.commit(batch);
  }

  void count(const std::string& name, const std::string& label, uint64_t more) {
    ledger_commit batch;
    batch.number = ++commits_;
    batch.counters.emplace_back(name, label, more);
    results.commit(batch);
  }

  void page(const std::string& name) {
    auto batch = std::make_shared<journal_batch>();
    outbox_entry entry;
    entry.what.channel.text = "slack";
    entry.what.about.alarm = uuid_v5(name);
    entry.sequence = ++pages_sent_;
    batch->pages.push_back(entry);
    batch->changes.push_back({entry.place(), notification_of(entry.what, notification_outcome::sent), 1, never});
    pages.write(batch, [](journal_result) {});
  }

  admin_backend backend() {
    admin_backend out;
    out.results = &results;
    out.pages = &pages;
    out.alarms = [this](const list_alarms& x) {
      asked = x;
      alarm_list list;
      list.alarms.assign(alarms.begin(),
                         alarms.begin() + static_cast<ptrdiff_t>(std::min<size_t>(x.limit, alarms.size())));
      list.total = alarms.size();
      return list;
    };
    out.acknowledge = [](const acknowledge_alarm& x) {
      if (x.id == "dead")
        throw failure{failure_code::not_found, "", "the alarm router has ended"};
      acknowledge_answer answer{acknowledge_result::unknown, {}, "no alarm begins with " + x.id};
      if (x.id == "1f3a")
        answer = {acknowledge_result::acknowledged, uuid_v5("a"), "acknowledged by " + x.by};
      return answer;
    };
    out.status = [] {
      status_view view;
      view.taken = 17;
      return view;
    };
    return out;
  }

  memory_ledger results;
  memory_journal pages;
  std::vector<alarm_record> alarms;
  list_alarms asked;

private:
  uint64_t commits_ = 0, pages_sent_ = 0;
};

inline alarm_record an_alarm(const std::string& name, severity level) {
  alarm_record x;
  x.raise.alarm = uuid_v5(name);
  x.raise.condition.sensor.text = name;
  x.raise.condition.facility.text = "site-1";
  x.raise.at = x.raise.raised_at = from_epoch_ms(1'795'000'000'000);
  x.raise.level = level;
  x.raise.priority = 90;
  x.raise.value = 93.5;
  x.latest = x.raise;
  return x;
}

inline admin_request results_of(result_kind kind, uint64_t last = 20) {
  admin_request x;
  x.question = admin_question::results;
  x.results.kind = kind;
  x.results.last = last;
  return x;
}

inline std::string answer_to(const std::string& path, const admin_request& request) {
  std::string out;
  admin_client{path}.ask(request, [&](std::string_view lines) {
    out += lines;
    return true;
  });
  return out;
}

/// Says whatever the test likes.
class raw_client {
public:
  explicit raw_client(const std::string& path) : connection_{connect_to_node(path)} {
    const timeval limit{20, 0};
    ::setsockopt(connection_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  void say(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(connection_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return;
      text.remove_prefix(static_cast<size_t>(n));
    }
  }

  /// Without its line feed; none when the other side has hung up (or is silent for long).
  std::optional<std::string> line() {
    for (;;) {
      if (const auto end = received_.find('\n'); end != received_.npos) {
        auto out = received_.substr(0, end);
        received_.erase(0, end + 1);
        return out;
      }
      char some[4096];
      const auto n = ::recv(connection_.get(), some, sizeof some, 0);
      if (n <= 0)
        return std::nullopt;
      received_.append(some, static_cast<size_t>(n));
    }
  }

  int get() const { return connection_.get(); }

private:
  descriptor connection_;
  std::string received_;
};

} // namespace millwright::testing
