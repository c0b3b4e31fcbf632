#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace millwright {

/// A text that many have in common (a unit of measure, a maintenance schedule): 8 bytes, and one copy in the process of
/// each that is in use. For what is made seldom and read often; making and giving up take a lock. Any thread.
class shared_text {
public:
  shared_text() = default;
  shared_text(std::string_view text) : held_{text.empty() ? nullptr : &hold(text)} {}
  shared_text(const std::string& text) : shared_text{std::string_view{text}} {}
  shared_text(const char* text) : shared_text{std::string_view{text}} {}
  shared_text(const shared_text& other) : held_{other.held_ ? &again(*other.held_) : nullptr} {}
  shared_text(shared_text&& other) noexcept : held_{std::exchange(other.held_, nullptr)} {}
  shared_text& operator=(shared_text other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~shared_text() {
    if (held_)
      give_up(*held_);
  }

  bool empty() const { return held_ == nullptr; }
  std::string_view view() const;
  operator std::string_view() const { return view(); }

  friend bool operator==(const shared_text& a, const shared_text& b) { return a.held_ == b.held_; }
  template <class Text>
  requires(std::convertible_to<const Text&, std::string_view> && !std::same_as<Text, shared_text>) friend bool
  operator==(const shared_text& a, const Text& b) {
    return a.view() == std::string_view{b};
  }

  /// Texts that are in use, for tests.
  static size_t in_use();

private:
  struct copy;
  struct pool;

  static pool& all();
  static copy& hold(std::string_view text);
  static copy& again(copy& held);
  static void give_up(copy& held) noexcept;

  copy* held_ = nullptr;
};

} // namespace millwright
