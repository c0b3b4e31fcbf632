#pragma once

#include "actors/kit/actor_type.hpp"
#include "actors/kit/hosted_input.hpp"
#include "actors/kit/light_actor.hpp"
#include "protocol/exception_text.hpp"

#include <caf/all.hpp>

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace millwright {

/// Gives the model what a barrier brought. Throws std::runtime_error where the input cannot be read.
template <hosted_model Model>
void apply(Model& model, std::string_view encoded, hosted_output& out) {
  hosted_input input;
  if (!input.decode(encoded))
    throw std::runtime_error{"its input cannot be read"};
  std::optional<typename Model::part> gathered;
  for (const auto& each : input.parts) {
    typename Model::part one;
    if (!one.decode(each))
      throw std::runtime_error{"what was gathered for it cannot be read"};
    if (gathered)
      gathered->merge(one);
    else
      gathered = std::move(one);
  }
  if (gathered)
    model.take(std::move(*gathered), out);
  if (!input.heard.empty())
    model.heard(input.heard, out);
  if constexpr (scored_model<Model>)
    if (!input.scores.empty())
      model.scored(input.scores);
  if constexpr (noticing_model<Model>)
    for (const auto& each : input.notices)
      model.noticed(each, out);
  model.pass(input.time, out);
  if (input.last)
    model.end(out);
}

/// Brings the model to where `stored` (see hosted_start) had come. Throws std::runtime_error where it cannot be read.
template <hosted_model Model>
void restore(Model& model, std::string_view stored) {
  binary_reader since{stored};
  if (!model.decode(since.text()) || !since.ok())
    throw std::runtime_error{"its stored state cannot be read"};
  // What it decided then is in the ledger, or waits for its commit.
  hosted_output known;
  while (!since.at_end() && since.ok()) {
    apply(model, since.text(), known);
    known.clear();
  }
  if (!since.ok())
    throw std::runtime_error{"its stored inputs cannot be read"};
}

/// Its page as people get it; where windows are worth seeing while they are open, their rows by kind under
/// `open_windows`.
template <hosted_model Model>
std::string page_of(const Model& model, const typename Model::part& open) {
  std::string json;
  json_object view{json};
  model.show(view, open);
  if constexpr (updating_model<Model>) {
    hosted_output windows;
    model.updates(open, windows);
    std::map<std::string_view, std::string> by_kind;
    for (const auto& each : windows.rows) {
      auto& rows = by_kind[each.schema->name];
      rows.append(rows.empty() ? "[" : ",").append(each.json);
    }
    std::string all;
    json_object kinds{all};
    for (const auto& [kind, rows] : by_kind)
      kinds.raw(kind, rows + ']');
    kinds.close();
    view.raw("open_windows", all);
  }
  view.close();
  return json;
}

/// The one shell of every hosted actor: carries inputs to the model and its answers to the node. An exception ends the
/// actor; its host begins it anew from its stored state and the inputs since.
template <hosted_model Model>
class hosted_watcher final : public light_actor {
public:
  using behavior_type = hosted_actor::behavior_type;

  hosted_watcher(caf::actor_config& config, hosted_start start)
      : light_actor{config}, host_{start.host}, index_{start.index},
        incarnation_{start.incarnation}, start_{std::make_unique<hosted_start>(std::move(start))} {}

  const char* name() const override { return "hosted"; }

private:
  using part = typename Model::part;

  void begin() override {
    const auto start = std::move(start_);
    auto& model = model_.emplace(start->birth);
    if (!start->stored.empty())
      restore(model, start->stored);
  }

  bool take(const caf::type_erased_tuple& message) override {
    if (const auto* step = only<hosted_step>(message))
      settle(*step);
    else if (const auto* gathered = only<hosted_gathered>(message))
      gather(*gathered);
    else
      return false;
    return true;
  }

  caf::message reply_to(const caf::type_erased_tuple& request) override {
    return only<describe_wanted>(request) ? caf::make_message(actor_description{page()}) : caf::message{};
  }

  caf::error explain(std::exception_ptr thrown) override {
    return caf::make_error(caf::sec::runtime_error, exception_text(thrown));
  }

  void end() override {
    start_.reset();
    open_.clear();
    model_.reset();
  }

  void settle(const hosted_step& step) {
    hosted_output out;
    apply(*model_, step.input, out);
    settled_ = step.barrier;
    open_.erase(open_.begin(), open_.upper_bound({step.barrier, ~uint32_t{0}}));
    hosted_answer answer;
    answer.barrier = step.barrier;
    answer.rows = std::move(out.rows);
    answer.transitions = std::move(out.transitions);
    if (step.whole)
      model_->encode(answer.whole.emplace());
    answer.line = model_->line();
    answer.newest = model_->newest();
    answer.idle = model_->idle();
    host_->answered(index_, incarnation_, std::move(answer));
  }

  void gather(const hosted_gathered& gathered) {
    part slice;
    // It may come behind the step that held it.
    if (gathered.barrier > settled_ && slice.decode(gathered.part))
      open_[{gathered.barrier, gathered.shard}].merge(slice);
  }

  std::string page() const {
    part all;
    for (const auto& [at, each] : open_)
      all.merge(each);
    return page_of(*model_, all);
  }

  actor_host* const host_;
  const uint32_t index_, incarnation_;
  /// The newest barrier that it has passed.
  uint32_t settled_ = 0;
  /// Until it is born: there are thousands, and a model has of it what it needs.
  std::unique_ptr<hosted_start> start_;
  std::optional<Model> model_;
  /// By (barrier, shard): what is gathered and not yet behind a complete barrier.
  std::map<std::pair<uint32_t, uint32_t>, part> open_;
};

/// The type of `Model`, its declaration completed by what the node does with its parts and actors.
template <hosted_model Model>
actor_type actor_type_of(actor_type declared) {
  using part = typename Model::part;
  declared.parts_are_born = born_part<part>;
  declared.hears_scores = scored_model<Model>;
  declared.updates = updating_model<Model>;
  declared.new_part = [](const hosted_birth& birth) -> void* { return new part{part_of<part>(birth)}; };
  declared.delete_part = [](void* each) { delete static_cast<part*>(each); };
  declared.take = [](void* to, const contribution& reading) { static_cast<part*>(to)->take(reading); };
  declared.encode_part = [](const void* each, std::string& out) { static_cast<const part*>(each)->encode(out); };
  if constexpr (requires(const actor_settings& settings, tally_bounds& bounds) { part::bounds(settings, bounds); })
    declared.bounds = part::bounds;
  if constexpr (tallied_part<part>)
    declared.gather = [](const hosted_birth& birth, std::span<const sensor_tally* const> tallies, std::string& out) {
      part gathered = part_of<part>(birth);
      for (const auto* each : tallies)
        gathered.take(*each);
      gathered.encode(out);
    };
  declared.spawn = [](caf::actor_system& system, hosted_start start) -> hosted_actor {
    return system.spawn<hosted_watcher<Model>, caf::lazy_init>(std::move(start));
  };
  declared.look = [](const hosted_birth& birth, std::string_view stored) -> std::optional<stored_look> {
    try {
      Model model{birth};
      restore(model, stored);
      return stored_look{model.line(), model.newest(), page_of(model, part_of<part>(birth))};
    } catch (const std::exception&) {
      return std::nullopt;
    }
  };
  return declared;
}

} // namespace millwright
