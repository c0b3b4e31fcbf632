#pragma once

#include "runtime/source/line_reader.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// One file's records in its order, the next one in view.
class record_stream {
public:
  enum class state : uint8_t { ready, starved, finished };

  /// Where a record comes from.
  struct origin {
    uint64_t begin = 0;
    /// Bytes of the line; 0 where it does not stand in the file as it was read.
    std::string_view line;
    /// Which of the line's records it is, from 0.
    uint32_t number = 0;
  };

  virtual ~record_stream() = default;

  /// ready: text(), size() and damage() are the next record's. starved: `fill` first.
  virtual state look() = 0;
  /// To the record behind the one in view.
  void pop() { in_view_ = false; }
  /// Reads on. What was in view before may be gone.
  virtual void fill(milliseconds patience) = 0;
  /// Skips at most `most` records of those that need no `fill`; returns how many.
  virtual uint64_t skip(uint64_t most) {
    uint64_t count = 0;
    for (; count < most && look() == state::ready; ++count)
      pop();
    return count;
  }
  virtual const line_reader& input() const = 0;
  virtual line_reader& input() = 0;
  /// Of the record in view, which is not an empty one; until `fill`.
  virtual origin origin_of_view() const = 0;
  /// What a mark has to remember beside a place.
  virtual std::string header() const { return {}; }
  /// Goes to the place of a mark in what is followed, at the first record of its line. False: it is nowhere.
  virtual bool resume(const file_mark& mark) {
    in_view_ = false;
    return input().resume(mark);
  }

  char* text() const { return text_; }
  uint32_t size() const { return size_; }
  /// The row that the text in view was made of; empty: it stands there as it is.
  virtual std::string_view written() const { return {}; }
  /// What is wrong with the place in view, which then holds no text.
  const std::string& damage() const { return damage_; }

protected:
  void view(char* text, size_t size) {
    text_ = text;
    size_ = static_cast<uint32_t>(size);
    damage_.clear();
    in_view_ = true;
  }
  void view_damage(std::string what) {
    text_ = nullptr;
    size_ = 0;
    damage_ = std::move(what);
    in_view_ = true;
  }

  char* text_ = nullptr;
  uint32_t size_ = 0;
  bool in_view_ = false;
  std::string damage_;
};

/// A JSON object a line, handed out as it stands. Blank lines are records without text.
class ndjson_stream final : public record_stream {
public:
  ndjson_stream(const std::string& path, bool follow) : reader_{path, follow} {}

  state look() override;
  void fill(milliseconds patience) override { reader_.fill(patience); }
  uint64_t skip(uint64_t most) override { return in_view_ ? record_stream::skip(most) : reader_.skip(most); }
  const line_reader& input() const override { return reader_; }
  line_reader& input() override { return reader_; }
  origin origin_of_view() const override { return {reader_.offset_of(text_), {text_, size_}}; }

private:
  line_reader reader_;
  bool broken_ = false;
};

} // namespace millwright
