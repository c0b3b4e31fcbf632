#pragma once

#include "runtime/health/model_set.hpp"
#include "runtime/metadata/file_stamp.hpp"

#include <map>
#include <optional>
#include <string>

namespace millwright {

/// Sensor type -> file, as the configuration names them.
using model_paths = std::map<std::string, std::string>;

/// Reads and checks the files of models. Throws `failure` (bad_configuration) at the first mistake: an unknown type, a
/// file that cannot be read, is damaged or is for another type.
model_files load_models(const model_paths& paths, const sensor_type_table& types);

/// As above, every mistake a line; none: all are right.
std::vector<std::string> mistakes_of_models(const model_paths& paths, const sensor_type_table& types);

/// Notices that a model's file has been replaced. A file that is no model changes nothing: the one before stays. For
/// one thread at a time.
class model_watcher {
public:
  /// @param known what is in force; a type that `paths` does not name loses its model. `types` outlives it.
  model_watcher(model_paths paths, model_files known, const sensor_type_table& types);

  /// What is to be in force, once a change; none when nothing has changed. Costs a stat call a file when nothing has.
  std::optional<model_files> poll();

  /// What the newest content of the files has that is not valid, a line each: those models stay what they were.
  const std::map<std::string, std::string>& refused() const { return refused_; }
  /// In one line; empty: every file is sound.
  std::string trouble() const;

private:
  struct watched {
    std::string path;
    file_stamp stamp;
    /// It was so young when read that a change may not show.
    bool fresh = true;
  };

  bool look_at(const std::string& type, watched& file);

  const sensor_type_table& types_;
  std::map<std::string, watched> files_;
  model_files known_;
  bool changed_ = false;
  std::map<std::string, std::string> refused_;
};

} // namespace millwright
