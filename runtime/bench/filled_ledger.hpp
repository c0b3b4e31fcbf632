#pragma once

#include "runtime/bench/bench_row.hpp"
#include "runtime/bench/load_plant.hpp"
#include "runtime/bench/load_source.hpp"

#include <chrono>
#include <functional>

namespace millwright {

/// Does `work` in a child process, so that its memory is not in this one's. Only before there are threads. Throws
/// std::runtime_error with the child's words where it failed.
void in_child(const std::function<void()>& work);

/// Writes the plant's metadata, and stores as a node leaves them behind after a quarter of an hour in which each sensor
/// reported every `interval`: what a restart, or a plant that has run for long, begins with. They end at `end`; the
/// next reading is for a second later or more. In a child process.
void prepare_plant(const bench_request& request, const load_plant& plant, event_time end,
                   std::chrono::milliseconds interval = std::chrono::seconds{1});

/// Prepares the plant, and returns the load that goes on from there: a second behind its end, scattered from the first
/// reading on. Its phases are the row's.
load_shape prepared_load(const bench_request& request, const load_plant& plant,
                         std::chrono::milliseconds interval = std::chrono::seconds{1});

} // namespace millwright
