#include "runtime/source/record_stream.hpp"

namespace millwright {

record_stream::state ndjson_stream::look() {
  if (in_view_)
    return state::ready;
  std::span<char> line;
  switch (reader_.next(line)) {
  case line_reader::state::line:
    view(line.data(), line.size());
    return state::ready;
  case line_reader::state::too_long:
    view_damage(reader_.path() + ": a line of more than " + std::to_string(line_reader::longest) + " bytes is skipped");
    return state::ready;
  case line_reader::state::starved:
    return state::starved;
  case line_reader::state::broken:
    if (!broken_) {
      broken_ = true;
      view_damage(reader_.path() + ": " + reader_.why());
      return state::ready;
    }
    [[fallthrough]];
  case line_reader::state::finished:
    break;
  }
  return state::finished;
}

} // namespace millwright
