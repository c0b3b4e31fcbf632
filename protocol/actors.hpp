#pragma once

#include "protocol/alarm_messages.hpp"
#include "protocol/alarm_record.hpp"
#include "protocol/hosted_messages.hpp"
#include "protocol/load.hpp"
#include "protocol/reading.hpp"
#include "protocol/split_places.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Every message and every typed actor of the node. Nothing else crosses an actor boundary. All of it stays within one
/// process for now: messages are passed by pointer, never serialised.
namespace millwright {

// Anybody -> any actor but a sensor, of which its driver knows all that there is to be told, and a hosted one, which
// has a page (protocol/hosted_messages.hpp).

/// What is there to be seen of it? Answered from its state as it is, at once.
struct describe_wanted {};

/// One JSON object.
struct actor_description {
  std::string json;
};

// Whoever spawned it -> root.

/// From now on the root supervises this actor.
struct part_spawned {
  /// In the supervision tree.
  std::string name;
  caf::actor which;
  /// Told how it ended, on the root's thread.
  std::function<void(const caf::error&)> ended;
};

// Driver -> sensor: reading_run, sensor_tick and barrier_passed of protocol/reading.hpp.

// Driver -> shard.

/// From now on the shard supervises this actor.
struct sensor_spawned {
  uint32_t slot = 0;
  uint32_t incarnation = 0;
  caf::actor sensor;
};

// Sensor -> shard, as the reason of its end.

/// Why a sensor actor died, and at which reading.
struct sensor_death {
  uint32_t slot = 0;
  uint32_t incarnation = 0;
  uint16_t split = 0;
  uint64_t position = 0;
  /// False: between readings.
  bool at_reading = false;
  std::string what;
};

// Owner (sensor, node) -> alarm router.

/// What an owner decided, one by one as it happens (send at high priority) or many at a recovery.
struct alarm_transitions {
  std::vector<alarm_transition> all;
};

/// The actor that decided this, and told it at once, has died; no commit will hold it. Send it at high priority, behind
/// the transition.
struct transition_dropped {
  uuid alarm;
  uint32_t number = 0;
  /// Before it the alarm stood, as its owner has it.
  bool stood = false;
  /// A successor may decide it once more, or not: a sweep did, or the successor goes on without a reading. False:
  /// nobody will, nor what follows it in the alarm, for the sensor is quarantined.
  bool expected = false;
};

// Alarm router -> owner: transitions_journaled of protocol/alarm_messages.hpp.

// Person -> alarm router.

struct acknowledge_alarm {
  /// An alarm's id, or so much of its beginning that only one has it.
  std::string id;
  std::string by;
};

enum class acknowledge_result : uint8_t { acknowledged, already_acknowledged, unknown, ambiguous };

/// Sent once the acknowledgement is on disk.
struct acknowledge_answer {
  acknowledge_result result{};
  /// The alarm's full id; all zero where unknown or ambiguous.
  uuid alarm;
  /// What to tell the person.
  std::string text;
};

/// What else a person does to alarms. Times are the router's, the answer is sent once it is on disk.
struct handle_alarms {
  enum class kind : uint8_t { shelve, unshelve, note };
  kind what{};
  /// An alarm's id, or its beginning; of `unshelve` also what a sensor or unit is called.
  std::string name;
  /// Of `unshelve`: exactly these; empty: any.
  std::string facility, of_kind;
  /// Of `shelve`: the sensor or unit that is called so; and whether an alarm may be meant.
  std::optional<alarm_shelf> place;
  bool may_be_alarm = false;
  milliseconds lasts{0};
  /// Who; why it is shelved, or what is noted.
  std::string by, text;
};

struct handle_answer {
  bool done = false;
  /// What to tell the person.
  std::string text;
};

/// Write what is left and end; answered when everything is on disk or the journal has failed.
struct stop_router {};

// Within the alarm router.

/// The journal's answer to the batch numbered `batch`.
struct journal_answered {
  uint64_t batch = 0;
  /// Empty: on disk.
  std::string error;
  /// Keys of pages that had been delivered before.
  std::vector<std::string> delivered_before;
};

enum class router_alarm_clock : uint8_t {
  retry_journal,
  serve_channels,
  tidy,
  load_again,
  order_due,
  journal_late,
  groups_due
};

// Alarm router <-> channel: page_orders, channel_pull and delivery_report of protocol/alarm_messages.hpp, and:

/// The pause after a failure is over.
struct deliver_next {};

/// Finish the page in hand and end; what waits stays in the outbox.
struct stop_channel {};

// Node -> monitor: load_sample of protocol/load.hpp. Person -> monitor: load_report_wanted and load_history_wanted
// there.

} // namespace millwright

