#pragma once

#include "runtime/flow/flow_frame.hpp"
#include "runtime/flow/flow_limits.hpp"
#include "runtime/flow/kept_parts.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// The sending end of a stream: from one shard to one that owns targets of its readings. A shard has one a receiver.
///
/// What lies behind a barrier goes out once the shard's own commit holds it, and is kept until the receiver's commit
/// holds it. What is gathered since goes out as open parts, for figures that people look at: always the newest, sent
/// again until it has come, kept nowhere. Times are a steady clock's. Pure; one thread.
class part_sender {
public:
  /// @param epoch of the shard's ownership, > 0: larger than that of every owner before.
  part_sender(uint16_t source, uint16_t receiver, uint64_t epoch, part_merge merge, flow_limits limits = {});

  /// What a commit holds. False when `stored` is damaged or of a newer version.
  bool decode(std::string_view stored);
  /// For the commit of the newest barrier that was cut; appends.
  void encode(std::string& out) const;

  /// What parts are for: the number stays as long as this object.
  uint32_t number_of(const entity_key& target);
  /// See kept_parts. @param parts one a target, whose number is this object's.
  void cut(uint64_t barrier, flow_parts parts, const source_time& time);
  void cut(uint64_t barrier, const std::vector<flow_part>& parts, const source_time& time);
  void committed(uint64_t barrier);

  /// All that was gathered for a target since the newest cut; it takes the place of what was shown before.
  void show(flow_part part);

  void take(const flow_answer& answer, milliseconds now);
  /// A frame that is due: false where none is, or none may be sent before an answer comes. To be asked after each call
  /// of the others, and several times a second.
  bool next(milliseconds now, std::string& frame);

  const kept_parts& kept() const { return kept_; }
  size_t under_way() const { return under_way_.size(); }
  size_t shown() const { return shown_.size(); }
  /// Everything is acknowledged, and what was shown last has come.
  bool quiet() const;

private:
  struct piece {
    size_t from = 0, to = 0;
    /// Of the frame under way; 0 for none.
    uint64_t number = 0;
    bool received = false;
  };
  struct sending {
    uint64_t barrier = 0;
    std::vector<piece> pieces;
    /// Before it all are received or under way.
    size_t next = 0;
  };
  /// By the newest barrier before it: what is not committed may lie behind several. Then the target.
  using shown_key = std::pair<uint64_t, uint32_t>;
  struct shown_part {
    uint64_t revision = 0;
    std::string bytes;
    /// One more than a revision; 0 for none.
    uint64_t sent = 0, received = 0;
    uint64_t newest() const { return revision + 1; }
    milliseconds sent_at{0};
    bool under_way = false, ever_sent = false;
  };
  struct frame_under_way {
    milliseconds since{0};
    flow_frame::kind what = flow_frame::kind::question;
    uint64_t barrier = 0;
    size_t piece = 0;
    std::vector<std::pair<shown_key, uint64_t>> shown;
    /// Targets that it names.
    std::vector<uint32_t> named;
  };

  void begin_sending();
  void start_over();
  void expire(milliseconds now);
  void ended(const frame_under_way& frame, bool received);
  bool next_settled(milliseconds now, std::string& frame);
  bool next_shown(milliseconds now, std::string& frame);
  bool next_question(milliseconds now, std::string& frame);
  flow_frame begin(flow_frame::kind what);
  void name(uint32_t target, frame_under_way& in) const;
  void write(std::string& out, const flow_frame& head, const frame_under_way& of, size_t parts) const;

  const uint16_t source_, receiver_;
  const uint64_t epoch_;
  const flow_limits limits_;
  kept_parts kept_;
  std::deque<sending> sending_;
  std::map<shown_key, shown_part> shown_;
  /// The newest barriers: what was shown for older ones is not kept, however long the receiver is gone.
  std::deque<uint64_t> cuts_;
  std::map<uint64_t, frame_under_way> under_way_;
  /// By target: the receiver has heard what its number means.
  std::vector<bool> known_;
  uint64_t number_ = 0, receiver_epoch_ = 0;
  milliseconds patience_;
  milliseconds heard_{0};
};

} // namespace millwright
