#pragma once

#include "protocol/plain_path.hpp"
#include "runtime/journal/store_pair.hpp"
#include "runtime/ledger/repair/backup.hpp"
#include "runtime/settings/load_settings.hpp"
#include "tools/arguments.hpp"

#include <string>
#include <utility>

namespace millwright {

/// How the commands that work on a node's ledger and alarm journal are told which.
inline constexpr option ledger_option{"--ledger", "", "PATH", "the node's ledger (data/ledger)"};
inline constexpr option journal_option{"--journal", "", "PATH",
                                       "the node's alarm journal (beside the ledger: PATH-alarms)"};
inline constexpr option store_config_option{"--config", "-c", "FILE.yaml",
                                            "the node's configuration, which names both"};

/// `ledger` where it is not empty, else what the options or the configuration name.
inline store_places places_of(const arguments& given, const std::string& ledger) {
  const auto settings = given.has("--config") ? load_settings(given.text("--config")) : node_settings{};
  store_places out{ledger.empty() ? settings.ledger.path : ledger, given.text("--journal")};
  out.ledger = plain_path(std::move(out.ledger));
  if (out.journal.empty())
    out.journal = settings.alarms.path.empty() || !ledger.empty() ? journal_beside(out.ledger) : settings.alarms.path;
  return out;
}

/// "12.3 MB".
std::string bytes_text(uint64_t bytes);

} // namespace millwright
