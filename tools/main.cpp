#include "tools/command.hpp"

// jemalloc reads it before `main`. An arena a processor instead of four each: what one thread has freed is there for
// another. What nobody has wanted for half a second goes back to the system: a barrier, a backlog and the making of a
// plant's first minutes take for a moment what would stay in the process for ever otherwise (with glibc 28 %).
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "percpu_arena:percpu,dirty_decay_ms:500,muzzy_decay_ms:0";
}

int main(int count, char** words) {
  return millwright::run_program({words + 1, words + count});
}
