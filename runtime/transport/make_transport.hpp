#pragma once

#include "actors/alarm/stateful_receiver.hpp"
#include "runtime/message/channel_words.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/transport/acknowledgement_poll.hpp"
#include "runtime/transport/line_transports.hpp"

#include <memory>
#include <vector>

namespace spdlog {
class logger;
}

namespace millwright {

/// What the channels need beside their settings.
struct channel_surroundings {
  /// Gets the lines of `terminal` channels, on their threads.
  terminal_transport::print_function print;
  bool colour = false;
  /// `log` channels write to its sinks; none: to those of spdlog's default.
  std::shared_ptr<spdlog::logger> log;
  /// Of the retries' jitter.
  uint64_t seed = 1;
};

/// The words that `settings` puts in the place of ours.
channel_words own_words_of(const channel_settings& settings);

/// The transport that `settings` asks for. Throws failure(bad_configuration), also for a secret that cannot be read.
std::shared_ptr<transport> make_transport(const channel_settings& settings, const channel_surroundings& around);

/// Where people acknowledge what they were told over the channel, as its settings say; null: nowhere that can be asked.
/// Throws as above.
std::unique_ptr<acknowledgement_source> acknowledgement_source_of(const channel_settings& settings);

/// How the channels are told whose receivers keep a state of each alarm.
stateful_receivers stateful_of(const std::vector<channel_settings>& channels);

} // namespace millwright
