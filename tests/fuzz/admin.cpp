// Any line as a request over the node's socket, and any line as a row that a filter looks at.
#include "protocol/failure.hpp"
#include "runtime/admin/admin_request.hpp"
#include "runtime/admin/row_filter.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/plain_json.hpp"

using namespace millwright;
using namespace millwright::fuzz;

namespace {

void check_request(std::string_view line) {
  try {
    const auto x = parse_request(line);
    const auto text = to_json(x);
    const auto y = parse_request(text);
    must(to_json(y) == text, "a request is read as it was meant");
    must(x.results.last <= most_last && x.limit >= 1 && x.limit <= most_alarms && x.plant.limit >= 1 &&
             x.plant.limit <= most_plant_rows,
         "a request asks for so much only");
    must(y.plant.name == x.plant.name && y.plant.facility == x.plant.facility && y.plant.kind == x.plant.kind &&
             y.plant.limit == x.plant.limit,
         "what of the plant is meant stays");
  } catch (const failure& mistake) {
    must(mistake.code() == failure_code::bad_usage && mistake.what()[0] != '\0', "a mistake is told");
  }
}

// The filter only promises to be right for rows as millwright writes them: an id in one way only.
void check_filter(input_bytes in) {
  const std::string sensor{in.piece()}, facility{in.piece()};
  const auto line = in.rest();
  const row_filter filter{sensor, facility};
  const bool taken = filter.takes(line);
  const auto row = read_plain_object(line);
  if (!row || !taken || filter.takes_all())
    return;
  const auto is = [&](const char* key, const std::string& wanted) {
    const auto found = row->fields.find(key);
    return wanted.empty() || (found != row->fields.end() && found->second.content == wanted);
  };
  must(is("sensor_id", sensor) && is("facility_id", facility), "a row that is taken is the one asked for");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input_bytes in{data, size};
  if (in.choice(4) == 0)
    check_filter(in);
  else
    check_request(in.rest());
  return 0;
}
