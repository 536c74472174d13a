// order: a tournament for the best index, a sorting network for more.
#include <bit>

#include "gatefold/lowering/lowerer.h"

namespace gatefold::lowering {
namespace {

struct Entrant {
  ValueId value, index;
};

/// The first of the best: an earlier entrant stays unless a later one is strictly better.
Entrant better(Lowerer& lowerer, const Entrant& a, const Entrant& b, bool largest) {
  const ValueId keeps = largest ? lowerer.compare(hardware::Relation::LessEqual, b.value, a.value)
                                : lowerer.compare(hardware::Relation::LessEqual, a.value, b.value);
  return {lowerer.select(keeps, a.value, b.value), lowerer.select(keeps, a.index, b.index)};
}

ValueId best_index(Lowerer& lowerer, const Words& x, bool largest) {
  std::vector<Entrant> entrants;
  for (std::size_t i = 0; i < x.size(); ++i)
    entrants.push_back({x[i], lowerer.constant(static_cast<std::int64_t>(i))});
  while (entrants.size() > 1) {
    std::vector<Entrant> next;
    for (std::size_t i = 0; i + 1 < entrants.size(); i += 2)
      next.push_back(better(lowerer, entrants[i], entrants[i + 1], largest));
    if (entrants.size() % 2 == 1) next.push_back(entrants.back());
    entrants = std::move(next);
  }
  return entrants.front().index;
}

/// One word for value and index: of two words the smaller comes first, of equal values the one
/// with the smaller index.
class Keys {
 public:
  Keys(Lowerer& lowerer, const Words& x, bool largest)
      : lowerer_(lowerer), bits_(std::bit_width(x.size() - 1)), largest_(largest) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const ValueId value = largest ? lowerer.negate(x[i]) : x[i];
      keys_.push_back(lowerer.add(lowerer.constant(static_cast<std::int64_t>(i)), value, 0, bits_));
    }
  }

  /// Batcher's merge exchange for any number of keys (Knuth, The Art of Computer Programming,
  /// volume 3, 5.2.2, algorithm M).
  void sort() {
    const std::size_t count = keys_.size();
    const std::size_t top = std::bit_ceil(count) / 2;
    for (std::size_t p = top; p > 0; p /= 2) {
      std::size_t q = top, r = 0, d = p;
      for (;;) {
        for (std::size_t i = 0; i + d < count; ++i)
          if ((i & p) == r) exchange(i, i + d);
        if (q == p) break;
        d = q - p;
        q /= 2;
        r = p;
      }
    }
  }

  ValueId value(std::size_t place) {
    const ValueId word = lowerer_.shift(keys_[place], -bits_);
    return largest_ ? lowerer_.negate(word) : word;
  }
  ValueId index(std::size_t place) {
    return bits_ == 0 ? lowerer_.constant(0) : lowerer_.wrap(keys_[place], bits_, false);
  }

 private:
  void exchange(std::size_t i, std::size_t j) {
    const ValueId a = keys_[i], b = keys_[j];
    keys_[i] = lowerer_.smaller(a, b);
    keys_[j] = lowerer_.larger(a, b);
  }

  Lowerer& lowerer_;
  int bits_;
  bool largest_;
  Words keys_;
};

Words ordered(Lowerer& lowerer, const graph::Order& order, const Words& x) {
  if (order.kind == graph::OrderKind::ArgMax) return {best_index(lowerer, x, order.largest)};
  Keys keys(lowerer, x, order.largest);
  keys.sort();
  const bool all = order.kind == graph::OrderKind::Sort;
  const std::size_t count = all ? x.size() : static_cast<std::size_t>(order.count);
  Words words;
  for (std::size_t place = 0; place < count; ++place)
    words.push_back(order.kind == graph::OrderKind::TopIndices ? keys.index(place)
                                                               : keys.value(place));
  return words;
}

}  // namespace

bool fits_key(const Interval& value, std::int64_t places) {
  const int bits = std::bit_width(static_cast<std::uint64_t>(places - 1));
  return numeric::width_of(value) + bits + 1 <= numeric::max_word_width;
}

Result<Words> lower_order(Lowerer& lowerer, const graph::Order& order, const graph::Node& node) {
  const Words& x = lowerer.words(node.inputs.front());
  const auto row = static_cast<std::size_t>(lowerer.type(node.inputs.front()).shape.back());
  Words result;
  for (std::size_t start = 0; start < x.size(); start += row) {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(start);
    const Words words(first, first + static_cast<std::ptrdiff_t>(row));
    const auto fits = [&](ValueId word) {
      return fits_key(lowerer.range(word), std::ssize(words));
    };
    if (!std::ranges::all_of(words, fits))
      return diagnose(DiagnosticId::WordTooWide, node.layer, "order");
    const Words part = ordered(lowerer, order, words);
    result.insert(result.end(), part.begin(), part.end());
  }
  return result;
}

}  // namespace gatefold::lowering
