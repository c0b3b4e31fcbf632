#pragma once

#include "runtime/ledger/ledger_tables.hpp"

namespace millwright {

/// States in records of their own, and lists of packs of them. A record is newer than the pack that has its key too.
struct state_store {
  ledger_table records, packs;
};

/// Whole states, and what has changed since; see record_format.hpp.
struct state_tables {
  state_store whole, changes;
};

inline constexpr state_tables sensor_tables{{ledger_table::sensors, ledger_table::sensor_packs},
                                            {ledger_table::changes, ledger_table::change_packs}};
inline constexpr state_tables actor_tables{{ledger_table::actors, ledger_table::actor_packs},
                                           {ledger_table::actor_changes, ledger_table::actor_change_packs}};

} // namespace millwright
