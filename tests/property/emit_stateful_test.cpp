#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hand_made_design.h"

// Hand-made designs with what random ones lack: loops, states, memories, several ports, beats that
// move in some steps only, words of 0, 1 and 62 bits.
namespace gatefold {
namespace {

using namespace testing;
using namespace hardware;
using numeric::Interval;

TEST(EmitPorts, SeveralInputsAndOutputs) {
  HandMadeDesign builder;
  const auto x = builder.input("x", {{-8, 7, 0}, {0, 0, 0}, {0, 1, 0}}, {}, 1);
  const auto z = builder.input("x.z", {{-1, 0, 0}, {0, 15, 0}}, {}, 1);
  const auto a = builder.add(Receive{x, 0}, 0, 0), bit = builder.add(Receive{x, 2}, 0, 0);
  const auto minus = builder.add(Receive{z, 0}, 1, 0);
  const auto nothing = builder.add(Receive{x, 1}, 1, 0);
  const auto five = builder.add(Constant{-5}, 1, 0);
  const auto sum = builder.add(Add{a, minus, 0, 2}, 0, 1);
  const auto chosen = builder.add(Select{bit, sum, five}, 1, 2);
  builder.output("y", {chosen, nothing, five, bit}, {}, 1);
  builder.output("sign", {minus, builder.add(Compare{Relation::Less, minus, a}, 1, 1)}, {}, 1);
  check(builder, 3, 3, 1);
}

TEST(EmitPorts, OutputWithoutBitsAndInputWithoutReader) {
  HandMadeDesign builder;
  const auto x = builder.input("x", {{-8, 7, 0}}, {}, 1);
  builder.input("w", {{0, 0, 0}}, {}, 1);
  const auto a = builder.add(Receive{x, 0}, 0, 0);
  const auto zero = builder.add(Multiply{a, builder.add(Constant{0}, 0, 0)}, 0, 0);
  builder.output("y", {zero, zero}, {}, 1);
  check(builder, 1, 1, 1);
}

TEST(EmitWords, SixtyTwoBits) {
  constexpr std::int64_t top = (std::int64_t{1} << 60) - 1;
  HandMadeDesign builder;
  const auto x = builder.input("x", {{-top - 1, top, 0}, {-top - 1, top, 0}}, {}, 1);
  const auto a = builder.add(Receive{x, 0}, 0, 0), b = builder.add(Receive{x, 1}, 0, 0);
  const auto least = builder.add(Constant{-top - 1}, 0, 0);
  builder.output("y",
                 {builder.add(Add{a, b}, 0, 0), builder.add(Add{a, least, 0, 0, true}, 0, 0),
                  builder.add(Negate{a}, 0, 0), builder.add(Clamp{b, -top, top - 1}, 0, 0),
                  builder.add(Wrap{a, 61, false}, 0, 0), builder.add(Not{b}, 0, 0),
                  builder.add(Compare{Relation::LessEqual, a, least}, 0, 0)},
                 {}, 1);
  check(builder, 2, 2, 1);
}

/// Sums a row of beats with weights from a memory; gives the sum at the row's end.
TEST(EmitLoops, AccumulatesWithCountedWeights) {
  HandMadeDesign builder;
  builder.process().loops = {{"row", 3}, {"column", 5}};
  builder.process().memories.push_back({"weights", {-4, 3, 0}, {1, -4, 3, 0, 2}});
  builder.process().states.push_back({"total", {-1000, 1000, 0}, 0});
  const auto x = builder.input("x", {{-8, 7, 0}}, {}, 15);
  const auto bias = builder.input("bias", {{-3, 3, 0}}, {{1, 0, 1, 1}}, 3);
  const auto a = builder.add(Receive{x, 0}, 0, 0), start = builder.add(Receive{bias, 0}, 0, 0);
  const auto column = builder.add(Counter{1}, 0, 0);
  const auto weight = builder.add(ReadMemory{{0}, column}, 0, 0);
  const auto product = builder.add(Multiply{a, weight}, 0, 0);
  const auto zero = builder.add(Constant{0}, 1, 1);
  const auto first = builder.add(Compare{Relation::Equal, column, zero}, 1, 1);
  const auto held = builder.add(ReadState{{0}}, 1, 1);
  const auto base = builder.add(Select{first, start, held}, 1, 1);
  const auto total = builder.claim(Add{base, product}, {-200, 200, 0}, 1, 1);
  builder.add(WriteState{{0}, total, {}}, 0, 1);
  builder.output("y", {total}, {{1, 4, 5, 1}}, 3);
  check(builder, 3, 17, 15);
}

/// A recurrence through two stages, a step every second cycle; every other step reads a beat.
TEST(EmitLoops, RecurrenceOverTwoStages) {
  HandMadeDesign builder;
  builder.process().loops = {{"time", 6}};
  builder.process().interval = 2;
  builder.process().states.push_back({"h", {-128, 127, 0}, 5});
  builder.process().memories.push_back({"past", {-128, 127, 0}, {0, 0, 0, 0}});
  const auto x = builder.input("x", {{-20, 20, 0}}, {{0, 0, 6, 2}}, 3);
  const auto a = builder.add(Receive{x, 0}, 0, 0);
  const auto h = builder.add(ReadState{{0}}, 0, 0);
  const auto address = builder.add(Wrap{builder.add(Counter{0}, 0, 0), 2, false}, 0, 0);
  const auto past = builder.add(ReadMemory{{0}, address}, 0, 0);
  const auto sum = builder.add(Add{a, h}, 0, 0);
  const auto both = builder.add(Add{sum, past, 0, 0, true}, 1, 1);
  const auto next = builder.add(Wrap{both, 8, true}, 1, 1);
  const auto positive = builder.add(Compare{Relation::Less, a, h}, 0, 1);
  builder.add(WriteState{{0}, next, {}}, 1, 1);
  builder.add(WriteMemory{{0}, address, next, positive}, 1, 1);
  builder.output("y", {next, past}, {}, 6);
  check(builder, 2, 12, 12);
}

TEST(EmitLoops, LateWriteIsOurMistake) {
  HandMadeDesign builder;
  builder.process().states.push_back({"h", {-128, 127, 0}, 5});
  const auto x = builder.input("x", {{-20, 20, 0}}, {}, 1);
  const auto a = builder.add(Receive{x, 0}, 0, 0), h = builder.add(ReadState{{0}}, 0, 0);
  builder.add(WriteState{{0}, a, {}}, 0, 1);
  builder.output("y", {h}, {}, 1);
  EXPECT_DEATH((void)emit::emit_systemverilog(builder.design(), builder.schedule(2, 2, 1)),
               "read in stage 0 and written in stage 1");
}

}  // namespace
}  // namespace gatefold
