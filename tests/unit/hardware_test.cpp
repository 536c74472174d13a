#include <gmock/gmock.h>

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/idle_words.h"
#include "gatefold/hardware/range.h"
#include "gatefold/hardware/simplify.h"

namespace gatefold::hardware {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Design read(const std::string& text) {
  auto design = parse(text);
  EXPECT_TRUE(design.ok()) << to_string(design.errors());
  return *std::move(design);
}

std::vector<std::int64_t> run(const Design& design, std::int64_t samples,
                              std::vector<std::int64_t> x) {
  EXPECT_EQ(verify(design), "");
  const auto elements = static_cast<std::int64_t>(x.size()) / samples;
  return run_design(design, {{"x", {{samples, elements}, std::move(x)}}}).at("y").data;
}

TEST(Word, HoldsTheRange) {
  EXPECT_EQ(word_of({0, 0, 0}), (Word{0, false}));
  EXPECT_EQ(word_of({0, 1, 0}), (Word{1, false}));
  EXPECT_EQ(word_of({3, 8, 0}), (Word{4, false}));
  EXPECT_EQ(word_of({-1, 0, 0}), (Word{1, true}));
  EXPECT_EQ(word_of({-8, 7, 0}), (Word{4, true}));
  EXPECT_EQ(word_of({-8, 8, 3}), (Word{5, true}));
}

/// A running sum over the beats of an inference that starts anew at the count 0.
const char* const accumulate = R"(design "sum"
layer "rnn" "scan"
channel "x" [-8,7]
channel "y" [-128,127]
input "x" c0 [4]
output "y" c1 [1]
process "net" 1
  loop "t" 4
  state "sum" [-128,127] : 0
  take c0
  %0 = receive c0 0 : [-8,7] @0
  %1 = read_state s0 : [-128,127] @0
  %2 = counter l0 : [0,3] @0
  %3 = constant 0 : [0,0] @0
  %4 = equal %2 %3 : [0,1] @0
  %5 = select %4 %3 %1 : [-128,127] @0
  %6 = add %0 %5 : [-136,134] @0
  %7 = wrap %6 s8 : [-128,127] @0
  %8 = write_state s0 %7 : [-128,127] @0
  give c1 %7 when l0 3 4 1
)";

/// Takes a [2,3] tensor transposed, one column a beat, and gives the columns 0 and 2.
const char* const columns = R"(design "columns"
layer "pick" "rearrange"
channel "x" [-8,7] [-8,7]
channel "y" [-8,7] [-8,7]
input "x" c0 [2,3] transposed 1 0
output "y" c1 [2,2] transposed 1 0
process "net" 1
  loop "column" 3
  take c0
  %0 = receive c0 0 : [-8,7] @0
  %1 = receive c0 1 : [-8,7] @0
  give c1 %0 %1 when l0 in 0 2
)";

TEST(RunDesign, TransposesPortsAndGivesAtListedCounts) {
  EXPECT_EQ(print(read(columns)), columns);
  EXPECT_THAT(run(read(columns), 2, {0, 1, 2, 3, 4, 5, -1, -2, -3, -4, -5, -6}),
              ElementsAre(0, 2, 3, 5, -1, -3, -4, -6));
}

TEST(Verify, RefusesWrongAxesAndCounts) {
  const auto broken = [](const std::string& from, const std::string& to) {
    std::string text = columns;
    text.replace(text.find(from), from.size(), to);
    return verify(read(text));
  };
  EXPECT_THAT(broken("[2,3] transposed 1 0", "[2,3] transposed 1 1"), HasSubstr("its axes"));
  EXPECT_THAT(broken("[2,3] transposed 1 0", "[2,3] transposed 0"), HasSubstr("its axes"));
  EXPECT_THAT(broken("in 0 2", "in 0 3"), HasSubstr("do not ascend below 3"));
  EXPECT_THAT(broken("in 0 2", "in 2 0"), HasSubstr("do not ascend"));
}

TEST(RunDesign, KeepsStateOverSteps) {
  EXPECT_THAT(run(read(accumulate), 2, {1, 2, 3, 4, -8, -8, 7, 7}), ElementsAre(10, -2));
}

