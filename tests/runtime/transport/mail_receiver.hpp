#pragma once

#include "tests/runtime/transport/receiver.hpp"

namespace millwright::testing {

struct taken_mail {
  std::string from, to, user, id, subject, data, text;
  int status = 0;
  bool secured = false;
  /// What Python's reader of mail has to say against it.
  size_t defects = 0;
};

/// tests/integration/smtp_receiver.py as a child process, with a directory of its own.
class mail_receiver {
public:
  explicit mail_receiver(const std::string& security = "none", const std::string& user = {},
                         const std::string& password = {})
      : child_{"smtp_receiver.py", arguments_of(security, user, password)} {}

  int port() const { return child_.port; }
  std::string certificate() const { return directory_.path + "/server.pem"; }
  void stop() { child_.stop(); }

  std::vector<taken_mail> mails() const {
    std::vector<taken_mail> out;
    each_line_of(directory_.path + "/mails", [&](const rapidjson::Document& x) {
      out.push_back({x["from"].GetString(), x["to"].GetString(), x["user"].GetString(), x["id"].GetString(),
                     x["subject"].GetString(), x["data"].GetString(), x["text"].GetString(), x["status"].GetInt(),
                     x["secured"].GetBool(), x["defects"].Size()});
    });
    return out;
  }

private:
  std::vector<std::string> arguments_of(const std::string& security, const std::string& user,
                                        const std::string& password) const {
    std::vector<std::string> out{directory_.path + "/mails", directory_.path, security};
    if (!user.empty()) {
      out.push_back(user);
      out.push_back(password);
    }
    return out;
  }

  own_directory directory_;
  serving_child child_;
};

} // namespace millwright::testing
