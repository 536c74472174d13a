#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/driver/choose_folds.h"
#include "gatefold/driver/resources.h"

namespace gatefold::driver {

/// A constant matrix of the graph, or the second factor of a product of two computed tensors: how
/// often an inference uses it, and its size.
struct Matrix {
  std::string layer;
  std::int64_t positions = 1, weights = 1, nonzero = 1;
  bool reloadable = false;  // not as an adder graph

  std::int64_t least_reuse() const { return reloadable ? 2 : 1; }
};

/// Makes designs of one graph with different folds, and says what they take.
class FoldTrials {
 public:
  /// All arguments outlive it.
  FoldTrials(const graph::Graph& graph, const schedule::Target& target,
             const lowering::LoweringOptions& options, double clock_ns, const FoldGoals& goals);

  const std::vector<Matrix>& matrices() const { return matrices_; }

  /// Layers that the goals name have their reuse.
  Result<FoldedDesign> make(lowering::Folds folds) const;

  /// What each matrix takes, with the layers behind it up to the next one.
  std::map<std::string, Resources> resources_by_matrix(const FoldedDesign& made) const;

  double size(const Resources& resources) const { return size_of(resources, target_); }
  double size(const FoldedDesign& made) const { return size(made.resources); }
  bool fits(const FoldedDesign& made) const { return made.resources.within(goals_.most); }

  /// Each matrix as in the first folds or the others, with what multiplies as the budget wants it:
  /// the smallest choice within the budget, or what exceeds it least where no choice is.
  Result<FoldedDesign> smallest(const lowering::Folds& folds,
                                std::vector<lowering::Folds> others) const;

 private:
  std::vector<lowering::Folds> with_multipliers(const FoldedDesign& made) const;
  Result<FoldedDesign> mixed(std::vector<FoldedDesign> ways) const;
  std::map<std::string, std::string> matrix_of_layers(const FoldedDesign& made) const;
  Resources bounds_of_matrices(const FoldedDesign& made) const;
  std::optional<lowering::Folds> chosen(const std::vector<FoldedDesign>& ways,
                                        const Resources& bounds) const;
  std::ptrdiff_t exceeded(const FoldedDesign& made) const;
  const FoldedDesign& best_of(const std::vector<FoldedDesign>& ways) const;

  const graph::Graph& graph_;
  const schedule::Target& target_;
  const lowering::LoweringOptions& options_;
  double clock_ns_;
  const FoldGoals& goals_;
  std::vector<Matrix> matrices_;
};

}  // namespace gatefold::driver
