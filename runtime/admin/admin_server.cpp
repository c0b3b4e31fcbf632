#include "runtime/admin/admin_server.hpp"

#include "protocol/alarm_record.hpp"
#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "runtime/admin/called_names.hpp"
#include "runtime/admin/open_windows.hpp"
#include "runtime/admin/peer_user.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/admin/plant_names.hpp"
#include "runtime/admin/result_feed.hpp"
#include "runtime/admin/sensor_lines.hpp"
#include "runtime/admin/sensor_word_answer.hpp"
#include "runtime/admin/shelving.hpp"
#include "runtime/admin/tree_answer.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace millwright {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds without_end{-1};
constexpr std::string_view end_line = "{\"end\":true}\n";

std::string error_line(std::string_view what) {
  std::string out;
  json_object{out}.text("error", what).close();
  return out + '\n';
}

std::string_view name_of(acknowledge_result x) {
  constexpr std::array<std::string_view, 4> names{"acknowledged", "already_acknowledged", "unknown", "ambiguous"};
  return names[static_cast<size_t>(x)];
}

/// The thread that is started meanwhile takes no signals: those are the main thread's.
class signals_held {
public:
  signals_held() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_held() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

private:
  sigset_t before_;
};

} // namespace

/// One client, on its own thread.
class admin_server::conversation {
public:
  conversation(admin_server& server, int connection) : server_{server}, connection_{connection} {}

  void run() {
    std::string line;
    while (read_line(line))
      if (!answer(line))
        return;
  }

private:
  bool stopped() const { return server_.stopping_.load(); }

  /// False: it has not become ready in this time, or the server stops. With no events it waits for a hang-up.
  bool wait(short events, milliseconds time) {
    pollfd both[] = {{connection_, events, 0}, {server_.stopped_.get(), POLLIN, 0}};
    int ready;
    do
      ready = ::poll(both, 2, static_cast<int>(time.count()));
    while (ready < 0 && errno == EINTR);
    return ready > 0 && !stopped() && both[0].revents != 0;
  }

