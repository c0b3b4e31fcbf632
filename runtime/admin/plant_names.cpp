#include "runtime/admin/plant_names.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/plant_counts.hpp"
#include "runtime/settings/nearest_name.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace millwright {

namespace {

constexpr size_t most_named = 5;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw failure{failure_code::not_found, where, what};
}

/// FACILITY/ID is `name`, without making a text of it for every actor.
bool is_typed(const entity_key& key, std::string_view name) {
  return name.size() == key.facility.text.size() + 1 + key.id.size() && name.starts_with(key.facility.text) &&
         name[key.facility.text.size()] == '/' && name.ends_with(key.id);
}

bool is_called(const entity_key& key, const plant_request& request) {
  if (!request.facility.empty())
    return key.facility.text == request.facility && (key.id == request.name || is_typed(key, request.name));
  return (key.id.empty() ? key.facility.text : key.id) == request.name || is_typed(key, request.name);
}

bool is_meant(const entity_key& key, const plant_request& request) {
  return request.kind.empty() ? key.type == unit_kind || key.type == facility_kind : key.type == request.kind;
}

std::string thing_of(const plant_request& request) {
  if (!request.kind.empty())
    return request.kind;
  return request.facility.empty() ? "facility or unit" : "unit of " + request.facility;
}

[[noreturn]] void unknown(const plant_request& request, std::span<const entity_line> lines) {
  std::set<std::string> names;
  for (const auto& each : lines)
    if (is_meant(each.key, request) && (request.facility.empty() || each.key.facility.text == request.facility)) {
      if (!each.key.id.empty())
        names.insert(each.key.id);
      names.insert(typed_name(each.key));
    }
  if (names.empty())
    refuse(request.name,
           "no " + thing_of(request) + " is known yet: they are once readings of theirs are judged and committed");
  refuse(request.name,
         "no " + thing_of(request) + " is called so" + did_you_mean(request.name, {names.begin(), names.end()}) + "; " +
             (request.kind.empty() ? "millwright plant lists the facilities, millwright plant FACILITY its "
                                     "units"
                                   : "millwright plant --kind " + request.kind + " lists all"));
}

[[noreturn]] void ambiguous(const plant_request& request, const std::vector<const entity_key*>& found) {
  std::string out;
  for (size_t i = 0; i < std::min(found.size(), most_named); ++i) {
    const auto& key = *found[i];
    out += i == 0 ? "" : ", or ";
    // A facility's name alone is what was ambiguous.
    out += key.id.empty() ? "--facility " + key.facility.text : typed_name(key);
  }
  if (found.size() > most_named)
    out += ", or one of " + std::to_string(found.size() - most_named) + " more";
  refuse(request.name, std::to_string(found.size()) + " are called so; say which: " + out);
}

} // namespace

std::string typed_name(const entity_key& key) {
  return key.id.empty() ? key.facility.text : key.facility.text + '/' + key.id;
}

plant_target target_of(const plant_request& request, std::span<const entity_line> lines,
                       std::span<const std::string> kinds) {
  using scope = plant_target::scope;
  if (!request.kind.empty() && std::find(kinds.begin(), kinds.end(), request.kind) == kinds.end()) {
    std::string all;
    for (const auto& each : kinds)
      all += (all.empty() ? "" : ", ") + each;
    refuse(request.kind,
           "no kind of actor" + did_you_mean(request.kind, {kinds.begin(), kinds.end()}) + "; there are " + all);
  }
  if (request.name.empty() && request.facility.empty())
    return request.kind.empty() ? plant_target{} : plant_target{scope::kind, {request.kind, {}, {}}};
  if (!request.facility.empty() && std::none_of(lines.begin(), lines.end(), [&](const auto& x) {
        return x.key.facility.text == request.facility;
      })) {
    std::set<std::string> names;
    for (const auto& each : lines)
      names.insert(each.key.facility.text);
    refuse(request.facility, "no facility is called so" + did_you_mean(request.facility, {names.begin(), names.end()}) +
                                 "; millwright plant lists the facilities");
  }
  if (request.name.empty())
    return request.kind.empty() || request.kind == facility_kind
               ? plant_target{scope::actor, {std::string{facility_kind}, {request.facility}, {}}}
               : plant_target{scope::kind, {request.kind, {request.facility}, {}}};
  std::vector<const entity_key*> found;
  for (const auto& each : lines)
    if (is_meant(each.key, request) && is_called(each.key, request))
      found.push_back(&each.key);
  std::sort(found.begin(), found.end(), [](const auto* x, const auto* y) { return *x < *y; });
  if (found.empty())
    unknown(request, lines);
  if (found.size() > 1)
    ambiguous(request, found);
  return {scope::actor, *found.front()};
}

} // namespace millwright
