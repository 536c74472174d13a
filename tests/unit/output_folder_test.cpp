#include "gatefold/support/output_folder.h"

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>
#include <utility>

#include "tests/support/temp_folder.h"

#include "gatefold/support/interrupt.h"

namespace gatefold {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::listing;
using testing::TempFolder;

TEST(OutputFolder, AppearsWholeAtTheCommit) {
  const TempFolder folder;
  auto output = OutputFolder::create(folder / "a/out/");
  ASSERT_TRUE(output.ok());
  ASSERT_TRUE(output->write("rtl/top.sv", "module").ok());
  EXPECT_FALSE(fs::exists(folder / "a/out"));
  ASSERT_TRUE(output->commit().ok());
  EXPECT_EQ(content_of(folder / "a/out/rtl/top.sv"), "module");
  EXPECT_EQ(listing(folder / "a"), "out ");
}

TEST(OutputFolder, LeavesNothingWithoutACommit) {
  const TempFolder folder;
  try {
    auto output = OutputFolder::create(folder / "out");
    ASSERT_TRUE(output->write("x", "half").ok());
    throw std::runtime_error("stop");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(listing(folder.path()), "");
}

TEST(OutputFolder, ReplacesItsOwnAsAWhole) {
  const TempFolder folder;
  for (const char* name : {"first", "second"}) {
    auto output = OutputFolder::create(folder / "out");
    ASSERT_TRUE(output.ok());
    ASSERT_TRUE(output->write(name, "").ok());
    ASSERT_TRUE(output->commit().ok());
  }
  EXPECT_TRUE(fs::exists(folder / "out/second"));
  EXPECT_FALSE(fs::exists(folder / "out/first"));
  EXPECT_EQ(listing(folder.path()), "out ");
}

TEST(OutputFolder, KeepsTheFormerResultOnFailure) {
  const TempFolder folder;
  auto first = OutputFolder::create(folder / "out");
  ASSERT_TRUE(first->write("x", "former").ok());
  ASSERT_TRUE(first->commit().ok());
  {
    auto second = OutputFolder::create(folder / "out");
    ASSERT_TRUE(second->write("x", "half").ok());
  }
  EXPECT_EQ(content_of(folder / "out/x"), "former");
}

TEST(OutputFolder, TakesAnEmptyFolderAndFollowsALink) {
  const TempFolder folder;
  fs::create_directory(folder / "real");
  fs::create_directory_symlink("real", folder / "link");
  auto output = OutputFolder::create(folder / "link");
  ASSERT_TRUE(output->write("x", "1").ok());
  ASSERT_TRUE(output->commit().ok());
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(content_of(folder / "real/x"), "1");
}

TEST(OutputFolder, RefusesWhatAppearedBeforeTheCommit) {
  const TempFolder folder;
  auto output = OutputFolder::create(folder / "out");
  folder.write("out/mine", "precious");
  EXPECT_FALSE(output->commit().ok());
  EXPECT_EQ(listing(folder / "out"), "mine ");
}

TEST(OutputFolder, MovesItsDuty) {
  const TempFolder folder;
  auto output = OutputFolder::create(folder / "out");
  {
    OutputFolder moved = *std::move(output);
    EXPECT_TRUE(fs::exists(moved.building()));
  }
  EXPECT_EQ(listing(folder.path()), "");
}

TEST(OutputFolder, IsNotCommittedAfterAnInterrupt) {
  const TempFolder folder;
  install_interrupt_handler();
  {
    auto output = OutputFolder::create(folder / "out");
    ASSERT_TRUE(output->write("x", "").ok());
    std::raise(SIGINT);
    const Status status = output->commit();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.errors().front().id, DiagnosticId::Interrupted);
  }
  install_interrupt_handler();
  EXPECT_FALSE(interrupted());
  EXPECT_EQ(listing(folder.path()), "");
}

}  // namespace
}  // namespace gatefold
