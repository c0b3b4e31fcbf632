#include "runtime/hosting/run_messages.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace millwright {

namespace {

constexpr size_t chunk_elements = 1024;
// So many chunks are no concern.
constexpr size_t least_chunks = 4;

} // namespace

class run_messages::element final : public caf::mailbox_element,
                                    public caf::detail::tuple_vals_impl<caf::type_erased_tuple, reading_run> {
public:
  element() : caf::detail::tuple_vals_impl<caf::type_erased_tuple, reading_run>{reading_run{}} {}

  void fill(const reading_run& run) {
    mid = caf::make_message_id();
    next = nullptr;
    std::get<0>(data()) = run;
  }

  caf::type_erased_tuple& content() override { return *this; }
  const caf::type_erased_tuple& content() const override { return *this; }
  caf::message move_content_to_message() override { return copy_content_to_message(); }
  caf::message copy_content_to_message() const override { return caf::make_message(std::get<0>(data())); }
  void request_deletion(bool) const noexcept override { give_back(const_cast<element*>(this)); }

  run_messages* owner = nullptr;
  element* behind = nullptr;
};

// What the current thread has given back, all of one owner.
struct run_messages::returned_list {
  bool gathers = false;
  element* first = nullptr;
  element* last = nullptr;

  void pass_on() noexcept {
    if (first)
      first->owner->take_back(first, last);
    first = last = nullptr;
  }

  static thread_local returned_list own;
};

thread_local run_messages::returned_list run_messages::returned_list::own;

run_messages::run_messages() = default;
run_messages::~run_messages() = default;

run_messages::gathering::gathering() {
  returned_list::own.gathers = true;
}

run_messages::gathering::~gathering() {
  returned_list::own.gathers = false;
  returned_list::own.pass_on();
}

caf::mailbox_element_ptr run_messages::make(const reading_run& run) {
  if (!free_) {
    std::lock_guard guard{mutex_};
    free_ = std::exchange(returned_, nullptr);
  }
  if (!free_)
    grow();
  element* const taken = std::exchange(free_, free_->behind);
  taken->fill(run);
  return caf::mailbox_element_ptr{taken};
}

void run_messages::give_back(element* each) noexcept {
  auto& own = returned_list::own;
  if (own.gathers && own.first && own.first->owner != each->owner)
    own.pass_on();
  if (!own.gathers)
    return each->owner->take_back(each, each);
  each->behind = own.first;
  if (!own.first)
    own.last = each;
  own.first = each;
}

void run_messages::take_back(element* first, element* last) noexcept {
  std::lock_guard guard{mutex_};
  last->behind = returned_;
  returned_ = first;
}

void run_messages::grow() {
  chunks_.push_back(std::make_unique<element[]>(chunk_elements));
  for (size_t i = chunk_elements; i > 0; --i) {
    auto& each = chunks_.back()[i - 1];
    each.owner = this;
    push(free_, &each);
  }
}

void run_messages::push(element*& onto, element* each) {
  each->behind = std::exchange(onto, each);
}

size_t run_messages::room() const {
  return chunks_.size() * chunk_elements;
}

// Those of a chunk that is in use are used before others: so what is under way lies in few chunks, and the next time
// the others may go.
void run_messages::trim() {
  if (chunks_.size() <= least_chunks)
    return;
  struct share {
    element* first = nullptr;
    size_t free = 0;
  };
  std::sort(chunks_.begin(), chunks_.end(),
            [](const auto& a, const auto& b) { return std::less<>{}(a.get(), b.get()); });
  std::vector<share> shares(chunks_.size());
  const auto sort_out = [&](element* list) {
    while (list) {
      element* const each = std::exchange(list, list->behind);
      const auto behind =
          std::upper_bound(chunks_.begin(), chunks_.end(), each,
                           [](const element* x, const auto& chunk) { return std::less<>{}(x, chunk.get()); });
      auto& of = shares[static_cast<size_t>(behind - chunks_.begin()) - 1];
      push(of.first, each);
      ++of.free;
    }
  };
  element* returned = nullptr;
  {
    std::lock_guard guard{mutex_};
    returned = std::exchange(returned_, nullptr);
  }
  sort_out(std::exchange(free_, nullptr));
  sort_out(returned);
  size_t too_many = std::min(chunks_.size() / 2, chunks_.size() - least_chunks);
  std::vector<std::unique_ptr<element[]>> kept;
  kept.reserve(chunks_.size());
  // What is taken last is pushed first.
  for (const bool whole : {true, false})
    for (size_t i = 0; i < chunks_.size(); ++i) {
      if ((shares[i].free == chunk_elements) != whole)
        continue;
      if (whole && too_many > 0) {
        --too_many;
        continue;
      }
      while (shares[i].first)
        push(free_, std::exchange(shares[i].first, shares[i].first->behind));
      kept.push_back(std::move(chunks_[i]));
    }
  chunks_ = std::move(kept);
}

} // namespace millwright
