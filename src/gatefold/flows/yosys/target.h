#pragma once

#include <map>
#include <string>
#include <vector>

#include "gatefold/flows/script.h"
#include "gatefold/flows/synthesise.h"

namespace gatefold::flows::yosys {

/// A target of data/targets as targets.json describes its synthesis, or the cells of a Liberty
/// file. Cell types are patterns (`*`, `?`).
struct Target {
  std::string name;
  std::string title;
  std::string synth;           // the command of Yosys
  std::string flat, by_layer;  // its options for a flattened design and for modules of their own
  std::map<std::string, double> luts;                  // LUTs that a cell takes, or its area
  std::map<std::string, int> brams;                    // block RAMs, the smallest as 1
  std::map<std::string, std::int64_t Cells::*> kinds;  // the other counts
  std::vector<std::string> models;      // files of cell models, below Yosys' share folder
  std::vector<std::string> own_models;  // those that Yosys lacks, beside its script
  std::vector<std::string> defines;     // macros that they need
  std::vector<std::string> primitives;  // folders below rtl/ with bodies of primitives of its own
  std::string liberty = {};             // the file whose cells these are; or none
  std::string full_adder = {};  // an instance of its full adder, or the gates (ripple_adders.v)
  std::map<std::string, double> register_areas = {};  // of its flip-flops
  std::vector<std::string> made_models = {};          // models that the script writes

  /// Patterns of the cells between registers.
  std::vector<std::string> logic() const;
};

/// TargetUnknown, or what read_liberty says.
Result<Target> find_target(const std::string& name);

/// What the templates of this folder are filled with: scripts lie in `flow`, figures go to
/// build/yosys/<target>, relative to the project.
Fields fields_of(const Target& target, const std::string& flow);

/// What the script reads, by file name.
std::vector<std::pair<std::string, std::string>> script_files(const Target& target);

/// The commands that read a project's files.
std::string read_commands(const std::string& files, const std::string& top);

/// build/yosys/<target>
std::string out_of(const Target& target);

}  // namespace gatefold::flows::yosys
