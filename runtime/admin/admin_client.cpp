#include "runtime/admin/admin_client.hpp"

#include "protocol/failure.hpp"

#include <rapidjson/document.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

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

} // namespace

admin_client::admin_client(std::string path) : path_{std::move(path)}, connection_{connect_to_node(path_)} {}

std::string admin_client::ask(const admin_request& request, const line_sink& sink) {
  const auto line = to_json(request) + '\n';
  for (std::string_view left = line; !left.empty();) {
    const auto n = ::send(connection_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (n > 0)
      left.remove_prefix(static_cast<size_t>(n));
    else if (errno != EINTR)
      // It may have said why before it hung up.
      break;
  }
  std::string received;
  std::array<char, 65536> some;
  for (;;) {
    const auto n = ::recv(connection_.get(), some.data(), some.size(), 0);
    if (n < 0 && errno == EINTR)
      continue;
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

} // namespace millwright
