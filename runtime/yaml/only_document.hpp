#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace millwright {

/// The one document that `text` holds; null when it holds none. Throws YAML::ParserException with the place of what is
/// no YAML, of a second document, and of a beginning that yaml-cpp 0.7 would take for documents without end.
YAML::Node only_document(const std::string& text);

} // namespace millwright
