#include "runtime/admin/sensor_word_answer.hpp"

namespace millwright {

sensor_word_answer what_follows(const sensor_word& word, const detection_settings& settings) {
  sensor_word_answer out{word.key.sensor.text + " of " + word.key.facility.text, never};
  const auto as_of = ", as of " + to_iso(word.at);
  switch (word.what) {
  case sensor_word::kind::retire:
    out.text += " is retired" + as_of +
                ": its alarms end, it is forgotten, and what it still sends is counted and not "
                "judged; millwright retire --back has it in service again";
    break;
  case sensor_word::kind::unretire:
    out.text += " is in service again" + as_of + ": with its next reading it begins as a new sensor";
    break;
  case sensor_word::kind::relearn:
    out.text += " learns anew what is normal" + as_of;
    if (settings.of(rule::state).tells())
      out.pages_from = word.at + settings.state.relearning_time();
    out.text += out.pages_from == never ? "; by the settings its state rule pages nobody"
                                        : "; what it learns pages from " + to_iso(out.pages_from) + " on";
  }
  return out;
}

} // namespace millwright
