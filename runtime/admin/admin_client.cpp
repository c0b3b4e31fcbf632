#include "runtime/admin/admin_client.hpp"

#include "protocol/failure.hpp"

#include <poll.h>
#include <rapidjson/document.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace millwright {

namespace {

/// No record begins like these.
bool closes(std::string_view line) {
  return line.starts_with("{\"end\":true") || line.starts_with("{\"error\":");
}

std::string error_in(const std::string& line) {
  rapidjson::Document given;
  if (given.Parse(line.data(), line.size()).HasParseError() || !given.IsObject())
    return {};
  const auto what = given.FindMember("error");
  return what != given.MemberEnd() && what->value.IsString() ? what->value.GetString() : std::string{};
}

uint64_t total_in(const std::string& line) {
  rapidjson::Document given;
  if (given.Parse(line.data(), line.size()).HasParseError() || !given.IsObject())
    return 0;
  const auto total = given.FindMember("total");
  return total != given.MemberEnd() && total->value.IsUint64() ? total->value.GetUint64() : 0;
}

} // namespace

admin_client::admin_client(std::string path, std::chrono::milliseconds patience)
    : path_{std::move(path)}, patience_{patience}, connection_{connect_to_node(path_, patience)} {}

bool admin_client::ready(short events) const {
  const auto until = std::chrono::steady_clock::now() + patience_;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd watched{connection_.get(), events, 0};
    const int got = ::poll(&watched, 1, static_cast<int>(std::max<int64_t>(left, 0)));
    if (got > 0 || left <= 0)
      return got > 0;
  }
}

bool admin_client::still_answers() const {
  try {
    admin_request status;
    status.question = admin_question::status;
    admin_client{path_, patience_}.ask(status, [](std::string_view) { return true; });
    return true;
  } catch (const failure&) {
    return false;
  }
}

std::string admin_client::ask(const admin_request& request, const line_sink& sink) {
  const auto line = to_json(request) + '\n';
  for (std::string_view left = line; !left.empty();) {
    const auto n = ::send(connection_.get(), left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
      left.remove_prefix(static_cast<size_t>(n));
    else if (errno != EINTR && !(errno == EAGAIN && ready(POLLOUT)))
      // It may have said why before it hung up.
      break;
  }
  const bool follows = request.question == admin_question::results && request.results.follow;
  std::string received;
  std::array<char, 65536> some;
  for (;;) {
    const auto n = ::recv(connection_.get(), some.data(), some.size(), MSG_DONTWAIT);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN) {
      if (ready(POLLIN) || (follows && still_answers()))
        continue;
      throw failure{failure_code::not_found, path_, words_on_silence(connection_.get())};
    }
    if (n <= 0)
      throw failure{failure_code::socket_unreachable, path_, "the node has broken off the answer"};
    const auto before = received.size();
    received.append(some.data(), static_cast<size_t>(n));
    if (received.find('\n', before) == received.npos)
      continue;
    const auto whole = received.rfind('\n') + 1;
    const auto last = whole < 2 ? 0 : received.rfind('\n', whole - 2) + 1;
    const std::string closing = received.substr(last, whole - 1 - last);
    const bool over = closes(closing);
    if (const auto lines = std::string_view{received}.substr(0, over ? last : whole); !lines.empty() && !sink(lines))
      return {};
    if (over) {
      if (const auto error = error_in(closing); !error.empty())
        throw failure{failure_code::not_found, "", error};
      return closing;
    }
    received.erase(0, whole);
  }
}

admin_client::listing admin_client::list(const admin_request& request) {
  listing out;
  const auto closing = ask(request, [&](std::string_view some) {
    out.rows += some;
    return true;
  });
  out.total = total_in(closing);
  out.closing = closing;
  return out;
}

} // namespace millwright
