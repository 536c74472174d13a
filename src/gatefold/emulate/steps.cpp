#include "gatefold/emulate/steps.h"

#include <algorithm>
#include <utility>

#include "gatefold/support/match.h"

namespace gatefold::emulate {
namespace {

// Room for the widest lanes of a block.
struct Scratch {
  alignas(64) std::byte bytes[max_block * sizeof(std::int64_t)];
};

std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

void convert(const Kernels& kernels, const void* from, Lane from_lane, void* to, Lane to_lane,
             std::size_t lanes) {
  kernels.convert[index(from_lane)][index(to_lane)](from, to, lanes);
}

void fill(const Kernels& kernels, void* to, Lane lane, std::int64_t value, std::size_t lanes) {
  std::int64_t values[max_block];
  std::fill_n(values, lanes, value);
  convert(kernels, values, Lane::Int64, to, lane, lanes);
}

const void* entries_of(const LookUp& table) {
  return std::visit([](const auto& entries) -> const void* { return entries.data(); },
                    table.entries);
}

void apply_table(const Kernels& kernels, const LookUp& table, const void* from, Lane from_lane,
                 void* to, Lane to_lane, std::size_t lanes) {
  Scratch indices, results;
  convert(kernels, from, from_lane, indices.bytes, table.lane, lanes);
  kernels.look[index(table.lane)](indices.bytes, results.bytes, lanes, entries_of(table),
                                  table.first);
  convert(kernels, results.bytes, table.lane, to, to_lane, lanes);
}

void apply_singly(const Kernels& kernels, const OneByOne& function, const void* from,
                  Lane from_lane, void* to, Lane to_lane, std::size_t lanes) {
  std::int64_t values[max_block];
  convert(kernels, from, from_lane, values, Lane::Int64, lanes);
  for (std::size_t i = 0; i < lanes; ++i) values[i] = function(values[i]);
  convert(kernels, values, Lane::Int64, to, to_lane, lanes);
}

class UnaryStep : public Step {
 public:
  UnaryStep(const Kernels& kernels, std::vector<UnaryElement> elements)
      : kernels_(kernels), elements_(std::move(elements)) {}

  void run(const Block& block) const override {
    for (const UnaryElement& e : elements_)
      apply(kernels_, *e.function, address(block, e.from), e.from.lane, address(block, e.to),
            e.to.lane, block.lanes);
  }

 private:
  const Kernels& kernels_;
  std::vector<UnaryElement> elements_;
};

class SumStep : public Step {
 public:
  SumStep(const Kernels& kernels, Sums sums)
      : kernels_(kernels), places_(std::move(sums.places)), elements_(std::move(sums.elements)) {
    for (const ChannelTerms& terms : sums.terms) add(terms);
  }

  void run(const Block& block) const override {
    Scratch scratch;
    for (const SumElement& e : elements_) {
      const bool direct = !e.function && e.sum == e.to.lane;
      void* const sum = direct ? address(block, e.to) : scratch.bytes;
      bool add = e.addend != 0;
      if (add) fill(kernels_, sum, e.sum, e.addend, block.lanes);
      for (const Run& run : runs_[e.terms]) {
        const std::span<const Term> terms(terms_.data() + run.first, run.count);
        kernels_.accumulate[index(e.sum)][index(run.lane)](block, terms, places_.data() + e.first,
                                                           sum, add);
        add = true;
      }
      if (direct) continue;
      if (e.function) {
        apply(kernels_, *e.function, sum, e.sum, address(block, e.to), e.to.lane, block.lanes);
      } else {
        convert(kernels_, sum, e.sum, address(block, e.to), e.to.lane, block.lanes);
      }
    }
  }

 private:
  struct Run {
    std::size_t first, count;
    Lane lane;
  };

  void add(const ChannelTerms& all) {
    std::vector<Run> runs;
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
      const std::vector<Term>& terms = all[lane];
      if (terms.empty()) continue;
      runs.push_back({terms_.size(), terms.size(), static_cast<Lane>(lane)});
      terms_.insert(terms_.end(), terms.begin(), terms.end());
    }
    if (runs.empty()) runs.push_back({0, 0, Lane::Int16});
    runs_.push_back(std::move(runs));
  }

