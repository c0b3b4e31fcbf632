#pragma once

#include "runtime/bench/bench_row.hpp"
#include "runtime/bench/load_plant.hpp"

namespace millwright {

/// Fills the ledger of `request` with the states of all the plant's sensors after a quarter of an hour at 1 Hz, which
/// ends at `end`. A plant that is too large to be run for so long in a benchmark goes on from there.
void fill_ledger(const bench_request& request, const load_plant& plant, event_time end);

} // namespace millwright
