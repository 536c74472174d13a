#include "gatefold/support/npy.h"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

#include "gatefold/support/process.h"

namespace gatefold {
namespace {

using testing::TempFolder;
using Reals = std::vector<double>;
using Integers = std::vector<std::int64_t>;

std::string npy(const std::string& header, const std::string& data) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + data;
}

template <typename T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

Result<NpyArray> parse(const std::string& text) {
  return parse_npy(std::as_bytes(std::span(text)), "x.npy");
}

template <typename T>
NpyArray parse_vector(const char* descr, const std::vector<T>& values) {
  const std::string header = fmt::format(
      "{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}\n", descr, values.size());
  return *parse(npy(header, raw(values)));
}

TEST(ParseNpy, ReadsEveryElementType) {
  const std::vector<std::uint16_t> halves = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000};
  EXPECT_EQ(std::get<Reals>(parse_vector("<f2", halves).data),
            (Reals{1, -2, std::ldexp(1, -24), 65504, 0}));
  EXPECT_EQ(std::get<Reals>(parse_vector<float>("<f4", {0.1f}).data), Reals{double{0.1f}});
  EXPECT_EQ(std::get<Reals>(parse_vector<double>("<f8", {0.1}).data), Reals{0.1});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::int8_t>("|i1", {-128, 127}).data),
            (Integers{-128, 127}));
  EXPECT_EQ(std::get<Integers>(parse_vector<std::int16_t>("<i2", {-32768}).data), Integers{-32768});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::int32_t>("<i4", {-7}).data), Integers{-7});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::int64_t>("<i8", {INT64_MIN}).data),
            Integers{INT64_MIN});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::uint8_t>("|u1", {255}).data), Integers{255});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::uint16_t>("<u2", {65535}).data), Integers{65535});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::uint32_t>("<u4", {~0u}).data),
            Integers{4294967295});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::uint64_t>("<u8", {INT64_MAX}).data),
            Integers{INT64_MAX});
  EXPECT_EQ(std::get<Integers>(parse_vector<std::uint8_t>("|b1", {0, 1}).data), (Integers{0, 1}));
}

TEST(ParseNpy, KeepsTypeAndShape) {
  const auto array = parse(npy("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }",
                               raw<std::int8_t>({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(array->type, "int8");
  EXPECT_EQ(array->shape, (std::vector<std::int64_t>{2, 3}));
}

TEST(ParseNpy, TurnsFortranOrder) {
  const auto array = parse(npy("{\"shape\":(2,3),\"fortran_order\":True,\"descr\":\"|i1\"}",
                               raw<std::int8_t>({1, 4, 2, 5, 3, 6})));
  EXPECT_EQ(std::get<Integers>(array->data), (Integers{1, 2, 3, 4, 5, 6}));
}

TEST(ParseNpy, ReadsScalarsEmptyArraysAndVersionTwo) {
  EXPECT_EQ(
      std::get<Reals>(
          parse(npy("{'descr':'<f8','fortran_order':False,'shape':()}", raw<double>({2.5})))->data),
      Reals{2.5});
  const auto empty =
      parse(npy("{'descr':'<f8','fortran_order':True,'shape':(0,9223372036854775807)}", ""));
  EXPECT_EQ(std::get<Reals>(empty->data), Reals{});
  std::string two = npy("{'descr':'|u1','fortran_order':False,'shape':(1,)}", "\x07");
  two[6] = 2;
  two.insert(10, 2, '\0');
  EXPECT_EQ(std::get<Integers>(parse(two)->data), Integers{7});
}

TEST(WriteNpy, IsReadBack) {
  const TempFolder folder;
  const NpyArray reals{"float64", {2, 2}, Reals{0.1, -0.0, INFINITY, 5e-324}};
  const NpyArray integers{"int64", {3}, Integers{INT64_MIN, 0, INT64_MAX}};
  const NpyArray scalar{"int64", {}, Integers{42}};
  for (const NpyArray& array : {reals, integers, scalar}) {
    ASSERT_TRUE(write_npy(folder / "x.npy", array).ok());
    EXPECT_EQ(*read_npy(folder / "x.npy"), array);
  }
}

/// NumPy itself writes all types in both orders and checks what we write back.
TEST(WriteNpy, AgreesWithNumPy) {
  const std::filesystem::path installed = GATEFOLD_SOURCE_DIR "/.venv/bin/python";
  const std::string program = std::filesystem::exists(installed) ? installed.string() : "python3";
  Command probe;
  probe.arguments = {program, "-c", "import numpy"};
  const auto found = run_process(probe);
  ASSERT_TRUE(found.ok() && found->exit_code == 0) << "no NumPy; tools/setup installs it";
  const TempFolder folder;
  Command writer;
  writer.folder = folder.path();
  writer.arguments = {program, "-c",
                      "import numpy as n\n"
                      "for t in 'f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1'.split():\n"
                      "  a=(n.random.default_rng(1).normal(size=(3,4,5))*9)\n"
                      "  a=(abs(a) if t[0]=='u' else a).astype(t)\n"
                      "  n.save(t+'_c',a); n.save(t+'_f',n.asfortranarray(a))"};
  ASSERT_EQ(run_process(writer)->exit_code, 0);
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const auto array = read_npy(entry.path());
    ASSERT_TRUE(array.ok()) << to_string(array.errors());
    ASSERT_TRUE(write_npy(entry.path().string() + ".ours", *array).ok());
    ++count;
  }
  EXPECT_EQ(count, 24);
  Command reader = writer;
  reader.arguments[2] =
      "import numpy as n,glob\n"
      "for f in glob.glob('*.npy'):\n"
      "  a,b=n.load(f),n.load(f+'.ours')\n"
      "  assert a.shape==b.shape and b.flags.c_contiguous and (a==b).all(), f";
  const auto checked = run_process(reader);
  EXPECT_EQ(checked->exit_code, 0) << checked->errors;
}

}  // namespace
}  // namespace gatefold
