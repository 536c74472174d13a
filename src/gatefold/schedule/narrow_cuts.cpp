#include "gatefold/schedule/narrow_cuts.h"

#include <algorithm>
#include <iterator>

#include "gatefold/hardware/evaluate.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

std::size_t index(ValueId id) { return static_cast<std::size_t>(id.index); }

class Enumeration {
 public:
  Enumeration(const Process& process, const Target& target, int most_bits)
      : process_(process), target_(target), most_bits_(most_bits), cuts_(process.body.size()) {}

  std::vector<std::vector<Cut>> run() {
    for (std::size_t i = 0; i < cuts_.size(); ++i) {
      const Operation& operation = process_.body[i];
      const bool open = is_pure(operation.kind) && !is_write(operation.kind);
      if (open && !is_fixed(operation)) enumerate({static_cast<std::int32_t>(i)});
    }
    return std::move(cuts_);
  }

 private:
  void enumerate(ValueId id) {
    std::vector<Cut> cuts{{{}, 0, luts(target_, process_, id)}};
    for (const ValueId operand : operands(process_.operation(id).kind)) {
      if (is_fixed(process_.operation(operand))) continue;
      cuts = joined(cuts, with_the_word(operand));
      if (cuts.empty()) return;
    }
    cuts_[index(id)] = std::move(cuts);
  }

  /// The cuts in front of a word, and the word itself.
  std::vector<Cut> with_the_word(ValueId id) const {
    std::vector<Cut> cuts = cuts_[index(id)];
    const int bits = varying_bits(process_.operation(id).range);
    if (bits <= most_bits_) cuts.push_back({{id}, bits, 0});
    return cuts;
  }

  std::vector<Cut> joined(const std::vector<Cut>& some, const std::vector<Cut>& others) const {
    std::vector<Cut> best(static_cast<std::size_t>(most_bits_) + 1);
    std::vector<bool> found(best.size());
    for (const Cut& a : some) {
      for (const Cut& b : others) {
        Cut both = join(a, b);
        if (both.bits > most_bits_) continue;
        const auto at = static_cast<std::size_t>(both.bits);
        if (found[at] && best[at].logic >= both.logic) continue;
        best[at] = std::move(both);
        found[at] = true;
      }
    }
    return undominated(std::move(best), found);
  }

  Cut join(const Cut& a, const Cut& b) const {
    Cut both{{}, 0, a.logic + b.logic};
    std::ranges::set_union(a.leaves, b.leaves, std::back_inserter(both.leaves));
    for (const ValueId leaf : both.leaves)
      both.bits += varying_bits(process_.operation(leaf).range);
    return both;
  }

  static std::vector<Cut> undominated(std::vector<Cut> best, const std::vector<bool>& found) {
    std::vector<Cut> kept;
    for (std::size_t bits = 0; bits < best.size(); ++bits)
      if (found[bits] && (kept.empty() || best[bits].logic > kept.back().logic))
        kept.push_back(std::move(best[bits]));
    return kept;
  }

  const Process& process_;
  const Target& target_;
  int most_bits_ = 0;
  std::vector<std::vector<Cut>> cuts_;
};

}  // namespace

int varying_bits(const numeric::Interval& range) {
  return range.is_constant() ? 0 : word_of(range).width - range.zeros;
}

bool is_fixed(const Operation& operation) {
  return operation.range.is_constant() && !is_write(operation.kind);
}

std::vector<std::vector<Cut>> narrow_cuts(const Process& process, const Target& target,
                                          int most_bits) {
  return Enumeration(process, target, most_bits).run();
}

}  // namespace gatefold::schedule
