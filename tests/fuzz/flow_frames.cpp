// Bytes as frames and answers between shards, and as what shards keep of them.
#include "runtime/flow/part_receiver.hpp"
#include "runtime/flow/part_sender.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/must.hpp"

#include <array>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

constexpr std::array<uint16_t, 2> sources{0, 1};

std::string joined(const entity_key&, std::string_view a, std::string_view b) {
  return std::string{a} + std::string{b};
}

std::string again(const flow_frame_view& view) {
  std::string out;
  encode(out, view.frame, view.names, view.parts.size());
  for (const auto& each : view.parts)
    encode(out, each);
  return out;
}

void check_frame(std::string_view bytes) {
  const auto view = decode_flow_frame(bytes);
  if (!view)
    return;
  const auto once = again(*view);
  const auto read = decode_flow_frame(once);
  must(read && read->frame == view->frame && again(*read) == once, "a frame is written as it was read");
}

/// A life of a receiver that gets anything.
void check_receiver(input_bytes in) {
  part_receiver end{0, 1, sources};
  uint64_t barrier = 0, bytes = 0;
  while (!in.empty()) {
    const uint8_t what = in.choice(8);
    if (what < 5)
      end.take(in.piece());
    else if (what < 7)
      end.cut(++barrier, [&](uint16_t, const flow_part_view& part) {
        bytes += part.bytes.size() + end.target(part.target).id.size();
      });
    else
      end.committed(barrier);
    end.visit_open([&](uint16_t, const flow_part_view& part) { bytes += part.bytes.size(); });
    for (const uint16_t source : sources)
      must(end.stream(source)->held() <= flow_limits{}.bundles + 1, "a receiver holds no more than it may");
    std::string answer;
    while (end.next(answer))
      must(decode_flow_answer(answer).has_value(), "an answer can be read");
  }
  std::string stored, twice;
  end.encode(stored);
  part_receiver heir{0, 2, sources};
  must(heir.decode(stored), "a receiver's state can be read");
  heir.encode(twice);
  must(stored == twice, "it is stored as it was read");
}

/// What a shard keeps, read from anywhere, and what it makes of any answer.
void check_sender(input_bytes in) {
  part_sender end{1, 0, 7, joined};
  const size_t size = in.number<uint16_t>();
  const auto rest = in.rest();
  const auto stored = rest.substr(0, size);
  if (!end.decode(stored))
    return;
  std::string once, frame;
  end.encode(once);
  part_sender other{1, 0, 8, joined};
  must(other.decode(once), "what a shard keeps can be read");
  milliseconds now{0};
  for (int i = 0; i < 8; ++i) {
    now += milliseconds{700};
    while (end.next(now, frame))
      must(decode_flow_frame(frame).has_value(), "a frame can be read");
    if (const auto said = decode_flow_answer(rest.substr(stored.size())))
      end.take(*said, now);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input_bytes in{data, size};
  switch (in.choice(4)) {
  case 0:
    check_frame(in.rest());
    break;
  case 1:
    check_receiver(in);
    break;
  case 2:
    check_sender(in);
    break;
  default:
    decode_flow_answer(in.rest());
  }
  return 0;
}
