#include "gatefold/support/process.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <unistd.h>

#include "tests/support/temp_folder.h"

namespace gatefold {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using testing::content_of;
using testing::TempFolder;

Command shell(const std::string& script) {
  Command command;
  command.arguments = {"sh", "-c", script};
  return command;
}

TEST(FindProgram, LooksOnThePath) {
  EXPECT_EQ(find_program("sh").value().filename(), "sh");
  EXPECT_TRUE(find_program("sh")->is_absolute());
  EXPECT_FALSE(find_program("no-such-program").has_value());
  EXPECT_FALSE(find_program("").has_value());
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_FALSE(find_program("/tmp").has_value());
}

TEST(RunProcess, KeepsOutputsApart) {
  const auto result = run_process(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_EQ(result->exit_code, 3);
}

TEST(RunProcess, TakesMoreThanAPipeHolds) {
  const auto result =
      run_process(shell("head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->output.size(), 3000000u);
  EXPECT_EQ(result->errors.size(), 2000000u);
}

TEST(RunProcess, PassesArgumentsAsTheyAre) {
  Command command;
  command.arguments = {"printf", "%s|", "two words", "$HOME", "", "'"};
  EXPECT_EQ(run_process(command)->output, "two words|$HOME||'|");
}

TEST(RunProcess, SetsFolderAndEnvironment) {
  const TempFolder folder;
  Command command = shell("pwd; echo $GATEFOLD_TEST; cat");
  command.folder = folder.path();
  command.environment["GATEFOLD_TEST"] = "a=b";
  EXPECT_EQ(run_process(command)->output, folder.path().string() + "\na=b\n");
}

TEST(RunProcess, WritesTheLogInOrder) {
  const TempFolder folder;
  Command command = shell("echo 1; echo 2 >&2; echo 3");
  command.log = folder / "log";
  const auto result = run_process(command);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(content_of(folder / "log"), "1\n2\n3\n");
  EXPECT_EQ(result->output + result->errors, "");
}

TEST(RunProcess, TellsTheSignal) { EXPECT_EQ(run_process(shell("kill -9 $$"))->exit_code, 137); }

TEST(RunProcess, EndsChildrenOnATimeout) {
  const TempFolder folder;
  Command command = shell("(sleep 1; touch late) & sleep 30");
  command.folder = folder.path();
  command.timeout = milliseconds(200);
  const auto start = Clock::now();
  const auto result = run_process(command);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.errors().front().id, DiagnosticId::ProgramTimedOut);
  EXPECT_LT(Clock::now() - start, milliseconds(5000));
  std::this_thread::sleep_for(milliseconds(1200));
  EXPECT_FALSE(std::filesystem::exists(folder / "late"));
}

TEST(RunProcess, KillsWhatIgnoresThePoliteSignal) {
  Command command = shell("trap '' TERM; while :; do sleep 0.1; done");
  command.timeout = milliseconds(200);
  EXPECT_FALSE(run_process(command).ok());
}

TEST(RunProcess, DoesNotWaitForWhatIsLeftBehind) {
  const auto start = Clock::now();
  EXPECT_EQ(run_process(shell("sleep 30 & echo done"))->output, "done\n");
  EXPECT_LT(Clock::now() - start, milliseconds(5000));
}

TEST(RunProcess, IsEndedByAnInterrupt) {
  install_interrupt_handler();
  std::thread user([] {
    std::this_thread::sleep_for(milliseconds(200));
    ::kill(::getpid(), SIGINT);
  });
  const auto result = run_process(shell("sleep 30"));
  user.join();
  install_interrupt_handler();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.errors().front().id, DiagnosticId::Interrupted);
}

}  // namespace
}  // namespace gatefold
