#include "tools/own_name.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace millwright {

std::string own_name() {
  if (const char* name = std::getenv("USER"); name && *name)
    return name;
  const auto* entry = ::getpwuid(::geteuid());
  return entry ? entry->pw_name : "user " + std::to_string(::geteuid());
}

} // namespace millwright
