#pragma once

#include <filesystem>

#include "gatefold/driver/compile.h"
#include "gatefold/driver/vectors.h"
#include "gatefold/emit/emit.h"

namespace gatefold::driver {

/// The files of a project folder that builds without Gatefold, with golden vectors: the inputs and
/// what the emulator answers.
Result<std::vector<emit::File>> project_files(const Compilation& compilation,
                                              const emulate::RawBatch& inputs,
                                              const emulate::RawBatch& outputs);

/// The same, but where weights are reloadable its memories hold none of them; the testbench loads
/// them first.
Result<std::vector<emit::File>> loading_project_files(const Compilation& compilation,
                                                      const emulate::RawBatch& inputs,
                                                      const emulate::RawBatch& outputs);

/// Writes a project into a folder, whole or not at all.
Status write_project(const std::filesystem::path& folder, const std::vector<emit::File>& files);

/// The first `count` samples of every port.
emulate::RawBatch first_samples(const emulate::RawBatch& batch, std::int64_t count);
/// One row a sample: [samples, elements].
hardware::Batch rows(const emulate::RawBatch& batch);

}  // namespace gatefold::driver
