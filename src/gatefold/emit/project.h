#pragma once

#include "gatefold/emit/emit.h"
#include "gatefold/emit/network.h"

// The files around the modules.
namespace gatefold::emit {

/// Appends everything but the modules, whose files stand in `files` already.
void append_project_files(std::vector<File>& files, const Network& network,
                          const schedule::Schedule& schedule, const Vectors& vectors,
                          const ProjectOptions& options);

/// The self-checking testbench of `samples` vectors.
std::string testbench(const Network& network, const schedule::Schedule& schedule,
                      std::int64_t samples);

/// One line of hexadecimal digits per beat, for $readmemh.
std::string vector_lines(const NetworkPort& port, const numeric::IntTensor& tensor);

/// The ports' words, the timing, the modules of the layers.
std::string manifest(const Network& network, const schedule::Schedule& schedule,
                     std::int64_t samples, const ProjectOptions& options);

std::string build_script(const Network& network);
std::string readme(const Network& network, const schedule::Schedule& schedule,
                   std::int64_t samples);

}  // namespace gatefold::emit
