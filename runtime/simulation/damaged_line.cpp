#include "runtime/simulation/damaged_line.hpp"

#include <string_view>

namespace millwright {

namespace {

void replace(std::string& out, size_t begin, std::string_view from, std::string_view to) {
  if (const auto at = out.find(from, begin); at != out.npos)
    out.replace(at, from.size(), to);
}

} // namespace

void damage_line(std::string& out, size_t begin, uint64_t draw) {
  switch (draw % 7) {
  case 0: // the writer died
    out.resize(begin + (out.size() - begin) * 2 / 3);
    break;
  case 1:
    replace(out, begin, "\"timestamp\":", "\"time_stamp\":");
    break;
  case 2: // no zone
    replace(out, begin, "Z\",\"facility_id\"", "\",\"facility_id\"");
    break;
  case 3:
    replace(out, begin, "\"quality_score\":", "\"quality_score\":NaN,\"q\":");
    break;
  case 4:
    replace(out, begin, "\"facility_id\":\"", "\"facility_id\":17,\"f\":\"");
    break;
  case 5: // two writers in one line
    out += "{\"sensor_id\":";
    break;
  default:
    out.resize(begin);
    out += "ERR 17 no answer from the instrument";
  }
}

} // namespace millwright