  bool read_line(std::string& line) {
    for (;;) {
      if (const auto end = received_.find('\n', looked_at_); end != received_.npos) {
        line.assign(received_, 0, end);
        received_.erase(0, end + 1);
        looked_at_ = 0;
        return true;
      }
      looked_at_ = received_.size();
      if (received_.size() > server_.limits_.line) {
        send(error_line("the request is longer than " + std::to_string(server_.limits_.line) + " bytes"));
        return false;
      }
      char some[4096];
      const auto n = ::recv(connection_, some, sizeof some, MSG_DONTWAIT);
      if (n > 0)
        received_.append(some, static_cast<size_t>(n));
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        return false;
      else if (!wait(POLLIN, server_.limits_.patience))
        return false;
    }
  }

  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(connection_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0)
        text.remove_prefix(static_cast<size_t>(n));
      else if (errno != EAGAIN && errno != EINTR)
        return false;
      else if (!wait(POLLOUT, server_.limits_.patience))
        return false;
    }
    return true;
  }

  /// False: the client is gone, or is to go.
  bool answer(const std::string& line) {
    if (line.find_first_not_of(" \t\r") == line.npos)
      return true;
    try {
      const auto request = parse_request(line);
      switch (request.question) {
      case admin_question::results:
        return results(request.results);
      case admin_question::alarms:
      case admin_question::observations:
        return alarms(request);
      case admin_question::acknowledge:
        return acknowledge(request);
      case admin_question::status:
        return status();
      case admin_question::sensors:
        return sensors(request.sensors);
      case admin_question::forget_sensors:
        return forget(request.sensors);
      case admin_question::load:
        return load(request);
      case admin_question::plant:
        return plant(request.plant);
      case admin_question::tree:
        return tree(request.tree);
      case admin_question::describe:
        return send(answer_description(request.tree, *server_.backend_.tree).append(end_line));
      case admin_question::explain:
        return send(explain(request.id, server_.backend_.explain).append(end_line));
      case admin_question::maintenance:
        return maintain(request.maintenance);
      case admin_question::sensor_word:
        return say(request.word);
      case admin_question::shelve:
      case admin_question::unshelve:
      case admin_question::note:
        return handle(request.question, request.shelving);
      case admin_question::shelves: {
        const auto all = server_.backend_.shelves();
        return send_list(all, all.size());
      }
      }
    } catch (const std::exception& e) {
      return send(error_line(e.what()));
    }
    return false;
  }

  bool results(const results_request& request) {
    const auto feed =
        open_feed(request, *server_.backend_.results, *server_.backend_.pages, [this] { return stopped(); });
    open_windows windows{request, server_.backend_.plant};
    std::chrono::steady_clock::time_point updated{};
    std::string piece;
    for (;;) {
      if (stopped())
        return false;
      piece.clear();
      const bool more = feed->next(piece, server_.limits_.piece);
      if (!send(piece))
        return false;
      if (more)
        continue;
      // Behind what is stored: of a window that is over nothing but its final row comes.
      if (const auto now = std::chrono::steady_clock::now();
          request.updates && now - updated >= server_.limits_.update_every) {
        updated = now;
        piece.clear();
        windows.next(piece);
        if (!send(piece))
          return false;
      }
      if (!request.follow)
        return send(end_line);
      // Anything that happens while nothing is asked for is the client's end, or ours.
      if (wait(0, server_.limits_.look_every))
        return false;
    }
  }

  /// A line each, some at a time, and how many there are in all; `closing` adds to the last line.
  template <class Rows>
  bool send_list(const Rows& rows, uint64_t total, const std::function<void(json_object&)>& closing = {}) {
    std::string out;
    for (const auto& each : rows) {
      append_json(out, each);
      out += '\n';
      if (out.size() < server_.limits_.piece)
        continue;
      if (!send(out))
        return false;
      out.clear();
    }
    json_object last{out};
    last.boolean("end", true).integer("total", static_cast<int64_t>(total));
    if (closing)
      closing(last);
    last.close();
    return send(out + '\n');
  }

  bool alarms(const admin_request& request) {
    const auto list =
        server_.backend_.alarms({request.limit, !request.all, request.question == admin_question::observations});
    return send_list(list.alarms, list.total, [&](json_object& out) {
      if (list.flood)
        out.time("flood_since", list.flood->from).integer("alarms_in_10_min", static_cast<int64_t>(list.lately));
    });
  }

  bool acknowledge(const admin_request& request) {
    const auto answer = server_.backend_.acknowledge({request.id, said_and_seen(request.by, peer_user(connection_))});
    const bool found = answer.alarm != uuid{};
    std::string out;
    json_object{out}
        .text("result", name_of(answer.result))
        .text_or_null("alarm_id", found ? to_string(answer.alarm) : "")
        .text("text", answer.text)
        .close();
    return send(out.append("\n").append(end_line));
  }

  bool status() {
    std::string out;
    append_json(out, server_.backend_.status());
    return send(out.append("\n").append(end_line));
  }

  bool sensors(const sensor_filter& filter) {
    const auto list = server_.backend_.sensors(filter);
    return send_list(list.sensors, list.total);
  }

  bool forget(const sensor_filter& filter) {
    std::string out;
    append_json(out, server_.backend_.forget(filter));
    return send(out.append(end_line));
  }

  bool load(const admin_request& request) {
    if (request.samples > 0) {
      const auto samples = server_.backend_.load_samples(request.samples).samples;
      return send_list(samples, samples.size());
    }
    std::string out;
    append_json(out, server_.backend_.load(request.minutes));
    return send(out.append("\n").append(end_line));
  }

  bool plant(const plant_request& request) {
    auto [out, total] = answer_plant(request, server_.backend_.plant);
    json_object{out}.boolean("end", true).integer("total", static_cast<int64_t>(total)).close();
    return send(out + '\n');
  }

  bool tree(const tree_request& request) {
    auto [out, next] = answer_tree(request, *server_.backend_.tree);
    if (request.kind.empty())
      return send(out.append(end_line));
    json_object end{out};
    end.boolean("end", true);
    next > 0 ? end.integer("next", static_cast<int64_t>(next)) : end.null("next");
    end.close();
    return send(out + '\n');
  }

  bool maintain(const maintenance_request& request) {
    const auto& backend = server_.backend_;
    const auto unit =
        target_of({request.name, request.facility, std::string{unit_kind}}, backend.plant.lines(), backend.plant.kinds)
            .key;
    const auto at = backend.maintain(
        {unit.facility, unit.id, {request.what, never, request.by, peer_user(connection_), request.note}});
    const auto name = unit.id + " of " + unit.facility.text;
    const auto text = request.what == maintenance_report::kind::begins
                          ? name + " is in maintenance from " + to_iso(at) + " on, until its end is told"
                          : name + " was maintained, as of " + to_iso(at);
    std::string out;
    json_object{out}
        .text("facility_id", unit.facility.text)
        .text("equipment_id", unit.id)
        .text("what", name_of(request.what))
        .time("at", at)
        .text("text", text)
        .close();
    return send(out.append("\n").append(end_line));
  }

  bool say(const sensor_word_request& request) {
    const auto& backend = server_.backend_;
    const auto key = sensor_called(request.name, request.facility, backend.sensors);
    const auto at = backend.say({key, request.what, never, request.by, peer_user(connection_)});
    const auto done = what_follows({key, request.what, at, {}, {}}, *backend.explain.detection);
    std::string out;
    json_object line{out};
    line.text("facility_id", key.facility.text)
        .text("sensor_id", key.sensor.text)
        .text("what", name_of(request.what))
        .time("at", at);
    if (request.what == sensor_word::kind::relearn)
      line.time("pages_from", done.pages_from);
    line.text("text", done.text).close();
    return send(out.append("\n").append(end_line));
  }

  bool handle(admin_question question, const shelving_request& request) {
    const auto& backend = server_.backend_;
    const auto by = said_and_seen(request.by, peer_user(connection_));
    handle_alarms wanted;
    if (question == admin_question::shelve) {
      wanted = shelving_of(request, by, backend.plant.lines ? backend.plant.lines() : std::vector<entity_line>{},
                           backend.sensors);
    } else {
      wanted.what = question == admin_question::note ? handle_alarms::kind::note : handle_alarms::kind::unshelve;
      wanted.name = request.name;
      wanted.facility = request.facility;
      wanted.of_kind = request.kind;
      wanted.by = by;
      wanted.text = request.text;
    }
    const auto answer = backend.handle(wanted);
    if (!answer.done)
      throw failure{failure_code::not_found, "", answer.text};
    std::string out;
    json_object{out}.text("text", answer.text).text("by", by).close();
    return send(out.append("\n").append(end_line));
  }

  admin_server& server_;
  int connection_;
  std::string received_;
  /// No line feed before it.
  size_t looked_at_ = 0;
};

