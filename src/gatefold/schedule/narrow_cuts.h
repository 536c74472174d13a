#pragma once

#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// Words that decide another word, ascending, and how many bits they have together. `logic`: LUTs
/// between them and the word; what several paths share counts more than once.
struct Cut {
  std::vector<hardware::ValueId> leaves;
  int bits = 0;
  double logic = 0;
};

/// Bits of a word that its range does not fix at 0.
int varying_bits(const numeric::Interval& range);

/// Whether a word is always this one: it is no leaf, and needs none.
bool is_fixed(const hardware::Operation& operation);

/// For each operation of the body, cuts of at most `most_bits` bits in front of it: of those of
/// equally many bits the one with the most logic, where it has more than all with fewer bits. None
/// in front of what is not pure, of stores' writes and of fixed words.
std::vector<std::vector<Cut>> narrow_cuts(const hardware::Process& process, const Target& target,
                                          int most_bits);

}  // namespace gatefold::schedule
