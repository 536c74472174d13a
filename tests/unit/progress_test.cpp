#include "gatefold/support/progress.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace gatefold {
namespace {

using std::chrono::milliseconds;

/// Collects what is printed to it.
class Stream {
 public:
  ~Stream() { std::fclose(file_); }

  ProgressStyle style(bool terminal, int delay_ms) const {
    return {file_, terminal, milliseconds(delay_ms), milliseconds(0)};
  }

  std::string text() {
    std::rewind(file_);
    std::string text;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) text += static_cast<char>(c);
    return text;
  }

 private:
  std::FILE* file_ = std::tmpfile();
};

TEST(Progress, IsSilentWhenFast) {
  Stream stream;
  {
    Progress progress("compare", 10, stream.style(false, 60000));
    progress.advance(10);
  }
  EXPECT_EQ(stream.text(), "");
}

TEST(Progress, WritesLines) {
  Stream stream;
  {
    Progress progress("compare", 8, stream.style(false, 0));
    progress.advance(2);
    progress.advance();
  }
  EXPECT_EQ(stream.text(),
            "compare: 2 of 8 (25 %), 0 s\ncompare: 3 of 8 (37 %), 0 s\ncompare: 0.0 s\n");
}

TEST(Progress, RedrawsAndWipesOnATerminal) {
  Stream stream;
  {
    Progress progress("yosys", 0, stream.style(true, 0));
    progress.tick();
    progress.advance(5);
  }
  EXPECT_EQ(stream.text(), "\r\x1b[Kyosys, 0 s\r\x1b[Kyosys: 5, 0 s\r\x1b[K");
}

TEST(Progress, PulsesWhenNobodyAdvances) {
  Stream stream;
  {
    ProgressStyle style = stream.style(false, 1);
    style.pulse = milliseconds(1);
    const Progress progress("schedule", 0, style);
    std::this_thread::sleep_for(milliseconds(200));
  }
  EXPECT_TRUE(stream.text().starts_with("schedule, 0 s\nschedule, 0 s\n")) << stream.text();
}

TEST(Progress, TheInnermostThatHasSomethingToShowIsShown) {
  Stream stream;
  {
    Progress outer("verify", 0, stream.style(false, 0));
    outer.tick();
    {
      Progress middle("lower", 0, stream.style(false, 60000));
      Progress inner("rounds", 0, stream.style(false, 0));
      outer.advance();
      inner.advance();
      outer.advance();
    }
    outer.advance();
  }
  EXPECT_EQ(stream.text(),
            "verify, 0 s\nverify: 1, 0 s\nrounds: 1, 0 s\nrounds: 0.0 s\nverify: 3, 0 s\n"
            "verify: 0.0 s\n");
}

TEST(Progress, CountsFromSeveralThreads) {
  Stream stream;
  {
    Progress progress("run", 4000, stream.style(false, 0));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 999; ++i) progress.advance();
      });
    }
    for (std::thread& thread : threads) thread.join();
    progress.advance(4);
  }
  EXPECT_NE(stream.text().find("run: 4000 of 4000 (100 %), 0 s\n"), std::string::npos);
}

}  // namespace
}  // namespace gatefold
