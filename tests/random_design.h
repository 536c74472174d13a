#pragma once

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/range.h"

// Random fully parallel designs over every pure operation, for property tests of the rooms that
// read a design.
namespace gatefold::testing {

struct RandomDesignSize {
  int inputs = 4;
  int operations = 40;
  int outputs = 4;
  int widest = 24;  // bits
};

class RandomDesign {
 public:
  using Random = std::mt19937_64;

  RandomDesign(Random& random, const RandomDesignSize& size) : random_(random), size_(size) {}

  hardware::Design make() {
    design_.name = "random";
    design_.layers = {{"dense one", "linear"}, {"relu/1", "map"}, {"2nd", "linear+quantize"}};
    process_.name = "net";
    receive();
    for (int i = 0; i < size_.operations; ++i) add_operation();
    give();
    design_.processes.push_back(std::move(process_));
    return std::move(design_);
  }

 private:
  using ValueId = hardware::ValueId;

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  ValueId any() { return {pick(0, static_cast<int>(process_.body.size()) - 1)}; }
  const numeric::Interval& range(ValueId id) const { return process_.operation(id).range; }

  /// A value of at most `width` bits, if a few draws find one.
  ValueId narrow(int width) {
    for (int i = 0; i < 20; ++i)
      if (const ValueId id = any(); numeric::width_of(range(id)) <= width) return id;
    return {};
  }

  numeric::Interval random_range() {
    const int width = pick(1, 9);
    const std::int64_t low = pick(-(1 << width), 1 << width);
    const int zeros = pick(0, 5) == 0 ? 2 : 0;
    const std::int64_t high = low + pick(pick(0, 9) == 0 ? 0 : 1, 1 << width);
    if (low == high) return numeric::Interval::constant(low << zeros);
    return {low * (1 << zeros), high * (1 << zeros), zeros};
  }

  void receive() {
    hardware::Channel channel{"x", {}, {}};
    for (int i = 0; i < size_.inputs; ++i) channel.words.push_back(random_range());
    design_.channels.push_back(channel);
    design_.inputs.push_back({"x", {0}, {size_.inputs}});
    process_.takes.push_back({{0}, {}});
    for (int i = 0; i < size_.inputs; ++i)
      process_.add(hardware::Receive{{0}, i}, channel.words[static_cast<std::size_t>(i)], 0);
  }

  void add_operation() {
    for (int tries = 0; tries < 100; ++tries) {
      const hardware::Kind kind = random_kind();
      const auto range = hardware::range_of(kind, process_, design_.channels);
      if (!range || numeric::width_of(*range) > size_.widest) continue;
      process_.add(kind, *range, pick(0, 2));
      return;
    }
  }

  /// In a DSP or in LUTs.
  hardware::Kind random_product() {
    hardware::Multiply product{any(), any()};
    product.in_dsp = (product.a.index + product.b.index) % 2 == 0;
    return product;
  }

  hardware::Kind random_kind() {
    using namespace hardware;
    const int shift = pick(0, 4);
    const bool left = pick(0, 1) == 0;
    switch (pick(0, 14)) {
      case 0:
        return Constant{pick(-300, 300)};
      case 1:
      case 2:
      case 3:
        return Add{any(), any(), left ? shift : 0, left ? 0 : shift, pick(0, 1) == 0};
      case 14:
        return Add3{any(),      any(),           any(),          left ? shift : 0, left ? 0 : shift,
                    pick(0, 3), pick(0, 1) == 0, pick(0, 1) == 0};
      case 4:
        return Negate{any()};
      case 5:
        return random_product();
      case 6:
        return Shift{any(), pick(-6, 4)};
      case 7:
        return Compare{static_cast<Relation>(pick(0, 2)), any(), any()};
      case 8:
        return Logic{static_cast<LogicKind>(pick(0, 2)), any(), any()};
      case 9:
        return Not{any()};
      case 10:
        return Select{any(), any(), any()};
      case 11:
        return random_clamp();
      case 12:
        return Wrap{any(), pick(0, 10), pick(0, 1) == 0};
      default:
        return random_lookup();
    }
  }

  hardware::Kind random_clamp() {
    const std::int64_t low = pick(-200, 100);
    return hardware::Clamp{any(), pick(0, 1) == 0 ? 0 : low, low + 250};
  }

  hardware::Kind random_lookup() {
    const ValueId a = narrow(8);
    if (!a.valid()) return hardware::Constant{1};
    hardware::LookupTable table{
        "table" + std::to_string(process_.tables.size()), range(a).low - pick(0, 2), {}};
    const int width = pick(0, 10);
    for (std::int64_t i = table.first; i <= range(a).high + pick(0, 2) || table.entries.empty();
         ++i)
      table.entries.push_back(pick(-(1 << width), 1 << width));
    while (table.first + static_cast<std::int64_t>(table.entries.size()) <= range(a).high)
      table.entries.push_back(0);
    process_.tables.push_back(std::move(table));
    return hardware::Lookup{{static_cast<std::int32_t>(process_.tables.size()) - 1}, a};
  }

  void give() {
    hardware::Channel channel{"y", {}, {}};
    hardware::Give give{{1}, {}, {}};
    for (int i = 0; i < size_.outputs; ++i) {
      const int last = static_cast<int>(process_.body.size()) - 1;
      give.words.push_back(i == 0 ? ValueId{last} : any());
      channel.words.push_back(range(give.words.back()));
    }
    process_.gives.push_back(std::move(give));
    design_.channels.push_back(std::move(channel));
    design_.outputs.push_back({"y", {1}, {size_.outputs}});
  }

  Random& random_;
  RandomDesignSize size_;
  hardware::Design design_;
  hardware::Process process_;
};

inline hardware::Design random_design(std::mt19937_64& random, const RandomDesignSize& size = {}) {
  return RandomDesign(random, size).make();
}

/// A value of the range: an end of it in a quarter of the draws.
inline std::int64_t random_word(std::mt19937_64& random, const numeric::Interval& range) {
  if (range.is_constant()) return range.low;
  const std::int64_t step = std::int64_t{1} << range.zeros;
  const std::int64_t last = (range.high - range.low) / step;
  const std::uint64_t draw = random();
  if (draw % 8 == 0) return range.low;
  if (draw % 8 == 1) return range.high;
  return range.low + step * std::uniform_int_distribution<std::int64_t>(0, last)(random);
}

/// Random tensors for every input port: [samples, elements].
inline hardware::Batch random_batch(std::mt19937_64& random, const hardware::Design& design,
                                    std::int64_t samples) {
  hardware::Batch batch;
  for (const hardware::Port& port : design.inputs) {
    const auto& words = design.channels[static_cast<std::size_t>(port.channel.index)].words;
    const std::int64_t elements = numeric::element_count(port.shape);
    numeric::IntTensor tensor{{samples, elements}, {}};
    tensor.data.resize(static_cast<std::size_t>(samples * elements));
    const auto order = hardware::elements_of_beats(port);
    for (std::int64_t i = 0; i < samples * elements; ++i)
      tensor[i / elements * elements + order[static_cast<std::size_t>(i % elements)]] =
          random_word(random, words[static_cast<std::size_t>(i) % words.size()]);
    batch[port.name] = std::move(tensor);
  }
  return batch;
}

}  // namespace gatefold::testing