  const Kernels& kernels_;
  std::vector<std::uint32_t> places_;
  std::vector<Term> terms_;
  std::vector<std::vector<Run>> runs_;  // by SumElement::terms
  std::vector<SumElement> elements_;
};

class CombineStep : public Step {
 public:
  CombineStep(const Kernels& kernels, graph::CombineKind kind, Lane word,
              std::vector<CombineElement> elements)
      : kernels_(kernels), kind_(kind), word_(word), elements_(std::move(elements)) {}

  void run(const Block& block) const override {
    for (const CombineElement& e : elements_) run(block, e);
  }

 private:
  void run(const Block& block, const CombineElement& e) const {
    Scratch result, left, right;
    read(block, e.from[0], result);
    if (kind_ == graph::CombineKind::Select) {
      read(block, e.from[1], left);
      read(block, e.from[2], right);
      combine(block, left, right, result);
    } else {
      for (std::size_t i = 1; i < e.from.size(); ++i) {
        read(block, e.from[i], right);
        combine(block, result, right, result);
      }
    }
    convert(kernels_, result.bytes, word_, address(block, e.to), e.to.lane, block.lanes);
  }

  void read(const Block& block, Slot slot, Scratch& into) const {
    convert(kernels_, address(block, slot), slot.lane, into.bytes, word_, block.lanes);
  }

  void combine(const Block& block, const Scratch& a, const Scratch& b, Scratch& to) const {
    kernels_.combine[index(word_)](kind_, a.bytes, b.bytes, to.bytes, block.lanes);
  }

  const Kernels& kernels_;
  graph::CombineKind kind_;
  Lane word_;
  std::vector<CombineElement> elements_;
};

class EvaluateStep : public Step {
 public:
  EvaluateStep(graph::Op op, std::vector<graph::TensorType> types,
               std::vector<std::vector<Slot>> from, std::vector<std::vector<Slot>> to)
      : op_(std::move(op)), types_(std::move(types)), from_(std::move(from)), to_(std::move(to)) {}

  void run(const Block& block) const override {
    for (std::size_t sample = 0; sample < block.lanes; ++sample) run(block, sample);
  }

 private:
  void run(const Block& block, std::size_t sample) const {
    std::vector<numeric::IntTensor> inputs;
    for (std::size_t i = 0; i < from_.size(); ++i) {
      inputs.push_back({types_[i].shape, {}});
      for (const Slot slot : from_[i]) inputs.back().data.push_back(load(block, slot, sample));
    }
    const auto outputs = graph::evaluate(op_, types_, inputs);
    for (std::size_t i = 0; i < to_.size(); ++i)
      for (std::size_t e = 0; e < to_[i].size(); ++e)
        store(block, to_[i][e], sample, outputs[i].data[e]);
  }

  graph::Op op_;
  std::vector<graph::TensorType> types_;
  std::vector<std::vector<Slot>> from_, to_;
};

}  // namespace

void apply(const Kernels& kernels, const Unary& function, const void* from, Lane from_lane,
           void* to, Lane to_lane, std::size_t lanes) {
  std::visit(Match{[&](const ScaleBy& s) {
                     kernels.scale[index(from_lane)][index(s.word)][index(to_lane)](from, to, lanes,
                                                                                    s.scaling);
                   },
                   [&](const LookUp& table) {
                     apply_table(kernels, table, from, from_lane, to, to_lane, lanes);
                   },
                   [&](const OneByOne& f) {
                     apply_singly(kernels, f, from, from_lane, to, to_lane, lanes);
                   }},
             function);
}

std::unique_ptr<Step> unary_step(const Kernels& kernels, std::vector<UnaryElement> elements) {
  return std::make_unique<UnaryStep>(kernels, std::move(elements));
}

std::unique_ptr<Step> sum_step(const Kernels& kernels, Sums sums) {
  return std::make_unique<SumStep>(kernels, std::move(sums));
}

std::unique_ptr<Step> combine_step(const Kernels& kernels, graph::CombineKind kind, Lane word,
                                   std::vector<CombineElement> elements) {
  return std::make_unique<CombineStep>(kernels, kind, word, std::move(elements));
}

std::unique_ptr<Step> evaluate_step(graph::Op op, std::vector<graph::TensorType> types,
                                    std::vector<std::vector<Slot>> from,
                                    std::vector<std::vector<Slot>> to) {
  return std::make_unique<EvaluateStep>(std::move(op), std::move(types), std::move(from),
                                        std::move(to));
}

}  // namespace gatefold::emulate
