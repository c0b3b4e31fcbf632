#pragma once

#include "runtime/settings/settings.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace millwright {

/// The settings of `file`, then `overrides` ("KEY=VALUE", dotted keys; a later one wins), the rest at its default.
/// Without `channels` there is one, the terminal. Paths in it stay as written: relative to the working directory.
/// Throws `failure(bad_configuration)` that names every mistake, a line each: "FILE:LINE: KEY: expected ..., got ..."
/// or "--set KEY: ...". Secrets are not resolved yet, and never repeated in a message. `notices` gets what stops
/// nothing, a line each: keys that are gone (runtime/settings/gone_keys.hpp).
node_settings load_settings(const std::filesystem::path& file, const std::vector<std::string>& overrides = {},
                            std::vector<std::string>* notices = nullptr);

/// The same without a file.
node_settings settings_from_overrides(const std::vector<std::string>& overrides,
                                      std::vector<std::string>* notices = nullptr);

/// A CSV mapping in a file of its own (the keys of `source.file.csv` at its top). Throws `failure(bad_mapping)`.
csv_mapping load_csv_mapping(const std::filesystem::path& file);

/// librdkafka properties with the secrets among them (`env:NAME`, `file:PATH`) resolved. Throws like `resolve`.
std::map<std::string, std::string> resolved_properties(const kafka_settings& settings);

/// What is known of a setting beside its value.
struct setting_description;
/// Every setting there is, in the order of the tables (definition: runtime/settings/field.hpp).
std::vector<setting_description> described_settings();

/// "key: value" a line, for the log and comparisons; without secrets, and URLs cut behind the host.
std::string settings_text(const node_settings& settings);

} // namespace millwright
