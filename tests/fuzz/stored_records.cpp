// Bytes as every other thing that is stored: alarms, pages, splits, decisions, ledger records, packed results.
#include "protocol/alarm_record.hpp"
#include "protocol/code_point.hpp"
#include "runtime/entry/split_state.hpp"
#include "runtime/journal/journal_format.hpp"
#include "runtime/ledger/record_reader.hpp"
#include "runtime/ledger/record_writer.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/must.hpp"

#include <rapidjson/document.h>

#include <cstdlib>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

void must_be_json(const std::string& text) {
  rapidjson::Document document;
  must(!document.Parse(text.data(), text.size()).HasParseError() && document.IsObject(), "a row is a JSON object");
}

template <class T>
std::string stored(const T& x) {
  std::string out;
  binary_writer writer{out};
  encode(writer, x);
  return out;
}

// Times that no calendar shows are refused but for a margin of some years, which is not looked at here.
bool can_be(event_time at) {
  return at == never || (at >= from_epoch_ms(-62'135'596'800'000) && at <= from_epoch_ms(253'402'300'799'999));
}
bool can_be(const alarm_transition& x) {
  return can_be(x.at) && can_be(x.raised_at);
}
bool can_be(const page& x) {
  return can_be(x.about);
}
bool can_be(const notification& x) {
  return can_be(x.timestamp);
}
bool can_be(const alarm_record& x) {
  for (const auto& each : x.remarks)
    if (!can_be(each.at))
      return false;
  return can_be(x.raise) && can_be(x.latest) && can_be(x.acknowledged_at) && can_be(x.changed_at) &&
         (!x.shelved || (can_be(x.shelved->since) && can_be(x.shelved->until)));
}

/// What decodes is shown to people, and is stored and read again as the same.
template <class T, class Decode, class Show>
void check_codec(std::string_view bytes, Decode decode, Show show) {
  binary_reader in{bytes};
  const auto x = decode(in);
  if (!x)
    return;
  const auto first = stored(*x);
  binary_reader again{first};
  const auto y = decode(again);
  must(y && again.ok() && again.at_end(), "what was stored is read");
  must(stored(*y) == first, "it is stored as the same bytes again");
  if (!can_be(*x))
    return;
  std::string text;
  show(text, *x);
  must_be_json(text);
}

void check_split(std::string_view bytes) {
  split_state split;
  if (!decode_split(bytes, split))
    return;
  const auto first = encode_split(split);
  split_state again;
  must(decode_split(first, again) && encode_split(again) == first, "a split is stored as it was read");
  if (!can_be(split.clock.watermark()) || std::abs(split.clock.activity().count()) > epoch_ms(forever))
    return;
  auto at = from_epoch_ms(1'795'000'000'000);
  for (int i = 0; i < 24; ++i) {
    at += milliseconds{i % 3 == 0 ? 90'000'000 : -1000};
    if (i % 4 == 0)
      split.clock.take_live(at, at, at + split_clock::far);
    else
      split.clock.take_replayed({{"f"}, {i % 2 == 0 ? "a" : "b"}}, at);
  }
  encode_split(split);
}

void check_journal(input_bytes in) {
  const auto key = in.piece();
  const auto payload = in.rest();
  if (const auto x = outbox_entry_of(key, payload)) {
    const auto bytes = outbox_payload(*x);
    const auto y = outbox_entry_of(key, bytes);
    must(y && outbox_payload(*y) == bytes, "a waiting page is stored as it was read");
  }
  if (const auto x = notification_entry_of(key, payload)) {
    const auto bytes = notification_payload(x->what, x->recorded);
    const auto y = notification_entry_of(key, bytes);
    must(y && notification_payload(y->what, y->recorded) == bytes, "a notification is stored as it was read");
  }
  if (const auto x = log_decision_of("split", key, payload)) {
    const auto bytes = decision_payload(*x);
    const auto y = log_decision_of("split", key, bytes);
    must(y && y->kind == x->kind && y->content == x->content, "a decision is stored as it was read");
  }
}

void check_sealed(input_bytes in) {
  const auto table = static_cast<journal_table>(in.choice(journal_table_count));
  const auto key = in.piece();
  const size_t flip = in.number<uint16_t>();
  const auto payload = in.rest();
  unsealed(table, key, payload);
  auto whole = sealed(table, key, payload);
  must(unsealed(table, key, whole) == payload, "what was sealed is unsealed");
  whole[flip % whole.size()] = static_cast<char>(whole[flip % whole.size()] ^ (1 << flip % 8));
  must(!unsealed(table, key, whole), "a flipped bit is found");
}

void check_record(input_bytes in) {
  const auto table = static_cast<ledger_table>(in.choice(fixed_ledger_tables));
  const size_t flip = in.number<uint16_t>(), repeat = in.choice(4) == 0 ? 3 : 1;
  std::string key;
  for (const auto piece = in.piece(); key.size() < piece.size() * repeat;)
    key += piece;
  const auto payload = in.rest();
  record_view view;
  read_record(table, key, payload, view);
  const auto name = describe_record(table, key);
  must(printable(name) == name, "a terminal bears the name of any record");

  std::string room, value(record_size(key, payload), '\0');
  const std::string under{stored_key(key, room)};
  // A key of the length of a folded one is taken for one: LMDB's limit keeps it from being stored as it is.
  if (key.size() == folded_key_size)
    return;
  write_record(value.data(), table, key, payload);
  must(read_record(table, under, value, view) == record_state::good && view.key == key && view.payload == payload,
       "a record is read as it was written");
  value[flip % value.size()] = static_cast<char>(value[flip % value.size()] ^ (1 << flip % 8));
  must(read_record(table, under, value, view) == record_state::damaged, "a flipped bit is found");
}

void check_results(input_bytes in) {
  static result_packer packer;
  const size_t flip = in.number<uint16_t>();
  const auto bytes = in.rest();
  std::string lines;
  if (const auto header = read_result_header(bytes))
    if (unpack_lines(bytes, *header, lines))
      must(lines.size() == header->size, "a block has the size that it names");
  result_block block{result_kind::statistics, from_epoch_ms(1), from_epoch_ms(2), 3, bytes};
  auto payload = packer.pack(block, from_epoch_ms(4));
  const auto header = read_result_header(payload);
  must(header && unpack_lines(payload, *header, lines) && lines == bytes, "a block is unpacked as it was packed");
  char& byte = payload[flip % payload.size()];
  byte = static_cast<char>(byte ^ (1 << flip % 8));
  if (const auto other = read_result_header(payload))
    unpack_lines(payload, *other, lines);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input_bytes in{data, size};
  const auto json = [](std::string& out, const auto& x) { append_json(out, x); };
  switch (in.choice(9)) {
  case 0:
    check_codec<alarm_transition>(in.rest(), decode_alarm_transition, json);
    break;
  case 1:
    check_codec<page>(in.rest(), decode_page, json);
    break;
  case 2:
    check_codec<notification>(in.rest(), decode_notification, append_notification_json);
    break;
  case 3:
    check_codec<alarm_record>(in.rest(), decode_alarm_record, json);
    break;
  case 4:
    check_split(in.rest());
    break;
  case 5:
    check_journal(in);
    break;
  case 6:
    check_sealed(in);
    break;
  case 7:
    check_record(in);
    break;
  default:
    check_results(in);
  }
  return 0;
}
