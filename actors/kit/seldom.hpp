#pragma once

#include <memory>
#include <utility>

namespace millwright {

/// A T that most of its owners never have: 8 bytes until it is made, and then a part of them on the heap, copied with
/// them. What a hundred thousand hold each is kept small by it.
template <class T>
class seldom {
public:
  seldom() = default;
  seldom(const seldom& other) : held_{other.held_ ? std::make_unique<T>(*other.held_) : nullptr} {}
  seldom(seldom&&) noexcept = default;
  seldom& operator=(seldom other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }

  explicit operator bool() const { return held_ != nullptr; }
  /// Only if there is one.
  const T* operator->() const { return held_.get(); }
  T* operator->() { return held_.get(); }
  const T& operator*() const { return *held_; }
  T& operator*() { return *held_; }

  /// The one that there is, else a new one.
  T& made() {
    if (!held_)
      held_ = std::make_unique<T>();
    return *held_;
  }
  void reset() { held_.reset(); }

private:
  std::unique_ptr<T> held_;
};

} // namespace millwright
