#pragma once

#include "actors/channel/transport.hpp"

#include <memory>
#include <thread>

namespace millwright {

/// A transport that may hang for ever (a file on a disk that hangs), waited for no longer than is said: a thread of its
/// own delivers. What hangs stays with that thread, and all that it needs, also beyond the end of this; nothing else is
/// delivered meanwhile. A page that hung and was taken in the end is not delivered again.
class limited_transport final : public transport {
public:
  limited_transport(std::shared_ptr<transport> way, milliseconds limit);
  ~limited_transport() override;
  limited_transport(const limited_transport&) = delete;
  limited_transport& operator=(const limited_transport&) = delete;

  /// After the limit: try_again.
  delivery_result deliver(const page& x) override;
  void cancel() override;

private:
  struct desk;

  std::shared_ptr<desk> desk_;
  milliseconds limit_;
  std::thread thread_;
};

} // namespace millwright
