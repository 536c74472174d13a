#include <chrono>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

#include "gatefold/support/files.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/npy.h"
#include "gatefold/support/output_folder.h"
#include "gatefold/support/process.h"

namespace gatefold {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

template <typename T>
std::string message(const Result<T>& result) {
  return result.ok() ? "no error" : to_string(result.errors());
}

TEST(FileNotReadable, NamesTheReason) {
  const TempFolder folder;
  const std::string place = folder.path().string();
  EXPECT_EQ(message(read_file(folder / "x")),
            fmt::format("error[FileNotReadable]: cannot read '{}/x': No such file or directory\n"
                        "  remedy: check the path and its permissions\n",
                        place));
  EXPECT_EQ(message(read_file(folder.path())),
            fmt::format("error[FileNotReadable]: cannot read '{}': it is a folder\n"
                        "  remedy: check the path and its permissions\n",
                        place));
  EXPECT_EQ(message(read_file("/dev/null")),
            "error[FileNotReadable]: cannot read '/dev/null': it is not a regular file\n"
            "  remedy: check the path and its permissions\n");
  EXPECT_EQ(message(read_file_range(folder.write("y", "123"), 2, 2)),
            fmt::format("error[FileNotReadable]: cannot read '{}/y': it ends too early\n"
                        "  remedy: check the path and its permissions\n",
                        place));
}

TEST(FileTooLarge, TellsTheLimit) {
  const TempFolder folder;
  EXPECT_EQ(message(read_file(folder.write("x", "12345"), 4)),
            fmt::format("error[FileTooLarge]: '{}/x' holds 5 bytes; at most 4 are read\n"
                        "  remedy: store large arrays as external data, or reduce the model\n",
                        folder.path().string()));
}

TEST(FileTooLarge, IsFoundBeforeAnythingIsAllocated) {
  const TempFolder folder;
  const auto file = folder.write("sparse.onnx", "");
  fs::resize_file(file, std::uintmax_t{1} << 40);
  EXPECT_EQ(read_file(file).errors().front().id, DiagnosticId::FileTooLarge);
}

TEST(FileNotWritable, NamesTheReason) {
  const TempFolder folder;
  folder.write("file", "");
  EXPECT_EQ(message(write_file(folder / "none/x", "1")),
            fmt::format("error[FileNotWritable]: cannot write '{}/none/x': No such file or "
                        "directory\n  remedy: choose another folder with --output\n",
                        folder.path().string()));
  EXPECT_EQ(message(OutputFolder::create(folder / "file/out")),
            fmt::format("error[FileNotWritable]: cannot write '{}/file/out': Not a directory\n"
                        "  remedy: choose another folder with --output\n",
                        folder.path().string()));
}

TEST(FileNotWritable, ReadOnlyFolder) {
  // There root cannot write either.
  const Result<OutputFolder> output = OutputFolder::create("/proc/gatefold");
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.errors().front().id, DiagnosticId::FileNotWritable);
}

TEST(FolderNotOurs, FilesAndForeignFolders) {
  const TempFolder folder;
  folder.write("out/thesis.tex", "years");
  folder.write("file", "");
  for (const char* name : {"out", "file"}) {
    EXPECT_EQ(message(OutputFolder::create(folder / name)),
              fmt::format("error[FolderNotOurs]: '{}/{}' exists and was not made by gatefold\n"
                          "  remedy: choose another folder with --output, or remove it yourself\n",
                          folder.path().string(), name));
  }
  EXPECT_EQ(testing::content_of(folder / "out/thesis.tex"), "years");
}

/// The reason that `x.npy` with this content is refused for.
std::string npy_reason(const std::string& content) {
  const auto array = parse_npy(std::as_bytes(std::span(content)), "x.npy");
  if (array.ok()) return "no error";
  const std::string prefix = "'x.npy' is not a NumPy array that can be read: ";
  EXPECT_EQ(array.errors().front().text.substr(0, prefix.size()), prefix);
  return array.errors().front().text.substr(prefix.size());
}

std::string npy(const std::string& header, const std::string& data) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + data;
}

std::string with_type(const std::string& descr, const std::string& data) {
  return npy("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,), }", data);
}

