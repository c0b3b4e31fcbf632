#pragma once

#include "protocol/actors.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace millwright {

/// Messages that carry runs of readings, used again and again: at a reading a message, an allocation for each, freed on
/// another thread than it was made, is one of the larger costs. Taken by one thread; given back by CAF when a message
/// has been processed, on whatever thread. Must outlive every message.
class run_messages {
public:
  run_messages();
  run_messages(const run_messages&) = delete;
  run_messages& operator=(const run_messages&) = delete;
  ~run_messages();

  caf::mailbox_element_ptr make(const reading_run& run);

  /// Gives back what a backlog took, half of it at most each time: it would stay for as long as the node. Called now
  /// and then, by the thread that makes them.
  void trim();
  /// For so many there is memory.
  size_t room() const;

  /// Messages that the calling thread gives back are kept until this ends: one lock for many.
  class gathering {
  public:
    gathering();
    gathering(const gathering&) = delete;
    gathering& operator=(const gathering&) = delete;
    ~gathering();
  };

private:
  class element;
  struct returned_list;

  static void give_back(element* each) noexcept;
  void take_back(element* first, element* last) noexcept;
  void grow();
  static void push(element*& onto, element* each);

  element* free_ = nullptr;
  std::mutex mutex_;
  element* returned_ = nullptr;
  std::vector<std::unique_ptr<element[]>> chunks_;
};

} // namespace millwright
