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

report::Report report_of(const Compilation& compilation,
                         const std::optional<flows::Synthesis>& synthesis);

struct Built {
  report::Report report;
  std::filesystem::path html;
  Verification verification;  // all levels, on the project's golden vectors
};

/// Writes the project into `folder`, lints, simulates and synthesises it there, simulates the
/// netlist, and leaves report.txt, report.json and report.html beside it.
Result<Built> build(const Compilation& compilation, const emulate::RawBatch& real,
                    std::int64_t count, const std::filesystem::path& folder);

}  // namespace gatefold::driver
