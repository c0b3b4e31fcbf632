#include "tools/command.hpp"

#include <malloc.h>

int main(int count, char** words) {
  // Large blocks go back to the system when they are freed. Left alone, glibc raises its threshold with the first one
  // to 32 MB: then what a barrier needs for a moment stays in the process for ever.
  mallopt(M_MMAP_THRESHOLD, 512 << 10);
  return millwright::run_program({words + 1, words + count});
}
