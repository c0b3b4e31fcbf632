#include "runtime/health/health_model.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "runtime/health/health_features.hpp"
#include "runtime/ledger/crc32c.hpp"

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace millwright {

namespace {

// magic, version, CRC32C of all that follows; then the fields. Append only behind a new version.
constexpr std::string_view magic = "MWHEALTH";
constexpr uint16_t version = 1;
constexpr size_t head = magic.size() + 2 + 4;

constexpr std::array<std::string_view, 2> kind_names{"boosted", "forest"};

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw failure{failure_code::bad_configuration, name, why + " (train it anew with millwright train)"};
}

health_model read_fields(std::string_view bytes, const std::string& name) {
  binary_reader in{bytes};
  health_model out;
  out.sensor_type = in.text();
  for (auto n = in.count(10); n > 0; --n) {
    trained_feature each;
    each.name = in.text();
    each.low = static_cast<float>(in.f64());
    each.high = static_cast<float>(in.f64());
    each.missing = in.u8() != 0;
    out.features.push_back(std::move(each));
  }
  const uint8_t kind = in.u8();
  out.kind = static_cast<model_kind>(kind);
  out.seed = in.u64();
  out.program = in.text();
  out.trained_readings = in.varint();
  out.trained_machines = in.varint();
  out.held_out.readings = in.varint();
  out.held_out.machines = in.varint();
  out.held_out.rmse = in.f64();
  out.held_out.r2 = in.f64();
  out.trees = in.text();
  if (!in.ok() || !in.at_end() || kind >= kind_names.size())
    refuse(name, "the model is damaged: its parts do not fit together");
  return out;
}

void check_features(const health_model& model, const std::string& name) {
  const auto wanted = health_features();
  std::string there, here;
  for (const auto& each : model.features)
    there.append(there.empty() ? "" : ", ").append(each.name);
  for (const auto& each : wanted)
    here.append(here.empty() ? "" : ", ").append(each.name);
  if (there != here)
    refuse(name, "the model was trained with other features (" + there + ") than this program has (" + here + ")");
}

} // namespace

std::string_view name_of(model_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

std::optional<model_kind> model_kind_named(std::string_view name) {
  for (size_t i = 0; i < kind_names.size(); ++i)
    if (kind_names[i] == name)
      return static_cast<model_kind>(i);
  return std::nullopt;
}

std::string to_bytes(const health_model& model) {
  std::string fields;
  binary_writer out{fields};
  out.text(model.sensor_type);
  out.varint(model.features.size());
  for (const auto& each : model.features) {
    out.text(each.name);
    out.f64(each.low);
    out.f64(each.high);
    out.u8(each.missing);
  }
  out.u8(static_cast<uint8_t>(model.kind));
  out.u64(model.seed);
  out.text(model.program);
  out.varint(model.trained_readings);
  out.varint(model.trained_machines);
  out.varint(model.held_out.readings);
  out.varint(model.held_out.machines);
  out.f64(model.held_out.rmse);
  out.f64(model.held_out.r2);
  out.text(model.trees);
  std::string bytes{magic};
  binary_writer top{bytes};
  top.u16(version);
  top.u32(crc32c(fields));
  bytes += fields;
  return bytes;
}

loaded_model model_of(std::string_view bytes, const std::string& name) {
  if (!bytes.starts_with(magic))
    refuse(name, bytes.empty() ? "the file is empty" : "this is no model of millwright train");
  if (bytes.size() < head)
    refuse(name, "the model is damaged: it is cut off");
  binary_reader top{bytes.substr(magic.size(), head - magic.size())};
  const uint16_t written = top.u16();
  if (written != version)
    refuse(name, "the model is of version " + std::to_string(written) + ", this program reads version " +
                     std::to_string(version));
  if (top.u32() != crc32c(bytes.substr(head)))
    refuse(name, "the model is damaged: its checksum does not fit");
  auto about = read_fields(bytes.substr(head), name);
  check_features(about, name);
  try {
    auto trees = tree_ensemble::from_xgboost(about.trees);
    if (trees.features() != about.features.size())
      refuse(name, "the model is damaged: its trees take other features than it says");
    return {std::move(about), std::move(trees)};
  } catch (const std::invalid_argument& e) {
    refuse(name, std::string{"its trees cannot be used: "} + e.what());
  }
}

std::string read_model_file(const std::string& path) {
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  // A directory opens, and then cannot be read.
  if (!in.is_open() || (in.peek() == std::ifstream::traits_type::eof() && errno != 0))
    refuse(path, std::string{"the model cannot be read: "} + std::strerror(errno != 0 ? errno : EIO));
  if (in.peek() != std::ifstream::traits_type::eof())
    text << in.rdbuf();
  if (in.bad())
    refuse(path, "the model cannot be read");
  return std::move(text).str();
}

void check_model_type(const health_model& model, std::string_view sensor_type, const std::string& name) {
  if (model.sensor_type != sensor_type)
    refuse(name, "the model is for " + model.sensor_type + ", and was named for " + std::string{sensor_type});
}

loaded_model load_model(const std::string& path, std::string_view sensor_type) {
  auto out = model_of(read_model_file(path), path);
  check_model_type(out.about, sensor_type, path);
  return out;
}

} // namespace millwright
