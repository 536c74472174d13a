#pragma once

#include <filesystem>
#include <optional>

#include "gatefold/driver/project.h"
#include "gatefold/driver/verify.h"
#include "gatefold/flows/synthesise.h"
#include "gatefold/report/report.h"

namespace gatefold::driver {

/// A project with golden vectors: the real inputs, then `count` random and `count` extreme ones.
Result<std::vector<emit::File>> golden_project(const Compilation& compilation,
                                               const emulate::RawBatch& real, std::int64_t count);

/// What the open synthesis tool makes of the design, in a temporary folder.
Result<flows::Synthesis> synthesise(const Compilation& compilation);

/// Activity is counted on the real inputs, if there are any.
report::Report report_of(const Compilation& compilation,
                         const std::optional<flows::Synthesis>& synthesis,
                         const emulate::RawBatch& real);

struct Built {
  report::Report report;
  std::filesystem::path html;
  Verification verification;  // all levels, on the project's golden vectors
};

/// Lints, simulates and synthesises the project, simulates the netlist, and puts the whole into
/// `folder`, with report.txt, report.json and report.html. Without every tool, for a target without
/// synthesis, or when a tool fails, there is no folder. Errors: what can_compare, OutputFolder and
/// the flows say.
Result<Built> build(const Compilation& compilation, const emulate::RawBatch& real,
                    std::int64_t count, const std::filesystem::path& folder);

}  // namespace gatefold::driver
