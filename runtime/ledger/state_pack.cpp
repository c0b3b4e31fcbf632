#include "runtime/ledger/state_pack.hpp"

#include <algorithm>

namespace millwright {

void state_pack::add(const state_entry& next) {
  const auto shared = static_cast<size_t>(
      std::mismatch(last_.begin(), last_.end(), next.key.begin(), next.key.end()).first - last_.begin());
  binary_writer out{bytes_};
  out.varint(shared);
  out.text(next.key.substr(shared));
  out.varint(next.number);
  out.text(next.bytes);
  if (count_++ == 0)
    first_ = next.key;
  last_.resize(shared);
  last_ += next.key.substr(shared);
}

void state_pack::clear() {
  bytes_.clear();
  last_.clear();
  count_ = 0;
}

std::optional<state_entry> state_pack_reader::next() {
  if (in_.at_end())
    return std::nullopt;
  const uint64_t shared = in_.varint();
  const auto own = in_.text();
  state_entry out;
  out.number = in_.varint();
  out.bytes = in_.text();
  if (!in_.ok() || shared > key_.size()) {
    in_.fail();
    return std::nullopt;
  }
  key_.resize(shared);
  key_ += own;
  out.key = key_;
  return out;
}

std::string encode(const pack_place& place) {
  std::string out;
  binary_writer writer{out};
  writer.varint(place.commit);
  writer.varint(place.ordinal);
  writer.varint(place.count);
  return out;
}

std::optional<pack_place> read_pack_place(std::string_view payload) {
  binary_reader reader{payload};
  pack_place out;
  out.commit = reader.varint();
  out.ordinal = static_cast<uint32_t>(reader.varint());
  out.count = static_cast<uint32_t>(reader.varint());
  return reader.ok() && reader.at_end() ? std::optional{out} : std::nullopt;
}

} // namespace millwright
