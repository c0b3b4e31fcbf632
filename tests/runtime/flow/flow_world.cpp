#include "tests/runtime/flow/flow_world.hpp"

#include "actors/facility/facility_settings.hpp"

#include <algorithm>

namespace millwright::flow {

using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'767'225'600'000);
constexpr uint32_t sensors_a_source = 5;

const actor_settings& settings() {
  static const actor_settings all{facility_settings()};
  return all;
}

hosted_birth birth_of(uint32_t facility) {
  return {facility_entity({std::string{"f"} + std::to_string(facility)}), &settings()};
}

std::string merged(const entity_key&, std::string_view a, std::string_view b) {
  auto out = counted_part::of(a);
  out.merge(counted_part::of(b));
  return out.bytes();
}

uint32_t facility_named(std::string_view id) {
  return static_cast<uint32_t>(id[1] - '0');
}

} // namespace

void counted_part::merge(const counted_part& other) {
  readings += other.readings;
  facility.merge(other.facility);
}

std::string counted_part::bytes() const {
  std::string out, inner;
  facility.encode(inner);
  binary_writer writer{out};
  writer.varint(readings);
  writer.text(inner);
  return out;
}

counted_part counted_part::of(std::string_view bytes) {
  counted_part out;
  binary_reader reader{bytes};
  out.readings = reader.varint();
  if (!out.facility.decode(reader.text()) || !reader.at_end())
    throw std::runtime_error{"a part cannot be read"};
  return out;
}

