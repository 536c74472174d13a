#include "gatefold/support/files.h"

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/support/temp_folder.h"

namespace gatefold {
namespace {

using testing::content_of;
using testing::listing;
using testing::TempFolder;

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ReadFile, GivesAllBytes) {
  const TempFolder folder;
  const std::string content("a\0b\xff", 4);
  EXPECT_EQ(text_of(*read_file(folder.write("x", content))), content);
  EXPECT_TRUE(read_file(folder.write("empty", ""))->empty());
}

TEST(ReadFileRange, GivesTheMiddle) {
  const TempFolder folder;
  const auto file = folder.write("x", "0123456789");
  EXPECT_EQ(text_of(*read_file_range(file, 3, 4)), "3456");
  EXPECT_EQ(text_of(*read_file_range(file, 10, 0)), "");
  EXPECT_FALSE(read_file_range(file, 7, 4).ok());
  EXPECT_FALSE(read_file_range(file, 11, 0).ok());
  EXPECT_FALSE(read_file_range(file, ~0ull, 2).ok());
}

TEST(ReadFile, RefusesPipesWithoutWaiting) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(read_file(folder / "pipe").ok());
  EXPECT_FALSE(read_file("/dev/zero").ok());
}

TEST(WriteFile, ReplacesAndLeavesNothingElse) {
  const TempFolder folder;
  const auto file = folder.write("x", "old");
  ASSERT_TRUE(write_file(file, "new").ok());
  EXPECT_EQ(content_of(file), "new");
  EXPECT_EQ(listing(folder.path()), "x ");
}

TEST(WriteFile, LeavesPipesAndFoldersWhereTheyAre) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(write_file(folder / "pipe", "x").ok());
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe"));
  std::filesystem::create_directory(folder / "sub");
  EXPECT_FALSE(write_file(folder / "sub", "x").ok());
  const std::filesystem::directory_iterator entries(folder.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 2);
}

TEST(WriteFile, FollowsTheUmask) {
  const TempFolder folder;
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_file(folder / "x", "").ok());
  ::umask(before);
  EXPECT_EQ(std::filesystem::status(folder / "x").permissions(), std::filesystem::perms(0640));
}

TEST(WriteFile, LeavesNothingWhenTheRenameFails) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "x");
  EXPECT_FALSE(write_file(folder / "x", "content").ok());
  EXPECT_EQ(listing(folder.path()), "x ");
}

/// A disk that is full after the first kilobytes.
TEST(WriteFile, LeavesNothingWhenTheDiskIsFull) {
  const TempFolder folder;
  const auto file = folder.write("x", "old");
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {4096, before.rlim_max};
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = write_file(file, std::string(100000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(content_of(file), "old");
  EXPECT_EQ(listing(folder.path()), "x ");
}

}  // namespace
}  // namespace gatefold
