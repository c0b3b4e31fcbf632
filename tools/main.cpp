#include "tools/command.hpp"

int main(int count, char** words) {
  return millwright::run_program({words + 1, words + count});
}
