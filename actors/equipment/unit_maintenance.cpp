#include "actors/equipment/unit_maintenance.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

using kind = maintenance_report::kind;

constexpr uint8_t report_version = 1;

bool begins(const maintenance_report& x) {
  return x.what == kind::begins;
}

std::string both_notes(const std::string& begun, const std::string& ended) {
  if (begun.empty() || ended.empty() || begun == ended)
    return begun.empty() ? ended : begun;
  return begun + "; " + ended;
}

} // namespace

void maintenance_report::encode(std::string& bytes) const {
  binary_writer out{bytes};
  out.u8(report_version);
  out.u8(static_cast<uint8_t>(what));
  out.time(at);
  for (const auto* each : {&by, &user, &note})
    out.text(*each);
}

std::optional<maintenance_report> maintenance_report::decode(std::string_view bytes) {
  binary_reader in{bytes};
  if (in.u8() != report_version)
    return std::nullopt;
  maintenance_report out;
  const uint8_t what = in.u8();
  out.what = static_cast<kind>(what);
  out.at = in.time();
  for (auto* each : {&out.by, &out.user, &out.note})
    *each = in.text();
  const bool sound =
      in.ok() && in.at_end() && what <= static_cast<uint8_t>(kind::done) && out.at != never && out.at != forever;
  return sound ? std::optional{std::move(out)} : std::nullopt;
}

void unit_maintenance::take(const maintenance_report& report) {
  if (report.what == kind::begins) {
    if (!under_way())
      kept_.push_back(report);
    return;
  }
  auto over = report;
  if (const auto* begun = under_way(); begun && report.what == kind::ends) {
    over.note = both_notes(begun->note, report.note);
    std::erase_if(kept_, begins);
  }
  kept_.push_back(std::move(over));
}

const maintenance_report* unit_maintenance::under_way() const {
  const auto found = std::find_if(kept_.begin(), kept_.end(), begins);
  return found == kept_.end() ? nullptr : &*found;
}

const maintenance_report* unit_maintenance::last(event_time at) const {
  const maintenance_report* out = nullptr;
  for (const auto& each : kept_)
    if (!begins(each) && each.at <= at && (!out || out->at <= each.at))
      out = &each;
  return out;
}

void unit_maintenance::pass(event_time closing) {
  const auto* newest = kept_.size() < 2 ? nullptr : last(closing);
  if (!newest)
    return;
  const auto stays = *newest;
  std::erase_if(kept_, [&](const auto& each) { return !begins(each) && each.at <= stays.at; });
  kept_.push_back(stays);
}

size_t unit_maintenance::heap_bytes() const {
  size_t sum = kept_.capacity() * sizeof(maintenance_report);
  for (const auto& each : kept_)
    for (const auto* text : {&each.by, &each.user, &each.note})
      if (text->capacity() > std::string{}.capacity())
        sum += text->capacity() + 1;
  return sum;
}

void unit_maintenance::encode(binary_writer& out) const {
  out.varint(kept_.size());
  std::string bytes;
  for (const auto& each : kept_) {
    bytes.clear();
    each.encode(bytes);
    out.text(bytes);
  }
}

bool unit_maintenance::decode(binary_reader& in) {
  kept_.clear();
  for (auto n = in.count(14); n > 0; --n) {
    auto each = maintenance_report::decode(in.text());
    if (!each)
      return false;
    kept_.push_back(std::move(*each));
  }
  return in.ok() && std::count_if(kept_.begin(), kept_.end(), begins) <= 1;
}

} // namespace millwright
