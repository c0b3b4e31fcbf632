#include "tools/report_rows.hpp"

#include "protocol/failure.hpp"
#include "protocol/quantities.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/ledger/repair/store_report.hpp"

#include <algorithm>
#include <limits>
#include <memory>

namespace millwright {

namespace {

constexpr size_t piece_of_rows = 4u << 20, entries_at_once = 10'000;

/// The stores of a stopped node, open.
struct opened_stores {
  opened_stores(const store_places& places, lmdb_journal_settings of_journal)
      : ledger{places.ledger, as_they_are()}, journal{std::move(of_journal)} {}

  // Nothing is committed, so nothing is dropped.
  static ledger_settings as_they_are() { return {}; }

  lmdb_ledger ledger;
  lmdb_journal journal;
};

void ask(const std::string& socket, const admin_request& request, const report_rows::sink& to) {
  admin_client{socket}.ask(request, [&](std::string_view lines) {
    to(lines);
    return true;
  });
}

admin_request results_of_kind(result_kind kind) {
  admin_request out;
  out.question = admin_question::results;
  out.results.kind = kind;
  out.results.last = most_last;
  return out;
}

} // namespace

report_rows rows_of_node(const std::string& socket) {
  report_rows out;
  admin_request status;
  status.question = admin_question::status;
  ask(socket, status, [&](std::string_view lines) {
    each_answer_row(lines, [&](const answer_row& row) {
      if (const auto at = parse_time(text_in(row, "plant_time")))
        out.now = *at;
    });
  });
  out.notifications = [socket](const report_rows::sink& to) {
    ask(socket, results_of_kind(result_kind::notifications), to);
  };
  out.book = [socket](const report_rows::sink& to) {
    admin_request request;
    request.question = admin_question::alarms;
    request.all = true;
    request.limit = most_alarms;
    ask(socket, request, to);
  };
  out.shelves = [socket](const report_rows::sink& to) {
    admin_request request;
    request.question = admin_question::shelves;
    ask(socket, request, to);
  };
  out.alarms = [socket](const report_rows::sink& to) { ask(socket, results_of_kind(result_kind::alarms), to); };
  return out;
}

report_rows rows_of_stores(const store_places& places) {
  if (!store_exists(places.ledger))
    throw failure{failure_code::not_found, places.ledger, "no ledger is here"};
  if (!store_exists(places.journal))
    throw failure{failure_code::not_found, places.journal, "no alarm journal is here"};
  lmdb_journal_settings of_journal;
  of_journal.directory = places.journal;
  const auto stores = std::make_shared<opened_stores>(places, std::move(of_journal));
  report_rows out;
  out.notifications = [stores](const report_rows::sink& to) {
    std::string lines;
    for (uint64_t cursor = 0;;) {
      const auto some = stores->journal.notifications(cursor, entries_at_once);
      if (some.empty())
        return;
      lines.clear();
      for (const auto& each : some) {
        append_notification_json(lines, each.what);
        lines += '\n';
        cursor = each.cursor;
      }
      to(lines);
    }
  };
  out.book = [stores](const report_rows::sink& to) {
    std::string lines;
    stores->journal.load([&](const alarm_record& record) {
      if (record.observation())
        return;
      lines.clear();
      append_json(lines, record);
      lines += '\n';
      to(lines);
    });
  };
  out.shelves = [stores](const report_rows::sink& to) {
    std::string lines;
    for (const auto& each : stores->journal.load([](const alarm_record&) {}).shelves) {
      append_json(lines, each);
      lines += '\n';
    }
    to(lines);
  };
  out.alarms = [stores](const report_rows::sink& to) {
    for (result_cursor at;;) {
      const auto next = stores->ledger.read_results(result_kind::alarms, at, piece_of_rows,
                                                    [&](result_cursor, const result_block& block) { to(block.lines); });
      if (next == at)
        return;
      at = next;
    }
  };
  // The newest window of any sensor is as far as the readings had come.
  for (const auto kind : {result_kind::averages, result_kind::alarms})
    stores->ledger.read_results(
        kind, stores->ledger.before_newest(kind, 1), std::numeric_limits<size_t>::max(),
        [&](result_cursor, const result_block& block) { out.now = std::max(out.now, block.last); });
  return out;
}

} // namespace millwright
