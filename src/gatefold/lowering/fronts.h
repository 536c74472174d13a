#pragma once

#include "gatefold/lowering/lowerer.h"
#include "gatefold/lowering/network.h"

namespace gatefold::lowering {

/// What a front gives to its region.
struct FrontWords {
  std::vector<Words> values;  // in the order of the plan's front_values
  hardware::When when;        // the steps in which they stand
  ValueId group;              // which beat of a position this is; invalid where there is one
  /// The count of a loop in which each beat of a position goes; empty: no loop's alone.
  hardware::CountRange turns = {};
};

/// Hardware of a front, in the lowerer's process, which is empty before.
FrontWords build(Lowerer& lowerer, const PortFront& front, const ProcessPlan& plan,
                 const graph::TensorType& type);
FrontWords build(Lowerer& lowerer, const TakeFront& front, const ProcessPlan& plan,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const WindowFront& front,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const StreamedWindowFront& front,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const FoldFront& front, const ProcessPlan& plan,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const ProductFront& front,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const ConvertFront& front,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const ReduceFront& front, const ProcessPlan& plan,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const ReduceElementsFront& front,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const BestElementFront& front,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const RepeatFront& front, const ProcessPlan& plan,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const ChainFront& front, const ProcessPlan& plan,
                 const std::vector<hardware::ChannelId>& takes);

/// What `reduced` may give of so many words in this range.
Interval reduced_range(graph::ReduceKind kind, const Interval& word, std::int64_t terms);
/// The word and what came before, of which only the word counts in the first step: their sum,
/// maximum or minimum, in the range of `before`.
ValueId reduced(Lowerer& lowerer, graph::ReduceKind kind, ValueId first, ValueId word,
                ValueId before);

/// `time` is the loop over the time steps.
FrontWords build(Lowerer& lowerer, const StateFront& front, const ProcessPlan& plan, int time,
                 const std::vector<hardware::ChannelId>& takes);
FrontWords build(Lowerer& lowerer, const ReverseFront& front, const ProcessPlan& plan,
                 const std::vector<hardware::ChannelId>& takes);

/// An expression of body words for what several fronts need.
int add_loop(Lowerer& lowerer, const std::string& name, std::int64_t trips);
ValueId count_of(Lowerer& lowerer, int loop);
/// 1 in the steps in which the loop's count is `count`.
ValueId is_at(Lowerer& lowerer, int loop, std::int64_t count);
/// Takes a beat in the steps of `when`; its words.
Words receive(Lowerer& lowerer, hardware::ChannelId channel, hardware::When when);
/// A register, read now; `write` gives it its next word where `enable` (invalid: always) holds.
struct Register {
  hardware::StateId id;
  ValueId now;
};
Register add_register(Lowerer& lowerer, const std::string& name, const Interval& range,
                      std::int64_t initial = 0);
void write(Lowerer& lowerer, const Register& state, ValueId next, ValueId enable = {});
/// Where a word is kept: at an address of a memory of so many words, or in a register where it is
/// one.
struct Place {
  ValueId address;
  std::int64_t words = 1;
};
struct Kept {
  std::variant<hardware::StateId, hardware::MemoryId> store;
  Place place;
  ValueId now;
};
/// 0 is in the range.
Kept keep(Lowerer& lowerer, const std::string& name, const Interval& range, const Place& place);
void write(Lowerer& lowerer, const Kept& kept, ValueId next, ValueId enable = {});
/// The word where it is fresh, which is kept then; else what was kept at this place.
ValueId held(Lowerer& lowerer, const std::string& name, ValueId word, ValueId fresh,
             const Place& place = {});
hardware::CountRange range_of_counts(int loop, std::int64_t first, std::int64_t end,
                                     std::int64_t stride = 1);
/// Turns where beat k goes when the loop's count is k.
hardware::CountRange each_count(int loop, std::size_t groups);

}  // namespace gatefold::lowering
