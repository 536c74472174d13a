#include <gmock/gmock.h>

#include "gatefold/schedule/schedule.h"
#include "gatefold/schedule/target.h"
#include "gatefold/support/files.h"

namespace gatefold::schedule {
namespace {

hardware::Design two_adders() {
  return *hardware::parse(R"(design "d"
layer "fc1" "linear"
channel "x" [-8,7]
channel "y" [-32,28]
input "x" c0 [1]
output "y" c1 [1]
process "net" 1
  take c0
  %0 = receive c0 0 : [-8,7] @0
  %1 = add %0 %0 : [-16,14] @0
  %2 = add %1 %1 : [-32,28] @0
  give c1 %2
)");
}

template <typename T>
std::string text_of(const Result<T>& result) {
  return result.ok() ? "no error" : to_string(result.errors());
}

TEST(ScheduleErrors, ClockTooFast) {
  EXPECT_EQ(
      text_of(pipeline(two_adders(), *load_target("unit"), 0.5)),
      "error[ClockTooFast]: layer 'fc1': the add of 5 bits (%1 of process 'net') takes 1.00 ns "
      "on unit, and a clock of 0.50 ns leaves 0.50 ns\n"
      "  remedy: choose a slower clock with --clock\n");
}

TEST(ScheduleErrors, ClockNotPositive) {
  EXPECT_EQ(text_of(pipeline(two_adders(), *load_target("unit"), -1)),
            "error[ClockNotPositive]: a clock of -1 ns\n"
            "  remedy: choose a period above 0 with --clock\n");
}

TEST(ScheduleErrors, TooFewStages) {
  EXPECT_EQ(text_of(pipeline(two_adders(), *load_target("unit"), 1, 1)),
            "error[TooFewStages]: process 'net' needs 2 stages for a clock of 1.00 ns, not 1\n"
            "  remedy: allow more stages, or choose a slower clock with --clock\n");
}

TEST(ScheduleErrors, RecurrenceTooLong) {
  const auto design = hardware::parse(R"(design "d"
layer "rnn" "scan"
channel "x" [0,1]
channel "y" [0,1]
input "x" c0 [1]
output "y" c1 [1]
process "net" 1
  state "h" [0,3] : 0
  take c0
  %0 = receive c0 0 : [0,1] @0
  %1 = read_state s0 : [0,3] @0
  %2 = add %0 %1 : [0,4] @0
  %3 = clamp %2 0 3 : [0,3] @0
  %4 = write_state s0 %3 : [0,3] @0
  give c1 %0
)");
  ASSERT_EQ(hardware::verify(*design), "");
  EXPECT_EQ(text_of(pipeline(*design, *load_target("unit"), 1)),
            "error[RecurrenceTooLong]: layer 'rnn': process 'net' writes 'h' later than 1 cycles "
            "after it is read\n"
            "  remedy: choose a slower clock with --clock\n");
}

TEST(ScheduleErrors, TargetUnknown) {
  EXPECT_EQ(text_of(load_target("xc9")),
            "error[TargetUnknown]: there is no target 'xc9'; there are ecp5, generic_lut6, ice40, "
            "unit, xc7, xcup\n"
            "  remedy: choose one of these with --target\n");
}

TEST(ScheduleErrors, TargetMalformed) {
  const std::string head = "error[TargetMalformed]: the data of target 't' are wrong: ";
  const std::string tail = "\n  remedy: repair data/targets and build again\n";
  EXPECT_EQ(text_of(parse_target("t", "[1,")), head + "it is no JSON object" + tail);
  EXPECT_EQ(text_of(parse_target("t", "{}")), head + "'title' is missing" + tail);
  EXPECT_EQ(text_of(parse_target("t", R"({"title": "t", "lut_inputs": "6"})")),
            head + "'lut_inputs' is no number" + tail);
  EXPECT_EQ(text_of(parse_target("t", R"({"title": "t", "lut_inputs": 6, "sources": {},
                                          "route_ns": {"value": 1, "source": "s"}})")),
            head + "no source 's'" + tail);
  const auto bytes = *read_file(GATEFOLD_SOURCE_DIR "/data/targets/xc7.json");
  std::string json(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  json.replace(json.find("\"block_ns\""), 10, "\"block_time\"");
  EXPECT_EQ(text_of(parse_target("t", json)), head + "'block_ns' is missing" + tail);
}

TEST(HardwareErrors, DesignTextWrong) {
  const std::string tail = "\n  remedy: write it as `gatefold compile --dump` does\n";
  const auto error = [&](const std::string& text) { return text_of(hardware::parse(text)); };
  const std::string head = "error[DesignTextWrong]: line 2 of the design's text: ";
  EXPECT_EQ(error("design \"d\"\nprocess net 1\n"),
            head + "expected a quoted name, not net" + tail);
  EXPECT_EQ(error("design \"d\"\ntake c0\n"), head + "unexpected take" + tail);
  EXPECT_EQ(error("process \"p\" 1\n%1 = constant 1 : [1,1] @0\n"),
            head + "expected %0, not %1" + tail);
  EXPECT_EQ(error("process \"p\" 1\n%0 = root 1 : [1,1] @0\n"),
            head + "unknown operation root" + tail);
  EXPECT_EQ(error("process \"p\" 1\n%0 = constant 1 : 1 @0\n"),
            head + "expected a range such as [-8,7], not 1" + tail);
  EXPECT_EQ(error("process \"p\" 1\n%0 = constant 1\n"), head + "the line ends too early" + tail);
  EXPECT_EQ(error("design \"d\"\nlayer \"a\n"), head + "a quote is not closed" + tail);
}

}  // namespace
}  // namespace gatefold::schedule
