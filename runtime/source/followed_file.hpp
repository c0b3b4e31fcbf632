#pragma once

#include "protocol/time.hpp"
#include "runtime/source/file_mark.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace millwright {

/// The bytes of a file that is followed by its name, over rotations: a file that was renamed is read to its end before
/// the new one of its name, and so are files that were put away in between; of one that was cut short (copytruncate)
/// the rest is read from the copy that was made of it, if that lies beside it.
///
/// Who writes may go on for a while in a file that was renamed: it is left only when the new one holds something.
class followed_file {
public:
  explicit followed_file(std::string path);
  ~followed_file();
  followed_file(const followed_file&) = delete;
  followed_file& operator=(const followed_file&) = delete;

  /// Goes to the place of `mark`, in the file of the name or in one that was rotated away. False where none holds it.
  bool resume(const file_mark& mark);

  /// As read(2); 0: nothing now, or over(). -1 with errno.
  ssize_t read(char* to, size_t most);
  /// The file at hand was read to its end, and another one follows it.
  bool over() const { return over_; }
  /// To the beginning of the one that follows.
  void advance();

  /// Bytes read of the file at hand.
  uint64_t offset() const { return offset_; }
  /// Its first bytes, at most `most` of those that were read.
  std::string_view head(uint64_t most) const { return std::string_view{head_}.substr(0, most); }
  /// Why nothing can come at present; empty when it can.
  const std::string& trouble() const { return trouble_; }
  /// What was lost since it was last asked, in words; empty: nothing.
  std::string take_loss();

private:
  using steady = std::chrono::steady_clock;
  struct place {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const place&, const place&) = default;
  };

  bool take_up(int fd, uint64_t offset);
  bool open_named();
  /// False: what was read of it is no longer there.
  bool unchanged() const;
  /// If that holds what was read, too, and is the same so far.
  bool go_on_in(const std::string& path);
  void find_copy();
  void look_for_newer();
  static place place_of(int fd);

  std::string path_;
  int fd_ = -1;
  uint64_t offset_ = 0;
  /// First and newest bytes that were read.
  std::string head_, tail_;
  bool over_ = false, at_end_ = false;
  /// Files between the one at hand and the one of the name, the oldest first; open.
  std::deque<int> between_;
  bool replaced_ = false;
  std::string trouble_, loss_;
  steady::time_point next_look_{}, missing_since_{};
};

} // namespace millwright