TEST(NpyMalformed, NamesTheReason) {
  const std::string whole = with_type("'<f4'", "1234");
  std::string newer = whole;
  newer[6] = 4;
  EXPECT_EQ(npy_reason(whole), "no error");
  EXPECT_EQ(npy_reason("hello"), "it does not start like one");
  EXPECT_EQ(npy_reason(newer), "its version is 4");
  EXPECT_EQ(npy_reason(whole.substr(0, 9)), "it is cut off");
  EXPECT_EQ(npy_reason(whole.substr(0, 30)), "it is cut off");
  EXPECT_EQ(npy_reason(whole.substr(0, whole.size() - 1)),
            "its shape (1) does not fit 3 bytes of float32");
  EXPECT_EQ(npy_reason(whole + "more"), "its shape (1) does not fit 8 bytes of float32");
  EXPECT_EQ(npy_reason(with_type("'>f4'", "1234")), "its elements are of type '>f4'");
  EXPECT_EQ(npy_reason(with_type("'|O'", "")), "its elements are of type '|O'");
  EXPECT_EQ(npy_reason(with_type("[('a', '<f4')]", "1234")), "its elements are structures");
  EXPECT_EQ(npy_reason(with_type("'|b1'", "\x02")), "it holds 2, and 1 is the largest");
  EXPECT_EQ(npy_reason(with_type("'<u8'", std::string(8, '\xff'))),
            "it holds 18446744073709551615, and 9223372036854775807 is the largest");
  EXPECT_EQ(npy_reason(npy("{'descr': '<f4', 'shape': (1,)}", "1234")),
            "its header is not a plain dictionary");
  EXPECT_EQ(npy_reason(npy("{'shape': (1,), 'shape': (1,)}", "")), "its header has 'shape' twice");
  EXPECT_EQ(npy_reason(npy("{'descr':'<f4','fortran_order':False,'shape':(-1,)}", "")),
            "its header is not a plain dictionary");
  EXPECT_EQ(
      npy_reason(npy("{'descr':'|i1','fortran_order':False,'shape':(4294967296,4294967296)}", "")),
      "its shape (4294967296,4294967296) does not fit 0 bytes of int8");
  std::string axes;
  for (int i = 0; i < 65; ++i) axes += "1,";
  EXPECT_EQ(npy_reason(npy("{'descr':'|i1','fortran_order':True,'shape':(" + axes + ")}", "1")),
            "it has more than 64 axes");
}

TEST(NpyMalformed, NamesTheFile) {
  const TempFolder folder;
  EXPECT_EQ(message(read_npy(folder.write("x.npy", "hello"))),
            fmt::format("error[NpyMalformed]: '{}/x.npy' is not a NumPy array that can be read: it "
                        "does not start like one\n"
                        "  remedy: save a numeric array with numpy.save(path, array)\n",
                        folder.path().string()));
}

TEST(ProgramNotStarted, NamesTheProgram) {
  Command command;
  command.arguments = {"no-such-program"};
  EXPECT_EQ(message(run_process(command)),
            "error[ProgramNotStarted]: cannot run 'no-such-program': no such program\n"
            "  remedy: install the program or put its folder on the PATH\n");
  command.arguments = {"sh"};
  command.folder = "/no/folder";
  EXPECT_EQ(run_process(command).errors().front().text,
            "cannot run 'sh': there is no folder '/no/folder'");
  const TempFolder folder;
  const auto script = folder.write("broken", "#!/no/interpreter\n");
  fs::permissions(script, fs::perms::owner_all);
  command.folder = ".";
  command.arguments = {script.string()};
  EXPECT_EQ(run_process(command).errors().front().text,
            fmt::format("cannot run '{}': No such file or directory", script.string()));
}

TEST(ProgramTimedOut, NamesTheTime) {
  Command command;
  command.arguments = {"sleep", "30"};
  command.timeout = std::chrono::milliseconds(150);
  EXPECT_EQ(message(run_process(command)),
            "error[ProgramTimedOut]: 'sleep' took longer than 0.15 seconds and was stopped\n"
            "  remedy: allow more time, or make the design smaller\n");
}

TEST(Interrupted, IsPassedUp) {
  install_interrupt_handler();
  EXPECT_TRUE(check_interrupt().ok());
  std::raise(SIGTERM);
  EXPECT_EQ(message(check_interrupt()),
            "error[Interrupted]: interrupted\n"
            "  remedy: run the command again; nothing was left behind\n");
  install_interrupt_handler();
}

}  // namespace
}  // namespace gatefold
