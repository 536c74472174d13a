#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gatefold/emit/file.h"
#include "gatefold/emit/options.h"
#include "gatefold/hardware/design.h"
#include "gatefold/schedule/schedule.h"

// A scheduled design as text: SystemVerilog, and a project folder that builds without Gatefold.
namespace gatefold::emit {

/// One module per layer and process and the top module, each in `rtl/<module>.sv`, in the order in
/// which a tool should read them (the top last). Deterministic to the byte. The design must verify,
/// and the schedule belong to it.
std::vector<File> emit_systemverilog(const hardware::Design& design,
                                     const schedule::Schedule& schedule,
                                     const EmitOptions& options = {});

/// Of these files, those that do not depend on what reloadable memories hold.
std::vector<File> emit_unloaded(const hardware::Design& design, const schedule::Schedule& schedule,
                                const EmitOptions& options);

/// What `load_valid_i`, `load_address_i` and `load_data_i` load for the design to hold the words
/// that its reloadable memories have: a line of hexadecimal digits for each address from 0 on.
std::string load_image(const hardware::Design& design, const schedule::Schedule& schedule);

/// Golden vectors by port: raw integers, [samples, elements].
struct Vectors {
  hardware::Batch inputs, outputs;
};

/// A function that the host applies to real numbers, by the name under which it is known. A
/// parameter has one text for all elements or one for each.
struct HostFunction {
  std::string name;
  std::vector<std::pair<std::string, std::vector<std::string>>> parameters;
};

/// What the words of a port stand for, real = scale * (raw - zero_point), as the caller writes it
/// into the manifest: one text for all elements or one for each. Before an input is rounded to raw
/// integers, and after an output is decoded, the host applies the functions in order.
struct PortEncoding {
  std::vector<std::string> scale, zero_point;
  std::vector<HostFunction> host_functions = {};
  std::string rounding = {}, overflow = {};  // of an input
};

struct ProjectOptions {
  std::map<std::string, PortEncoding> encodings;  // by port name; others are left out
  /// Files of the flows. `flows/<name>/run.sh` is run from the project's folder by
  /// `build.sh <name>`.
  std::vector<File> extra_files;
  EmitOptions text;
};

/// The folder: rtl/, files.f, tb/, vectors/, build.sh, manifest.json, README.md and the extra
/// files. There must be at least one vector.
std::vector<File> emit_project(const hardware::Design& design, const schedule::Schedule& schedule,
                               const Vectors& vectors, const ProjectOptions& options = {});

}  // namespace gatefold::emit
