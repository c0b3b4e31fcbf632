#include "runtime/journal/journal_format.hpp"

#include "protocol/code_point.hpp"
#include "runtime/ledger/crc32c.hpp"

#include <algorithm>
#include <cstring>

namespace millwright {

namespace {

constexpr uint8_t journal_record_version = 1;
constexpr size_t header_size = 5;
// Of a mark, beside the severity.
constexpr uint8_t open_state_flag = 0x80, as_pages_flag = 0x40;

uint8_t behind_byte(const std::optional<severity>& x) {
  return x ? static_cast<uint8_t>(1 + static_cast<uint8_t>(*x)) : 0;
}

bool read_behind(uint8_t byte, std::optional<severity>& to) {
  if (byte > 1 + static_cast<uint8_t>(severity::critical))
    return false;
  if (byte > 0)
    to = static_cast<severity>(byte - 1);
  return true;
}

uint32_t sum_of(journal_table table, std::string_view key, std::string_view payload) {
  const char number = static_cast<char>(table);
  return crc32c(payload, crc32c(key, crc32c({&number, 1})));
}

std::string hex_of(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : bytes) {
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

void put_big_endian(std::string& out, uint64_t x, size_t width = 8) {
  for (size_t i = width; i-- > 0;)
    out += static_cast<char>(x >> (8 * i));
}

// Names are digested: LMDB's keys end at 511 bytes, a file's path may not.
std::string digest(std::string_view name) {
  const auto id = uuid_v5(name);
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

} // namespace

std::string sealed(journal_table table, std::string_view key, std::string_view payload) {
  std::string out;
  out.reserve(header_size + payload.size());
  binary_writer writer{out};
  writer.u8(journal_record_version);
  writer.u32(sum_of(table, key, payload));
  out += payload;
  return out;
}

std::optional<std::string_view> unsealed(journal_table table, std::string_view key, std::string_view value) {
  binary_reader in{value};
  if (in.u8() != journal_record_version)
    return std::nullopt;
  const auto sum = in.u32();
  if (!in.ok() || sum_of(table, key, value.substr(header_size)) != sum)
    return std::nullopt;
  return value.substr(header_size);
}

std::string alarm_key(const uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

std::string channel_prefix(const channel_name& channel) {
  return digest("channel " + channel.text);
}

std::string outbox_key(const channel_name& channel, const outbox_place& place) {
  auto out = channel_prefix(channel);
  out += static_cast<char>(255 - std::clamp(place.priority, 0, 255));
  put_big_endian(out, place.sequence);
  return out;
}

std::string page_key(std::string_view idempotency_key) {
  return digest(idempotency_key);
}

std::string cursor_key(uint64_t cursor) {
  std::string out;
  put_big_endian(out, cursor);
  return out;
}

std::string split_prefix(std::string_view split) {
  return digest("split " + std::string{split});
}

std::string decision_key(std::string_view split, uint64_t position, uint32_t sequence) {
  auto out = split_prefix(split);
  put_big_endian(out, position);
  put_big_endian(out, sequence, 4);
  return out;
}

uint64_t number_in(std::string_view key, size_t at, size_t width) {
  if (key.size() < at + width)
    return 0;
  uint64_t out = 0;
  for (size_t i = 0; i < width; ++i)
    out = out << 8 | static_cast<uint8_t>(key[at + i]);
  return out;
}

std::string outbox_payload(const outbox_entry& entry) {
  std::string out;
  binary_writer writer{out};
  writer.varint(entry.attempts);
  writer.time(entry.next_try);
  encode(writer, entry.what);
  // Behind the page: what the first version did not have.
  writer.time(entry.due);
  // Behind that: what the second did not have.
  writer.varint(entry.over.size());
  for (const auto& each : entry.over)
    writer.text(each.text);
  // Behind that: what the third did not have.
  writer.u8(entry.perhaps_taken ? 1 : 0);
  return out;
}

std::optional<outbox_entry> outbox_entry_of(std::string_view key, std::string_view payload) {
  binary_reader in{payload};
  outbox_entry out;
  out.sequence = number_in(key, 17);
  out.attempts = static_cast<uint32_t>(in.varint());
  out.next_try = in.time();
  auto what = decode_page(in);
  if (!what)
    return std::nullopt;
  out.what = std::move(*what);
  if (!in.at_end())
    out.due = in.time();
  if (!in.at_end()) {
    out.over.resize(in.count(1));
    for (auto& each : out.over)
      each.text = in.text();
  }
  // Which tries were refused the older versions did not say; one, if it is short for that.
  out.perhaps_taken = in.at_end() ? out.attempts > (out.what.shortest ? 1U : 0U) : in.u8() != 0;
  if (!in.ok())
    return std::nullopt;
  return out;
}

std::string notification_payload(const notification& what, event_time recorded) {
  std::string out;
  binary_writer writer{out};
  writer.time(recorded);
  encode(writer, what);
  return out;
}

std::optional<notification_entry> notification_entry_of(std::string_view key, std::string_view payload) {
  binary_reader in{payload};
  const auto recorded = in.time();
  auto what = decode_notification(in);
  if (!what)
    return std::nullopt;
  return notification_entry{number_in(key, 0), std::move(*what), recorded};
}

std::string told_key(const channel_name& channel, const uuid& alarm) {
  return channel_prefix(channel) + alarm_key(alarm);
}

std::string shelf_key(const shelf_change& x) {
  std::string name{name_of(x.what)};
  for (const auto* each : {&x.of.facility.text, &x.of.sensor.text, &x.of.unit.text}) {
    name += '\0';
    name += *each;
  }
  if (x.what == alarm_shelf::scope::alarm)
    name += '\0' + std::string{name_of(x.of.which)};
  return digest(name);
}

std::string told_payload(const told_change& x) {
  std::string out;
  binary_writer writer{out};
  const auto mark = x.mark.value_or(told_mark{});
  writer.text(x.channel.text);
  writer.u8(static_cast<uint8_t>(mark.how));
  writer.varint(mark.number);
  // Behind that: what the first version did not have.
  if (mark.behind || mark.open_state || mark.as_pages)
    writer.u8(static_cast<uint8_t>(behind_byte(mark.behind) | (mark.open_state ? open_state_flag : 0) |
                                   (mark.as_pages ? as_pages_flag : 0)));
  if (mark.as_pages) {
    writer.u8(static_cast<uint8_t>(mark.as_pages->how));
    writer.varint(mark.as_pages->number);
    writer.u8(behind_byte(mark.as_pages->behind));
  }
  return out;
}

std::string told_payload(const digest_time& x) {
  std::string out;
  binary_writer writer{out};
  writer.text(x.channel.text);
  writer.time(x.at);
  return out;
}

bool add_told(std::string_view key, std::string_view payload, journal_content& content) {
  if (key.size() != 32)
    return false;
  uuid alarm;
  std::memcpy(alarm.bytes.data(), key.data() + 16, alarm.bytes.size());
  binary_reader in{payload};
  const channel_name channel{std::string{in.text()}};
  if (alarm == uuid{}) {
    content.digests.push_back({channel, in.time()});
    return in.ok();
  }
  const auto how = in.u8();
  told_mark mark;
  mark.number = static_cast<uint32_t>(in.varint());
  const uint8_t more = in.at_end() ? 0 : in.u8();
  if (how > static_cast<uint8_t>(told_mark::last_way) ||
      !read_behind(more & static_cast<uint8_t>(~(open_state_flag | as_pages_flag)), mark.behind))
    return false;
  mark.how = static_cast<told_mark::way>(how);
  mark.open_state = (more & open_state_flag) != 0;
  if ((more & as_pages_flag) != 0) {
    auto& pages = mark.as_pages.emplace();
    const auto as = in.u8();
    pages.how = static_cast<told_way>(as);
    pages.number = static_cast<uint32_t>(in.varint());
    if (!mark.of_states() || as > static_cast<uint8_t>(told_way::by_digest) || !read_behind(in.u8(), pages.behind))
      return false;
  }
  if (!in.ok())
    return false;
  content.told.push_back({channel, alarm, mark});
  return true;
}

std::string decision_payload(const log_decision& entry) {
  std::string out;
  binary_writer writer{out};
  writer.text(entry.kind);
  writer.text(entry.content);
  return out;
}

std::optional<log_decision> log_decision_of(std::string_view split, std::string_view key, std::string_view payload) {
  binary_reader in{payload};
  log_decision out;
  out.split = split;
  out.position = number_in(key, 16);
  out.sequence = static_cast<uint32_t>(number_in(key, 24, 4));
  out.kind = in.text();
  out.content = in.text();
  if (!in.ok())
    return std::nullopt;
  return out;
}

std::string describe_journal_record(journal_table table, std::string_view key) {
  auto out = std::string{journal_table_names[static_cast<size_t>(table)]} + '/';
  if (table == journal_table::meta)
    return out + printable(key);
  if (table == journal_table::alarms && key.size() == 16) {
    uuid id;
    std::memcpy(id.bytes.data(), key.data(), id.bytes.size());
    return out + to_string(id);
  }
  if (table == journal_table::outbox && key.size() == 25)
    return out + "page " + std::to_string(number_in(key, 17)) + " of channel " + hex_of(key.substr(0, 4));
  if (table == journal_table::told && key.size() == 32)
    return out + "what channel " + hex_of(key.substr(0, 4)) + " was told of alarm " + hex_of(key.substr(16, 4));
  if (table == journal_table::notifications && key.size() == 8)
    return out + std::to_string(number_in(key, 0));
  if (table == journal_table::decisions && key.size() == 28)
    return out + "position " + std::to_string(number_in(key, 16)) + " of split " + hex_of(key.substr(0, 4));
  return out + hex_of(key);
}

} // namespace millwright
