#pragma once

#include "runtime/settings/load_settings.hpp"
#include "tools/arguments.hpp"

#include <string>

namespace millwright {

/// How the commands that ask a running node are told which one.
inline constexpr option socket_option{"--socket", "", "PATH", "the node's local socket (data/millwright.sock)"};
inline constexpr option socket_config_option{"--config", "-c", "FILE.yaml",
                                             "the node's configuration, which names its socket"};

/// --socket, else node.socket of the configuration, else the standard one.
inline std::string socket_of(const arguments& given) {
  if (given.has("--socket"))
    return given.text("--socket");
  if (given.has("--config"))
    return load_settings(given.text("--config")).socket;
  return node_settings{}.socket;
}

} // namespace millwright
