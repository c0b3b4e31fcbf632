#include "tools/settings_given.hpp"

#include "runtime/settings/load_settings.hpp"

#include <cstdio>

namespace millwright {

namespace {

void tell(const std::vector<std::string>& notices) {
  for (const auto& each : notices)
    std::fprintf(stderr, "%s\n", each.c_str());
}

node_settings read_settings(const std::string& file, const std::vector<std::string>& beside,
                            std::vector<std::string>* notices) {
  return file.empty() ? settings_from_overrides(beside, notices) : load_settings(file, beside, notices);
}

} // namespace

node_settings settings_given(const arguments& given, std::vector<std::string>* notices) {
  auto out = read_settings(given.text("--config"), given.all(set_option.name), notices);
  if (given.has(csv_option.name))
    out.source.file.csv = load_csv_mapping(given.text(csv_option.name));
  return out;
}

node_settings settings_told(const arguments& given) {
  std::vector<std::string> notices;
  auto out = settings_given(given, &notices);
  tell(notices);
  return out;
}

node_settings settings_told(const std::string& file, const std::vector<std::string>& beside) {
  std::vector<std::string> notices;
  auto out = read_settings(file, beside, &notices);
  tell(notices);
  return out;
}

} // namespace millwright