TEST(RunDesign, ReadsMemoryBeforeItIsWritten) {
  const Design design = read(R"(design "delay"
layer "line" "rearrange"
channel "x" [0,9]
channel "y" [0,9]
input "x" c0 [1]
output "y" c1 [1]
process "net" 1
  memory "line" [0,9] : 4 5
  take c0
  %0 = receive c0 0 : [0,9] @0
  %1 = constant 1 : [1,1] @0
  %2 = less %1 %0 : [0,1] @0
  %3 = read_memory m0 %1 : [0,9] @0
  %4 = write_memory m0 %1 %0 %2 : [0,9] @0
  give c1 %3
)");
  EXPECT_THAT(run(design, 5, {7, 1, 8, 0, 9}), ElementsAre(5, 7, 7, 8, 8));
}

TEST(RunDesign, FeedsBackThroughAChannelWithABeat) {
  const Design design = read(R"(design "loop"
layer "rnn" "scan"
channel "x" [0,1]
channel "y" [0,3]
channel "back" [0,3] initial 2
input "x" c0 [1]
output "y" c1 [1]
process "net" 1
  take c0
  take c2
  %0 = receive c0 0 : [0,1] @0
  %1 = receive c2 0 : [0,3] @0
  %2 = add %0 %1 : [0,4] @0
  %3 = clamp %2 0 3 : [0,3] @0
  give c1 %3
  give c2 %3
)");
  EXPECT_THAT(run(design, 4, {0, 1, 1, 0}), ElementsAre(2, 3, 3, 3));
}

TEST(RunDesignDeathTest, AbortsForAWordOutsideItsRange) {
  Design design = read(accumulate);
  design.processes[0].body[6].range = {-9, 9, 0};
  design.processes[0].body[7].range = {-9, 9, 0};
  design.processes[0].body[8].range = {-9, 9, 0};
  EXPECT_DEATH(run(design, 1, {7, 7, 7, 7}),
               "process 'net', layer 'rnn': %6 \\(add\\) has range \\[-9,9\\] but took values in "
               "\\[14,14\\]");
}

/// What verify says of `accumulate` after a change.
std::string verify_with(const std::function<void(Design&)>& change) {
  Design design = read(accumulate);
  change(design);
  return verify(design);
}

TEST(Verify, NamesTheFirstBrokenInvariant) {
  const auto body = [](Design & d) -> auto& { return d.processes[0].body; };
  EXPECT_EQ(verify_with([](Design&) {}), "");
  EXPECT_EQ(verify_with([&](Design& d) { std::get<Add>(body(d)[6].kind).b = {7}; }),
            "process 'net': %6 (add): operand %7 does not stand before it");
  EXPECT_EQ(verify_with([&](Design& d) {
              body(d)[6].range = {0, 500, 0};
            }),
            "process 'net': %6 (add): range [0,500] neither holds nor narrows [-136,134]");
  EXPECT_EQ(verify_with([&](Design& d) {
              body(d)[6].range = {3, 2, 0};
            }),
            "process 'net': %6 (add): malformed range [3,2]");
  EXPECT_EQ(verify_with([&](Design& d) { body(d)[6].layer = 1; }),
            "process 'net': %6 (add): layer 1 does not exist");
  EXPECT_EQ(verify_with([&](Design& d) { std::get<Add>(body(d)[6].kind).shift_a = 60; }),
            "process 'net': %6 (add): is wider than 62 bits");
  EXPECT_EQ(verify_with([&](Design& d) { std::get<Receive>(body(d)[0].kind).word = 1; }),
            "process 'net': %0 (receive): a beat of c0 has no word 1");
  EXPECT_EQ(verify_with([&](Design& d) {
              body(d)[7].kind = Lookup{{0}, {6}};
            }),
            "process 'net': %7 (lookup): its table does not exist");
  EXPECT_EQ(verify_with([&](Design& d) {
              d.processes[0].tables.push_back({"exp", -5, {1, 2, 3}});
              body(d)[7].kind = Lookup{{0}, {6}};
            }),
            "process 'net': %7 (lookup): table 'exp' holds [-5,-3], its operand is [-136,134]");
  EXPECT_EQ(verify_with([](Design& d) {
              d.processes[0].states[0].range = {0, 3, 0};
            }),
            "process 'net': %8 (write_state): state 'sum' holds [0,3], not [-128,127]");
  EXPECT_EQ(verify_with([](Design& d) { d.processes[0].gives[0].when.clear(); }),
            "channel 'y': 4 beats given, 1 taken an inference");
  EXPECT_EQ(verify_with([](Design& d) { d.processes[0].gives[0].when[0].end = 5; }),
            "process 'net': give c1: count range 3..5 by 1 does not fit 4 trips");
  EXPECT_EQ(verify_with([](Design& d) { d.outputs.clear(); }),
            "channel 'y' has 1 givers and 0 takers");
  EXPECT_EQ(verify_with([](Design& d) {
              d.channels[1].words[0] = {0, 3, 0};
            }),
            "process 'net': give c1: word 0 is [-128,127], the channel holds [0,3]");
  EXPECT_EQ(verify_with([](Design& d) { d.outputs[0].name = "x"; }), "two ports are named 'x'");
}

