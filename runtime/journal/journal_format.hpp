#pragma once

#include "actors/alarm/alarm_journal.hpp"
#include "runtime/journal/journal.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

// Tables of the journal's LMDB environment; numbers inside keys are big endian, so that they sort.
//   meta           "format" -> u32; "pair" -> the mark that its ledger has too (runtime/ledger/pair_mark.hpp)
//   alarms         alarm id (16)                                         -> alarm_record
//   outbox         channel digest (16), 255 - priority (1), sequence (8) -> attempts, next try, page,
//                                                                         since when, over which channels too
//   pages          digest of the Idempotency-Key (16)                    -> page_state (1)
//   notifications  cursor (8)                                            -> wall clock, notification
//   told           channel digest (16), alarm id (16; zero: the channel)  -> channel, mark; of the channel its last
//   digest decisions      split digest (16), position (8), sequence (4)         -> kind, content
//   shelves        digest (16) of what is shelved                         -> alarm_shelf
// Every value is version (1), CRC32C (4) of table, key and payload, payload.
enum class journal_table : uint8_t { meta, alarms, outbox, pages, notifications, decisions, told, shelves };

inline constexpr size_t journal_table_count = 8;
inline constexpr std::array<std::string_view, journal_table_count> journal_table_names{
    "meta", "alarms", "outbox", "pages", "notifications", "decisions", "told", "shelves"};
inline constexpr uint32_t journal_format_version = 1;

/// Stored: append only. `failed` is all that ended otherwise than as sent.
enum class page_state : uint8_t { waiting, sent, failed };

std::string sealed(journal_table table, std::string_view key, std::string_view payload);
/// The payload; none when the record is damaged or of a newer version.
std::optional<std::string_view> unsealed(journal_table table, std::string_view key, std::string_view value);

/// For messages, like "alarms/0f3c...".
std::string describe_journal_record(journal_table table, std::string_view key);

std::string alarm_key(const uuid& id);
std::string channel_prefix(const channel_name& channel);
std::string outbox_key(const channel_name& channel, const outbox_place& place);
std::string page_key(std::string_view idempotency_key);
std::string cursor_key(uint64_t cursor);
std::string split_prefix(std::string_view split);
std::string decision_key(std::string_view split, uint64_t position, uint32_t sequence);
/// The big-endian number in `key` at `at`; 0 where the key is too short.
uint64_t number_in(std::string_view key, size_t at, size_t width = 8);

std::string outbox_payload(const outbox_entry& entry);
std::optional<outbox_entry> outbox_entry_of(std::string_view key, std::string_view payload);
std::string notification_payload(const notification& what, event_time recorded);
std::optional<notification_entry> notification_entry_of(std::string_view key, std::string_view payload);
std::string told_key(const channel_name& channel, const uuid& alarm);
std::string told_payload(const told_change& x);
std::string told_payload(const digest_time& x);
/// One or the other, into `content`; false when it is damaged.
bool add_told(std::string_view key, std::string_view payload, journal_content& content);
std::string shelf_key(const shelf_change& x);
std::string decision_payload(const log_decision& entry);
std::optional<log_decision> log_decision_of(std::string_view split, std::string_view key, std::string_view payload);

} // namespace millwright
