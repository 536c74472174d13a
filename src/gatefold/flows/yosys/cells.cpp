#include "gatefold/flows/yosys/cells.h"

#include <filesystem>
#include <fmt/format.h>

#include "gatefold/cells/liberty.h"

namespace gatefold::flows::yosys {
namespace {

using cells::LibraryCell;
using cells::TruthTable;

constexpr TruthTable sum_of_three = 0b10010110, majority = 0b11101000;
constexpr const char* models_name = "cells.v";

/// A bit of ripple_adders.v.
std::string full_adder(const cells::CellLibrary& library) {
  const LibraryCell* cell = library.smallest(3, {sum_of_three, majority});
  if (cell == nullptr)
    return "assign Y[i] = a[i] ^ b[i] ^ carry[i];\n"
           "        assign CO[i] = (a[i] & b[i]) | ((a[i] ^ b[i]) & carry[i]);";
  const std::size_t sum = cell->functions[0] == sum_of_three ? 0 : 1;
  return fmt::format("{} adder (.{}(a[i]), .{}(b[i]), .{}(carry[i]), .{}(Y[i]), .{}(CO[i]));",
                     cell->name, cell->inputs[0], cell->inputs[1], cell->inputs[2],
                     cell->outputs[sum], cell->outputs[1 - sum]);
}

}  // namespace

Result<Target> target_of_cells(const std::string& path) {
  GATEFOLD_TRY(const auto library, cells::read_liberty(std::filesystem::path(path)));
  Target target;
  target.name = std::filesystem::path(path).stem().string();
  target.title = fmt::format("Cells of {}", library.name);
  target.liberty = std::filesystem::absolute(path).string();
  target.full_adder = full_adder(library);
  target.flat = "-flatten";
  for (const LibraryCell& cell : library.cells) target.luts[cell.name] = cell.area;
  for (const auto& flop : library.registers) {
    target.register_areas[flop.name] = flop.area;
    target.kinds[flop.name] = &Cells::flip_flops;
  }
  target.made_models = {models_name};
  return target;
}

std::string synth_commands(const Target& target, const std::string& flow) {
  return fmt::format("read_liberty -lib {}\ntechmap -map {}/ripple_adders.v\nsynth -noabc",
                     target.liberty, flow);
}

std::string map_commands(const Target& target, const std::string& out) {
  if (target.liberty.empty()) return {};
  return fmt::format(
      "\ndfflibmap -liberty {0}\nabc -liberty {0}\nopt_clean -purge\ndesign -push\n"
      "read_liberty -ignore_miss_func {0}\nwrite_verilog -noattr {1}/{2}\ndesign -pop",
      target.liberty, out, models_name);
}

}  // namespace gatefold::flows::yosys
