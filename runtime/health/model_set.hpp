#pragma once

#include "protocol/sensor_type.hpp"
#include "runtime/health/health_model.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The models that hold at a position of a log, by sensor type. Immutable: any thread may ask it.
struct model_set {
  /// Null: the type has none.
  std::vector<std::shared_ptr<const loaded_model>> of_type;

  bool empty() const;
  /// Null: the type has none.
  const loaded_model* of(sensor_type_index type) const { return type < of_type.size() ? of_type[type].get() : nullptr; }
};

/// The files of models as they are in force: sensor type -> bytes.
using model_files = std::map<std::string, std::string>;

/// All of them in one string: what a log entry stores. The same files give the same bytes; none is the empty one.
std::string model_content(const model_files& files);

/// What `model_content` was made of. Throws `failure` (bad_configuration) when it is damaged.
model_files files_of_content(std::string_view content);

/// The models of valid files. One of a type that is not in the table, or that this program cannot use any more (it was
/// stored by another one), is left out and told to `unusable`, a line each.
model_set models_of(const model_files& files, const sensor_type_table& types, std::vector<std::string>& unusable);

} // namespace millwright
