#include "protocol/failure.hpp"
#include "runtime/settings/load_settings.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace millwright {

namespace {

constexpr std::string_view from_environment = "env:", from_file = "file:";

std::string value_in_file(const std::string& reference, const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  if (in)
    text << in.rdbuf();
  if (!in || text.fail())
    throw failure{failure_code::bad_configuration, reference,
                  "the secret's file cannot be read: " + std::string{std::strerror(errno)}};
  return text.str();
}

} // namespace

bool secret_reference::is_one(const std::string& text) {
  return (text.starts_with(from_environment) && text.size() > from_environment.size()) ||
         (text.starts_with(from_file) && text.size() > from_file.size());
}

std::string secret_reference::resolve() const {
  std::string value;
  if (text.starts_with(from_environment)) {
    const char* found = std::getenv(text.c_str() + from_environment.size());
    if (!found)
      throw failure{failure_code::bad_configuration, text, "the secret's environment variable is not set"};
    value = found;
  } else if (text.starts_with(from_file)) {
    value = value_in_file(text, text.substr(from_file.size()));
  } else {
    // The text is not repeated: it may be the secret itself.
    throw failure{failure_code::bad_configuration, "secret", "expected env:NAME or file:PATH"};
  }
  while (value.ends_with('\n') || value.ends_with('\r'))
    value.pop_back();
  if (value.empty())
    throw failure{failure_code::bad_configuration, text, "the secret is empty"};
  return value;
}

std::map<std::string, std::string> resolved_properties(const kafka_settings& settings) {
  auto properties = settings.properties;
  for (auto& [name, value] : properties)
    if (value.starts_with(from_environment) || value.starts_with(from_file))
      value = secret_reference{value}.resolve();
  return properties;
}

} // namespace millwright