/// Takes a beat in the first of three steps: kept in a state, selected, added and stored.
const char* const idle = R"(design "idle"
layer "keep" "reduce"
channel "x" [-8,7]
channel "y" [-16,15] [-8,7]
input "x" c0 [1]
output "y" c1 [1]
process "net" 1
  loop "t" 3
  state "kept" [-8,7] : 0
  memory "words" [-8,7] : 0 0 0
  take c0 when l0 0 1 1
  %0 = receive c0 0 : [-8,7] @0
  %1 = counter l0 : [0,2] @0
  %2 = constant 0 : [0,0] @0
  %3 = equal %1 %2 : [0,1] @0
  %4 = read_state s0 : [-8,7] @0
  %5 = select %3 %0 %4 : [-8,7] @0
  %6 = write_state s0 %0 %3 : [-8,7] @0
  %7 = add %0 %4 : [-16,14] @0
  %8 = write_memory m0 %1 %7 %3 : [-16,14] @0
  give c1 %7 %5 when l0 GIVEN 1
)";

std::vector<bool> needed(const std::string& first_given, const std::string& state_enable) {
  std::string text = idle;
  text.replace(text.find("GIVEN"), 5, first_given);
  text.replace(text.find("s0 %0 %3"), 8, "s0 %0" + state_enable);
  const auto design = parse(text);
  EXPECT_TRUE(design.ok()) << to_string(design.errors());
  const Process& process = design->processes.front();
  return needed_outside(process, process.takes.front().when);
}

TEST(IdleWords, AreNeededWhereAnythingThatStaysReadsThem) {
  EXPECT_FALSE(needed("0 1", " %3")[0]) << "selected, and written under an enable";
  EXPECT_TRUE(needed("0 1", " %3")[3]) << "the enable";
  EXPECT_TRUE(needed("2 3", " %3")[0]) << "a sum is given in a step that takes nothing";
  EXPECT_TRUE(needed("0 1", "")[0]) << "a state is written in every step";
}

TEST(Simplify, FoldsSharesAndDrops) {
  const Design design = read(R"(design "d"
layer "fc" "linear"
channel "x" [0,7]
channel "y" [0,70] [0,70]
input "x" c0 [1]
output "y" c1 [2]
process "net" 1
  table "unused" 0 : 1 2
  take c0
  %0 = receive c0 0 : [0,7] @0
  %1 = constant 4 : [4,4] @0
  %2 = multiply %0 %1 : [0,28] @0
  %3 = shift %0 2 : [0,28] @0
  %4 = constant 0 : [0,0] @0
  %5 = add %2 %4<<3 : [0,28] @0
  %6 = add %5 %0 : [0,35] @0
  %7 = add %0 %3 : [0,35] @0
  %8 = clamp %7 -4 90 : [0,35] @0
  %9 = negate %8 : [-35,0] @0
  give c1 %6 %8
)");
  const Design simple = simplify(design);
  EXPECT_THAT(print(simple), HasSubstr(R"(  take c0
  %0 = receive c0 0 : [0,7] @0
  %1 = shift %0 2 : [0,28]/4 @0
  %2 = add %0 %1 : [0,35] @0
  give c1 %2 %2
)"));
  EXPECT_TRUE(simple.processes[0].tables.empty());
}

TEST(Text, KeepsEveryPartOfADesign) {
  Design design = read(accumulate);
  Process& process = design.processes[0];
  design.name = "a \"b\" \\c\n";
  process.tables.push_back({"t", -1, {3, -4}});
  process.memories.push_back({"m", {-4, 4, 2}, {0, 4}});
  design.channels[0].initial = {{1}, {-8}};
  const std::string text = print(design);
  EXPECT_EQ(print(read(text)), text);
  EXPECT_EQ(read(text).name, design.name);
}

}  // namespace
}  // namespace gatefold::hardware
