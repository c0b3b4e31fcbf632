#include "tests/runtime/hosting/meter.hpp"
#include "tools/command.hpp"

int main(int count, char** words) {
  millwright::register_built_in_actor_types();
  millwright::meter_type();
  return millwright::run_program({words + 1, words + count});
}