CAF_BEGIN_TYPE_ID_BLOCK(millwright, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(millwright, (millwright::alarm_transition))
CAF_ADD_TYPE_ID(millwright, (millwright::alarm_transitions))
CAF_ADD_TYPE_ID(millwright, (millwright::split_started))
CAF_ADD_TYPE_ID(millwright, (millwright::split_committed))
CAF_ADD_TYPE_ID(millwright, (millwright::transitions_journaled))
CAF_ADD_TYPE_ID(millwright, (millwright::acknowledge_alarm))
CAF_ADD_TYPE_ID(millwright, (millwright::acknowledge_answer))
CAF_ADD_TYPE_ID(millwright, (millwright::stop_router))
CAF_ADD_TYPE_ID(millwright, (millwright::journal_answered))
CAF_ADD_TYPE_ID(millwright, (millwright::router_alarm_clock))
CAF_ADD_TYPE_ID(millwright, (millwright::page_orders))
CAF_ADD_TYPE_ID(millwright, (millwright::channel_pull))
CAF_ADD_TYPE_ID(millwright, (millwright::delivery_report))
CAF_ADD_TYPE_ID(millwright, (millwright::deliver_next))
CAF_ADD_TYPE_ID(millwright, (millwright::stop_channel))
CAF_ADD_TYPE_ID(millwright, (millwright::reading_run))
CAF_ADD_TYPE_ID(millwright, (millwright::sensor_tick))
CAF_ADD_TYPE_ID(millwright, (millwright::barrier_passed))
CAF_ADD_TYPE_ID(millwright, (millwright::sensor_death))
CAF_ADD_TYPE_ID(millwright, (millwright::sensor_spawned))
CAF_ADD_TYPE_ID(millwright, (millwright::transition_dropped))
CAF_ADD_TYPE_ID(millwright, (millwright::split_begun_anew))
CAF_ADD_TYPE_ID(millwright, (millwright::hosted_step))
CAF_ADD_TYPE_ID(millwright, (millwright::hosted_gathered))
CAF_ADD_TYPE_ID(millwright, (millwright::load_sample))
CAF_ADD_TYPE_ID(millwright, (millwright::load_report_wanted))
CAF_ADD_TYPE_ID(millwright, (millwright::load_report))
CAF_ADD_TYPE_ID(millwright, (millwright::load_history_wanted))
CAF_ADD_TYPE_ID(millwright, (millwright::load_history_answer))
CAF_ADD_TYPE_ID(millwright, (millwright::describe_wanted))
CAF_ADD_TYPE_ID(millwright, (millwright::part_spawned))
CAF_ADD_TYPE_ID(millwright, (millwright::actor_description))
CAF_ADD_TYPE_ID(millwright, (millwright::handle_alarms))
CAF_ADD_TYPE_ID(millwright, (millwright::handle_answer))
CAF_END_TYPE_ID_BLOCK(millwright)

// Values of one process: they hold doubles, which CAF 0.17 cannot carry over a wire unharmed.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::alarm_transition)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::alarm_transitions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::split_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::split_committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::transitions_journaled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::acknowledge_alarm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::acknowledge_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::stop_router)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::journal_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::router_alarm_clock)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::page_orders)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::channel_pull)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::delivery_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::deliver_next)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::stop_channel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::reading_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::sensor_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::barrier_passed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::sensor_death)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::sensor_spawned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::transition_dropped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::split_begun_anew)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::hosted_step)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::hosted_gathered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::load_sample)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::load_report_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::load_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::load_history_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::load_history_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::describe_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::part_spawned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::actor_description)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::handle_alarms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millwright::handle_answer)

namespace millwright {

/// The root of the supervision tree, which hears of the end of every part that the node cannot do without:
/// runtime/hosting.
using root_actor = caf::typed_actor<caf::reacts_to<part_spawned>, //
                                    caf::replies_to<describe_wanted>::with<actor_description>>;

/// Watches one sensor: actors/sensor.
using sensor_actor = caf::typed_actor< //
    caf::reacts_to<reading_run>,       //
    caf::reacts_to<sensor_tick>,       //
    caf::reacts_to<barrier_passed>>;

/// Watches a unit, a line, a facility, or what else its kind stands for: actors/kit.
using hosted_actor = caf::typed_actor< //
    caf::reacts_to<hosted_step>,       //
    caf::reacts_to<hosted_gathered>,   //
    caf::replies_to<describe_wanted>::with<actor_description>>;

/// Supervises the sensor actors of its part of the plant: runtime/hosting.
using shard_actor = caf::typed_actor< //
    caf::reacts_to<sensor_spawned>,   //
    caf::reacts_to<sensor_death>,     //
    caf::replies_to<describe_wanted>::with<actor_description>>;

/// Whoever owns conditions: the node, on behalf of its sensors.
using alarm_owner_actor = caf::typed_actor<caf::reacts_to<transitions_journaled>, //
                                           caf::replies_to<describe_wanted>::with<actor_description>>;

/// Takes transitions, journals them, then lets channels page: actors/alarm.
using alarm_router_actor = caf::typed_actor< //
    caf::reacts_to<alarm_transition>,        //
    caf::reacts_to<alarm_transitions>,       //
    caf::reacts_to<split_started>,           //
    caf::reacts_to<split_committed>,         //
    caf::reacts_to<transition_dropped>,      //
    caf::reacts_to<split_begun_anew>,        //
    caf::replies_to<acknowledge_alarm>::with<acknowledge_answer>, caf::replies_to<handle_alarms>::with<handle_answer>,
    caf::reacts_to<journal_answered>,         //
    caf::reacts_to<channel_pull>,             //
    caf::reacts_to<delivery_report>,          //
    caf::reacts_to<router_alarm_clock>,       //
    caf::replies_to<stop_router>::with<bool>, //
    caf::replies_to<describe_wanted>::with<actor_description>>;

/// Delivers pages over one transport: actors/channel.
using channel_actor = caf::typed_actor< //
    caf::reacts_to<page_orders>,        //
    caf::reacts_to<deliver_next>,       //
    caf::reacts_to<stop_channel>,       //
    caf::replies_to<describe_wanted>::with<actor_description>>;

/// Watches the node itself: actors/monitor.
using load_monitor_actor = caf::typed_actor< //
    caf::reacts_to<load_sample>,             //
    caf::replies_to<load_report_wanted>::with<load_report>,
    caf::replies_to<load_history_wanted>::with<load_history_answer>,
    caf::replies_to<describe_wanted>::with<actor_description>>;

} // namespace millwright
