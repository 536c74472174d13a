#pragma once

#include "gatefold/emit/emit.h"
#include "gatefold/emit/plan.h"

// The files around the modules.
namespace gatefold::emit {

/// Cycles as the testbench measures them, without gaps and without back-pressure.
struct Timing {
  std::int64_t latency = 0;   // first beat of an inference taken to its last beat given
  std::int64_t interval = 0;  // from inference to inference
  double clock_ns = 0;
  double critical_ns = 0;
};
Timing timing_of(const Plan& plan, const schedule::Schedule& schedule);

/// Appends everything but the modules, whose files stand in `files` already.
void append_project_files(std::vector<File>& files, const Plan& plan, const Timing& timing,
                          const Vectors& vectors, const ProjectOptions& options);

/// The self-checking testbench of `samples` vectors.
std::string testbench(const Plan& plan, const Timing& timing, std::int64_t samples);

/// One line of hexadecimal digits per beat, for $readmemh.
std::string vector_lines(const PortPlan& port, const numeric::IntTensor& tensor);

/// The ports' words, the timing, the modules of the layers.
std::string manifest(const Plan& plan, const Timing& timing, std::int64_t samples,
                     const ProjectOptions& options);

std::string build_script(const Plan& plan);
std::string readme(const Plan& plan, const Timing& timing, std::int64_t samples);

}  // namespace gatefold::emit