admin_server::admin_server(const std::string& path, admin_backend backend, admin_limits limits)
    : backend_{std::move(backend)}, limits_{limits},
      listening_{std::in_place, path}, stopped_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (stopped_.get() < 0)
    throw failure{failure_code::output_unwritable, path, std::strerror(errno)};
  const signals_held held;
  accepting_ = std::thread{[this] { accept_clients(); }};
}

admin_server::~admin_server() {
  stop();
}

void admin_server::stop() {
  if (!accepting_.joinable())
    return;
  stopping_ = true;
  const uint64_t one = 1;
  // Never read, so that it stays readable for all.
  while (::write(stopped_.get(), &one, sizeof one) < 0 && errno == EINTR)
    ;
  accepting_.join();
  listening_.reset();
  for (auto& each : clients_)
    each.thread.join();
  clients_.clear();
}

void admin_server::forget_finished() {
  for (auto each = clients_.begin(); each != clients_.end();)
    if (each->done) {
      each->thread.join();
      each = clients_.erase(each);
    } else {
      ++each;
    }
}

void admin_server::take_in(int connection) {
  descriptor taken{connection};
  forget_finished();
  const auto refuse = [&](std::string_view why) {
    const auto line = error_line(why);
    // Fits into the buffer of a fresh connection.
    ::send(connection, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  };
  if (clients_.size() >= limits_.clients)
    return refuse("too many clients: the node answers " + std::to_string(limits_.clients) + " at a time");
  auto& added = clients_.emplace_back();
  added.connection = std::move(taken);
  try {
    added.thread = std::thread{[this, &added] {
      conversation{*this, added.connection.get()}.run();
      // The client is to see the end now, not when the thread is joined.
      ::shutdown(added.connection.get(), SHUT_RDWR);
      added.done = true;
    }};
  } catch (const std::system_error&) {
    refuse("the node has no thread left for you");
    clients_.pop_back();
  }
}

void admin_server::accept_clients() {
  pollfd both[] = {{listening_->get(), POLLIN, 0}, {stopped_.get(), POLLIN, 0}};
  while (!stopping_) {
    if (::poll(both, 2, static_cast<int>(without_end.count())) <= 0)
      continue;
    const int connection = ::accept4(listening_->get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0)
      take_in(connection);
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
      // Nothing to accept with: not to spin until somebody gives some back.
      ::poll(&both[1], 1, 100);
  }
}

} // namespace millwright
