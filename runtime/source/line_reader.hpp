#pragma once

#include "protocol/time.hpp"
#include "runtime/source/followed_file.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace millwright {

/// The lines of a file or of standard input ("-"), in place in one buffer. LF or CR LF; a UTF-8 byte order mark at the
/// very start is skipped; a last line without an end counts. A line of more than `longest` bytes is skipped.
/// What is followed never finishes: it goes on in the next file of its name (see followed_file).
class line_reader {
public:
  static constexpr size_t longest = 1 << 20;

  enum class state : uint8_t { line, too_long, starved, finished, broken };

  /// @param follow whether the end of a file is only where it has not yet grown on. Then it need not be there yet.
  /// Throws `failure` input_unreadable.
  line_reader(const std::string& path, bool follow);
  ~line_reader();
  line_reader(const line_reader&) = delete;
  line_reader& operator=(const line_reader&) = delete;

  /// The next line, without its end; valid until `fill`. starved: `fill` first. broken: could not be read on; why()
  /// says.
  state next(std::span<char>& line);
  /// Skips lines that lie in the buffer, at most `most`; returns how many.
  uint64_t skip(uint64_t most);
  /// Reads on, when `next` said starved; waits at most `patience` where there is nothing yet.
  void fill(milliseconds patience);

  /// Whether the last `fill` brought something.
  bool has_grown() const { return grown_; }
  /// False for a pipe or a terminal: what was read is gone.
  bool repeatable() const { return regular_; }
  const std::string& path() const { return path_; }
  const std::string& why() const { return why_; }
  /// Tells this content from another: hash of the first 4 KiB. Empty for what is followed.
  std::string fingerprint() const;

  /// Null: it is not followed.
  followed_file* followed() { return followed_.get(); }
  const followed_file* followed() const { return followed_.get(); }
  /// Of those that were read one after the other; from 0.
  uint32_t file_number() const { return file_number_; }
  /// Goes to the place of a mark in what is followed. False: it is nowhere.
  bool resume(const file_mark& mark);
  /// Where in its file this text stands, which lies in the buffer.
  uint64_t offset_of(const char* text) const {
    return (followed_ ? followed_->offset() : offset_) - static_cast<uint64_t>(buffer_.get() + end_ - text);
  }
  /// Whether the file at hand holds this line there.
  bool holds(uint64_t begin, size_t size, uint64_t hash) const;

private:
  static constexpr size_t capacity = 2 * longest;

  bool wait(milliseconds patience);
  void drop_rest_of_line();
  void begin_next_file();

  std::string path_, why_;
  int fd_ = -1;
  std::unique_ptr<followed_file> followed_;
  uint32_t file_number_ = 0;
  bool regular_ = false;
  /// No more comes of the file at hand, but another one follows.
  bool file_over_ = false;
  bool ended_ = false, grown_ = false, at_start_ = true, dropping_ = false, too_long_ = false;
  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0, end_ = 0;
  /// No line end lies before here.
  size_t searched_ = 0;
  uint64_t offset_ = 0;
};

} // namespace millwright
