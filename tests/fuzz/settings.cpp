// Any text as a configuration file, a CSV mapping or overrides: settings, or a mistake told as `failure`.
#include "protocol/failure.hpp"
#include "runtime/settings/load_settings.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/text_file.hpp"

using namespace millwright;
using namespace millwright::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static text_file file;
  input_bytes in{data, size};
  const uint8_t how = in.choice(4);
  const auto text = in.rest();
  try {
    if (how == 1) {
      load_csv_mapping(file.holding(text));
    } else if (how == 2) {
      std::vector<std::string> overrides;
      for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        overrides.emplace_back(text.substr(at, end - at));
        at = end + 1;
      }
      settings_text(settings_from_overrides(overrides));
    } else {
      const auto settings = load_settings(file.holding(text));
      must(settings.shards > 0 && settings.credit > 0 && settings.sensors_max > 0,
           "settings that are taken make sense");
      must(!settings_text(settings).empty(), "settings are shown");
    }
  } catch (const failure& mistake) {
    must(mistake.what()[0] != '\0', "a mistake is told");
  }
  return 0;
}