world::world(uint64_t seed, world_shape shape) : shape_{shape}, random_{seed} {
  type_.name = "generic";
  for (uint32_t f = 0; f < shape_.facilities; ++f) {
    auto info = std::make_shared<facility_info>();
    info->id.text = std::string{"f"} + std::to_string(f);
    auto& of = contexts_.emplace_back();
    for (uint32_t s = 0; s < shape_.sources * sensors_a_source; ++s) {
      auto& context = of.emplace_back();
      context.key = {info->id, {std::string{"s"} + std::to_string(s)}};
      context.facility = info;
      context.equipment.text = std::string{"U"} + std::to_string(s / 2);
    }
  }
  for (uint16_t i = 0; i < shape_.sources; ++i) {
    source_numbers_.push_back(i);
    auto& log = logs_.emplace_back();
    auto clock = start + 1s * static_cast<int>(chance(300));
    const auto step = 1 + chance(40'000);
    event_time newest = never;
    for (size_t n = 0; n < shape_.readings; ++n) {
      clock += milliseconds{static_cast<int64_t>(chance(2 * step))};
      reading r;
      r.time = chance(4) == 0 ? clock - milliseconds{static_cast<int64_t>(chance(250'000))} : clock;
      r.value = static_cast<double>(static_cast<int64_t>(chance(2'000'000)) - 1'000'000) / 64;
      r.quality = chance(3) == 0 ? 0.5 : 1;
      r.position = n;
      r.split = i;
      r.watermark = newest;
      newest = std::max(newest, r.time);
      log.readings.push_back(r);
      log.sensors.push_back(static_cast<uint32_t>(i * sensors_a_source + chance(sensors_a_source)));
    }
  }
  source_disk_.resize(shape_.sources);
  source_epochs_.resize(shape_.sources);
  receiver_disk_.resize(shape_.receivers);
  receiver_epochs_.resize(shape_.receivers);
  for (uint16_t i = 0; i < shape_.sources; ++i)
    sources_.push_back(source_from(i));
  for (uint16_t i = 0; i < shape_.receivers; ++i)
    receivers_.push_back(receiver_from(i));
}

void world::fail(std::string what) {
  if (broken_.empty())
    broken_ = std::move(what);
}

uint32_t world::facility_of(const source_log& log, const std::map<uint64_t, uint32_t>& decisions,
                            uint64_t position) const {
  const auto after = decisions.upper_bound(position);
  const uint32_t shift = after == decisions.begin() ? 0 : std::prev(after)->second;
  return (log.sensors[position] + shift) % shape_.facilities;
}

uint64_t world::count(uint16_t source, uint64_t upto, const std::map<uint64_t, uint32_t>& decisions,
                      uint16_t receiver) const {
  uint64_t out = 0;
  for (uint64_t position = 0; position < upto; ++position)
    out += facility_of(logs_[source], decisions, position) % shape_.receivers == receiver;
  return out;
}

std::unique_ptr<world::live_source> world::source_from(uint16_t number) {
  auto out = std::make_unique<live_source>();
  out->epoch = ++source_epochs_[number];
  out->at = source_disk_[number];
  out->decisions = logs_[number].decisions;
  out->told = out->at.barrier;
  for (uint16_t r = 0; r < shape_.receivers; ++r) {
    auto& sender = out->senders[r];
    sender = std::make_unique<part_sender>(number, r, out->epoch, merged, shape_.limits);
    if (const auto found = out->at.kept.find(r); found != out->at.kept.end() && !sender->decode(found->second))
      fail("what a shard keeps cannot be read");
  }
  return out;
}

std::unique_ptr<world::live_receiver> world::receiver_from(uint16_t number) {
  auto out = std::make_unique<live_receiver>();
  out->epoch = ++receiver_epochs_[number];
  out->at = receiver_disk_[number];
  out->told = out->at.barrier;
  out->end = std::make_unique<part_receiver>(number, out->epoch, source_numbers_, shape_.limits);
  if (!out->at.stored.empty() && !out->end->decode(out->at.stored))
    fail("a receiver's state cannot be read");
  for (const auto& [facility, bytes] : out->at.models) {
    auto& model = out->models[facility];
    model = std::make_unique<facility_model>(birth_of(facility));
    if (!model->decode(bytes))
      fail("a facility's state cannot be read");
  }
  return out;
}

void world::crash_source(uint16_t number) {
  ++crashes;
  sources_[number]->fenced = true;
  if (chance(2) == 0)
    old_sources_.emplace_back(number, std::move(sources_[number]));
  sources_[number] = source_from(number);
}

void world::crash_receiver(uint16_t number) {
  ++crashes;
  receivers_[number]->fenced = true;
  if (chance(3) == 0)
    old_receivers_.emplace_back(number, std::move(receivers_[number]));
  receivers_[number] = receiver_from(number);
}

void world::read(uint16_t number, live_source& of) {
  const auto& log = logs_[number];
  if (of.at.position == log.readings.size())
    return;
  const uint64_t position = of.at.position++;
  reading r = log.readings[position];
  const uint32_t facility = facility_of(log, of.decisions, position);
  r.context = &contexts_[facility][log.sensors[position]];
  auto found = of.gathered.find(facility);
  if (found == of.gathered.end())
    found = of.gathered.emplace(facility, counted_part{0, part_of<facility_part>(birth_of(facility))}).first;
  const contribution x{r, type_};
  found->second.facility.take(x);
  ++found->second.readings;
  of.newest[facility] = position;
  of.at.time = std::max(of.at.time, x.split_time());
}

// In the log before its first reading is taken; who has lost the shard cannot write there, and knows nothing of it.
void world::decide(uint16_t number, live_source& of) {
  if (of.fenced)
    return;
  const auto shift = static_cast<uint32_t>(chance(shape_.facilities));
  of.decisions[of.at.position] = logs_[number].decisions[of.at.position] = shift;
}

void world::show(live_source& of) {
  for (const auto& [facility, part] : of.gathered)
    of.senders[static_cast<uint16_t>(facility % shape_.receivers)]->show(
        {birth_of(facility).key, of.newest[facility], part.bytes()});
}

void world::cut(uint16_t number, live_source& of) {
  show(of);
  ++of.at.barrier;
  source_time time;
  time.at.split = number;
  time.at.time = of.at.time;
  time.silent = of.at.position == logs_[number].readings.size();
  for (auto& [receiver, sender] : of.senders) {
    std::vector<flow_part> parts;
    for (const auto& [facility, part] : of.gathered)
      if (facility % shape_.receivers == receiver)
        parts.push_back({birth_of(facility).key, of.newest[facility], part.bytes()});
    sender->cut(of.at.barrier, std::move(parts), time);
    auto& stored = of.at.kept[receiver];
    stored.clear();
    sender->encode(stored);
  }
  of.gathered.clear();
  of.newest.clear();
  of.cut.push_back(of.at);
}

// Two steps: the commit, and that the senders hear of it.
void world::commit(uint16_t number, live_source& of) {
  if (of.told < source_disk_[number].barrier && !of.fenced) {
    of.told = source_disk_[number].barrier;
    for (auto& [receiver, sender] : of.senders)
      sender->committed(of.told);
  } else if (!of.fenced && !of.cut.empty()) {
    source_disk_[number] = std::move(of.cut.front());
    of.cut.pop_front();
    for (uint16_t r = 0; r < shape_.receivers; ++r)
      behind_[{number, r, source_disk_[number].barrier}] =
          count(number, source_disk_[number].position, logs_[number].decisions, r);
  }
}

void world::send(uint16_t number, live_source&) {
  auto send_all = [&](live_source& of) {
    std::string frame;
    for (auto& [receiver, sender] : of.senders)
      while (sender->next(now_, frame))
        post({true, receiver, frame});
  };
  send_all(*sources_[number]);
  for (auto& [old, of] : old_sources_)
    if (old == number)
      send_all(*of);
}

void world::cut(uint16_t number, live_receiver& of) {
  ++of.at.barrier;
  std::map<uint32_t, counted_part> inputs;
  int last = -1;
  std::map<uint16_t, uint64_t> came;
  const auto time = of.end->cut(of.at.barrier, [&](uint16_t source, const flow_part_view& part) {
    if (source < last)
      fail("parts do not come in the order of their shards");
    last = source;
    const auto one = counted_part::of(part.bytes);
    came[source] += one.readings;
    const auto [at, added] = inputs.emplace(facility_named(of.end->target(part.target).facility.text), one);
    if (!added)
      at->second.merge(one);
  });
  for (const uint16_t source : source_numbers_) {
    of.at.taken[source] += came[source];
    const uint64_t key = of.end->stream(source)->taken();
    const auto known = behind_.find({source, number, key});
    if (of.at.taken[source] != (known == behind_.end() ? 0 : known->second))
      fail("a source's time is known before its readings, or after");
  }
  hosted_output out;
  for (auto& [facility, part] : inputs) {
    auto& model = of.models[facility];
    if (!model)
      model = std::make_unique<facility_model>(birth_of(facility));
    of.at.readings[facility] += part.readings;
    model->take(std::move(part.facility), out);
  }
  of.at.models.clear();
  for (auto& [facility, model] : of.models) {
    model->pass(time, out);
    std::as_const(*model).encode(of.at.models[facility]);
  }
  for (auto& each : out.rows)
    of.at.rows.push_back(std::move(each.json));
  of.at.stored.clear();
  of.end->encode(of.at.stored);
  of.cut.push_back(of.at);
}

void world::commit(uint16_t number, live_receiver& of) {
  if (of.fenced)
    return;
  if (of.told < receiver_disk_[number].barrier) {
    of.told = receiver_disk_[number].barrier;
    of.end->committed(of.told);
  } else if (!of.cut.empty()) {
    receiver_disk_[number] = std::move(of.cut.front());
    of.cut.pop_front();
    closed_on_the_way = std::max<uint64_t>(closed_on_the_way, receiver_disk_[number].rows.size());
  }
}

void world::answer(uint16_t number, live_receiver& of) {
  std::string bytes;
  while (of.end->next(bytes)) {
    const auto said = decode_flow_answer(bytes);
    if (!said || said->receiver != number)
      fail("an answer cannot be read");
    else
      post({false, said->source, bytes});
  }
}

void world::post(packet next) {
  if (!healed_ && chance(100) < shape_.lost)
    return;
  if (!healed_ && chance(100) < shape_.repeated)
    network_.push_back(next);
  network_.push_back(std::move(next));
}

// Whichever comes next, at whoever takes it for his own.
void world::deliver() {
  if (network_.empty())
    return;
  const size_t at = chance(network_.size());
  std::swap(network_[at], network_.back());
  const packet next = std::move(network_.back());
  network_.pop_back();
  if (next.to_receiver) {
    auto* to = receivers_[next.to].get();
    for (auto& [old, of] : old_receivers_)
      if (old == next.to && chance(2) == 0)
        to = of.get();
    to->end->take(next.bytes);
    return;
  }
  const auto said = decode_flow_answer(next.bytes);
  auto* to = sources_[next.to].get();
  for (auto& [old, of] : old_sources_)
    if (old == next.to && said && chance(2) == 0) {
      if (!healed_)
        to = of.get();
      of->senders[said->receiver]->take(*said, now_);
    }
  if (said && !to->fenced)
    to->senders[said->receiver]->take(*said, now_);
}

void world::deliver_all() {
  while (!network_.empty())
    deliver();
}

void world::check_bounds() {
  for (const auto& source : sources_)
    for (const auto& [receiver, sender] : source->senders) {
      const auto& limits = shape_.limits;
      most_kept = std::max<uint64_t>(most_kept, sender->kept().frozen().size());
      if (sender->kept().frozen().size() > limits.bundles || sender->under_way() > limits.frames ||
          sender->shown() > shape_.facilities * (limits.bundles + 2))
        fail("a sender holds more than it may");
    }
  for (const auto& receiver : receivers_)
    for (const uint16_t source : source_numbers_)
      if (receiver->end->stream(source)->held() > shape_.limits.bundles + 1)
        fail("a receiver holds more than it may");
}

void world::chaos() {
  for (size_t step = 0; step < shape_.steps; ++step) {
    now_ += milliseconds{static_cast<int64_t>(chance(200))};
    const auto s = static_cast<uint16_t>(chance(shape_.sources)), r = static_cast<uint16_t>(chance(shape_.receivers));
    auto* source = sources_[s].get();
    auto* receiver = receivers_[r].get();
    // Now and then it is somebody who does not know yet that he is nobody any more.
    if (!old_sources_.empty() && chance(4) == 0)
      if (auto& old = old_sources_[chance(old_sources_.size())]; old.first == s)
        source = old.second.get();
    if (!old_receivers_.empty() && chance(4) == 0)
      if (auto& old = old_receivers_[chance(old_receivers_.size())]; old.first == r)
        receiver = old.second.get();
    if (chance(100) < shape_.crashes)
      chance(2) == 0 ? crash_source(s) : crash_receiver(r);
    else
      switch (chance(16)) {
      case 0:
      case 1:
      case 2:
        read(s, *source);
        break;
      case 3:
        show(*source);
        break;
      case 4:
        cut(s, *source);
        break;
      case 5:
      case 6:
        commit(s, *source);
        break;
      case 7:
      case 8:
        send(s, *source);
        break;
      case 9:
        cut(r, *receiver);
        break;
      case 10:
      case 11:
        commit(r, *receiver);
        break;
      case 12:
        answer(r, *receiver);
        break;
      case 13:
        if (chance(20) == 0)
          decide(s, *source);
        break;
      default:
        deliver();
        deliver();
      }
    check_bounds();
  }
}

std::map<uint32_t, uint64_t> world::seen() const {
  std::map<uint32_t, uint64_t> out;
  for (const auto& receiver : receivers_) {
    for (const auto& [facility, readings] : receiver->at.readings)
      out[facility] += readings;
    receiver->end->visit_open([&](uint16_t, const flow_part_view& part) {
      out[facility_named(receiver->end->target(part.target).facility.text)] += counted_part::of(part.bytes).readings;
    });
  }
  return out;
}

bool world::shows_what_was_read() {
  healed_ = true;
  old_receivers_.clear();
  // Room for what is new: what was held up comes through.
  bool through = false;
  for (int round = 0; round < 1500 && !through; ++round) {
    now_ += 100ms;
    through = true;
    for (uint16_t s = 0; s < shape_.sources; ++s) {
      auto& of = *sources_[s];
      bool waits = !of.gathered.empty();
      for (auto& [receiver, sender] : of.senders) {
        waits = waits || sender->kept().gathers();
        through = through && sender->kept().frozen().empty();
      }
      if (waits && round % 20 == 0)
        cut(s, of);
      through = through && !waits && of.cut.empty();
      commit(s, of);
      send(s, of);
    }
    for (uint16_t r = 0; r < shape_.receivers; ++r) {
      if (round % 5 == 0)
        cut(r, *receivers_[r]);
      commit(r, *receivers_[r]);
      answer(r, *receivers_[r]);
    }
    deliver_all();
    check_bounds();
  }
  if (!through)
    return false;
  // From here on nobody commits. Somebody reads, cuts, and reads on; whoever had the shard before does likewise.
  const auto all = [&](auto does) {
    for (uint16_t s = 0; s < shape_.sources; ++s)
      does(s, *sources_[s]);
    for (auto& [number, of] : old_sources_)
      does(number, *of);
  };
  for (int round = 0; round < 300; ++round) {
    now_ += 100ms;
    all([&](uint16_t s, live_source& of) {
      if (round < 6)
        read(s, of);
      if (round == 3)
        cut(s, of);
      if (round % 3 == 0)
        show(of);
    });
    for (uint16_t s = 0; s < shape_.sources; ++s)
      send(s, *sources_[s]);
    for (uint16_t r = 0; r < shape_.receivers; ++r)
      answer(r, *receivers_[r]);
    deliver_all();
    check_bounds();
  }
  std::map<uint32_t, uint64_t> read;
  for (uint16_t s = 0; s < shape_.sources; ++s)
    for (uint64_t position = 0; position < sources_[s]->at.position; ++position)
      ++read[facility_of(logs_[s], sources_[s]->decisions, position)];
  auto shown = seen();
  std::erase_if(shown, [](const auto& each) { return each.second == 0; });
  return shown == read;
}

bool world::comes_to_rest() {
  healed_ = true;
  old_sources_.clear();
  old_receivers_.clear();
  for (int round = 0; round < 4000; ++round) {
    now_ += 100ms;
    bool over = network_.empty();
    for (uint16_t s = 0; s < shape_.sources; ++s) {
      auto& of = *sources_[s];
      over = over && of.at.position == logs_[s].readings.size() && of.gathered.empty() && of.cut.empty() &&
             source_disk_[s].barrier == of.at.barrier && of.told == of.at.barrier;
      for (auto& [receiver, sender] : of.senders)
        over = over && sender->quiet();
    }
    for (uint16_t r = 0; r < shape_.receivers; ++r)
      for (const uint16_t s : source_numbers_)
        over = over && receivers_[r]->end->stream(s)->held() == 0;
    if (over)
      return true;
    for (uint16_t s = 0; s < shape_.sources; ++s) {
      auto& of = *sources_[s];
      for (int i = 0; i < 3; ++i)
        read(s, of);
      if (round % 8 == 0 && (of.at.position < logs_[s].readings.size() || !of.gathered.empty() || round % 64 == 0) &&
          round < 2000)
        cut(s, of);
      commit(s, of);
      send(s, of);
    }
    for (uint16_t r = 0; r < shape_.receivers; ++r) {
      if (round % 4 == 0)
        cut(r, *receivers_[r]);
      commit(r, *receivers_[r]);
      answer(r, *receivers_[r]);
    }
    for (size_t n = network_.size(); n > 0; --n)
      deliver();
    check_bounds();
  }
  return false;
}

std::vector<std::string> world::rows() {
  std::vector<std::string> out;
  for (uint16_t r = 0; r < shape_.receivers; ++r) {
    out.insert(out.end(), receiver_disk_[r].rows.begin(), receiver_disk_[r].rows.end());
    for (const auto& [facility, bytes] : receiver_disk_[r].models) {
      facility_model model{birth_of(facility)};
      if (!model.decode(bytes))
        fail("a facility's state cannot be read");
      hosted_output last;
      model.end(last);
      for (auto& each : last.rows)
        out.push_back(std::move(each.json));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> world::plain_rows() const {
  struct window {
    double sum = 0;
    uint64_t readings = 0, alerts = 0;
    std::set<std::string> sensors, units;
  };
  std::map<std::pair<uint32_t, int64_t>, window> windows;
  constexpr int64_t pane = 30'000, delay = 120'000;
  for (const auto& log : logs_)
    for (uint64_t position = 0; position < log.readings.size(); ++position) {
      const auto& r = log.readings[position];
      const int64_t first = epoch_ms(r.time) / pane * pane;
      if (r.watermark != never && first + pane <= epoch_ms(r.watermark) - delay)
        continue;
      const uint32_t facility = facility_of(log, log.decisions, position);
      for (const int64_t begin : {first - pane, first}) {
        auto& of = windows[{facility, begin}];
        of.sum += r.value;
        ++of.readings;
        of.alerts += r.quality < 0.8;
        const auto& context = contexts_[facility][log.sensors[position]];
        of.sensors.insert(context.key.sensor.text);
        of.units.insert(context.equipment.text);
      }
    }
  std::vector<std::string> out;
  for (const auto& [key, of] : windows) {
    facility_row row;
    row.facility.text = std::string{"f"} + std::to_string(key.first);
    row.start = from_epoch_ms(key.second);
    row.end = row.start + 60s;
    row.readings = of.readings;
    row.sensors = of.sensors.size();
    row.avg = of.sum / static_cast<double>(of.readings);
    row.units = of.units.size();
    row.quality_alerts = of.alerts;
    append_json(out.emplace_back(), row);
  }
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace millwright::flow
