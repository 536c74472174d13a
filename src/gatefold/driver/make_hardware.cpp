#include "gatefold/driver/make_hardware.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "gatefold/hardware/simplify.h"
#include "gatefold/schedule/block_tables.h"
#include "gatefold/schedule/schedule.h"
#include "gatefold/schedule/tabulate_cones.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::driver {

namespace {

constexpr double per_unit = 1000;
std::int64_t cost(double units) { return std::llround(units * per_unit); }

adder_graph::CostModel of_cells(const schedule::AdderCells& cells) {
  adder_graph::CostModel model;
  model.per_unit = per_unit;
  model.full_adder = cost(cells.full_adder);
  model.half_adder = cost(cells.half_adder);
  model.inverter = cost(cells.inverter);
  model.chain = model.half_adder - model.full_adder;
  return model;
}

double luts_of(const hardware::Design& design, const schedule::Target& target) {
  double sum = 0;
  for (const hardware::Process& process : design.processes)
    for (std::size_t i = 0; i < process.body.size(); ++i)
      sum += schedule::luts(target, process, {static_cast<std::int32_t>(i)});
  return sum;
}

}  // namespace

adder_graph::CostModel adder_costs(const schedule::Target& target) {
  if (target.adder_cells) return of_cells(*target.adder_cells);
  const schedule::Line& add = target.cost(schedule::CostClass::Add).luts;
  adder_graph::CostModel model;
  model.per_unit = per_unit;
  model.chain = cost(add.base);
  model.full_adder = model.half_adder = cost(add.per_bit);
  model.table = {target.lut_inputs, cost(1)};
  if (!target.has_add3) return model;
  const schedule::Line& row = target.cost(schedule::CostClass::Add3).luts;
  model.row = {cost(row.base), cost(row.per_bit), 0};
  constexpr double usual_bits = 12;
  const auto delay = [&](schedule::CostClass which) {
    return target.cost(which).delay_ns.at(usual_bits) + target.route_ns;
  };
  const double levels = delay(schedule::CostClass::Add3) / delay(schedule::CostClass::Add);
  model.row->tenths = static_cast<int>(std::ceil(10 * levels));
  return model;
}

lowering::DspFactors dsp_factors(const schedule::Target& target, lowering::Multipliers wanted,
                                 double clock_ns) {
  if (wanted == lowering::Multipliers::Luts || !schedule::has_dsps(target, clock_ns)) return {};
  lowering::DspFactors factors{target.dsp.long_bits, target.dsp.short_bits, 0};
  const double luts_per_area = target.cost(schedule::CostClass::Multiply).luts.per_bit;
  if (wanted == lowering::Multipliers::Auto) factors.from_area = target.dsp.luts / luts_per_area;
  return factors;
}

HardwareMaker::HardwareMaker(const graph::Graph& graph, const schedule::Target& target,
                             const lowering::LoweringOptions& options,
                             std::optional<lowering::Folds> folds)
    : graph_(graph), target_(target), options_(options), folds_(std::move(folds)) {
  options_.adder_costs = adder_costs(target);
}

Result<hardware::Design> HardwareMaker::design(double clock_ns, std::optional<int> stages) {
  const int product_bits = schedule::widest_product(target_, clock_ns);
  const lowering::DspFactors dsp = dsp_factors(target_, options_.multipliers, clock_ns);
  if (lowered_.processes.empty() || product_bits != options_.product_bits || dsp != options_.dsp) {
    options_.product_bits = product_bits;
    options_.dsp = dsp;
    GATEFOLD_TRY(lowered_, folds_ ? lowering::lower_network(graph_, options_, *folds_)
                                  : lowering::lower(graph_, options_));
    simplified_ = hardware::simplify(lowered_);
  }
  auto smaller = fused(clock_ns, schedule::Fusions::All);
  const int needed = stages_of(smaller, clock_ns);
  if (stages && needed <= *stages) return with_tables(std::move(smaller), clock_ns, *stages);
  auto faster = fused(clock_ns, schedule::Fusions::KeepingPath);
  const int fastest = stages_of(faster, clock_ns);
  return with_tables(needed <= fastest ? std::move(smaller) : std::move(faster), clock_ns,
                     std::min(needed, fastest));
}

/// In a network a stage more is one cycle; a parallel design keeps its latency.
hardware::Design HardwareMaker::with_tables(hardware::Design design, double clock_ns,
                                            int stages) const {
  auto in_blocks = schedule::with_block_tables(design, target_);
  if (!in_blocks) return design;
  const bool fits = folds_ || stages_of(*in_blocks, clock_ns) <= stages;
  return fits ? *std::move(in_blocks) : std::move(design);
}

// An adder graph may hold a sum twice, each for a row of its own; merged by `simplify`, neither
// could be one. Sums that two matrices have in common, as windows do, are better merged first.
hardware::Design HardwareMaker::fused(double clock_ns, schedule::Fusions fusions) const {
  const auto tabulated = [&](const hardware::Design& design) {
    return schedule::tabulate_cones(design, target_, clock_ns);
  };
  auto merged_first = tabulated(schedule::fuse_adders(simplified_, target_, clock_ns, fusions));
  if (!target_.has_add3) return merged_first;
  auto merged_last =
      tabulated(hardware::simplify(schedule::fuse_adders(lowered_, target_, clock_ns, fusions)));
  const bool last = luts_of(merged_last, target_) < luts_of(merged_first, target_);
  return last ? std::move(merged_last) : std::move(merged_first);
}

int HardwareMaker::stages_of(const hardware::Design& design, double clock_ns) const {
  const auto needed = schedule::fewest_stages(design, target_, clock_ns);
  return needed.ok() ? *needed : std::numeric_limits<int>::max();
}

bool HardwareMaker::reaches(double clock_ns, int stages) {
  const auto made = design(clock_ns, stages);
  return made.ok() && stages_of(*made, clock_ns) <= stages;
}

Result<double> HardwareMaker::shortest_clock(int stages) {
  constexpr double any_ns = 1e6;  // what is refused here is refused at every clock
  GATEFOLD_TRY(const hardware::Design slowest, design(any_ns, stages));
  GATEFOLD_CHECK(schedule::fewest_stages(slowest, target_, any_ns));
  std::int64_t reached = 1000, missed = 0;  // picoseconds
  while (!reaches(static_cast<double>(reached) / 1000, stages)) {
    GATEFOLD_CHECK(check_interrupt());
    missed = reached;
    reached *= 2;
  }
  while (reached - missed > 1) {
    GATEFOLD_CHECK(check_interrupt());
    const std::int64_t middle = missed + (reached - missed) / 2;
    (reaches(static_cast<double>(middle) / 1000, stages) ? reached : missed) = middle;
  }
  return static_cast<double>(reached) / 1000;
}

}  // namespace gatefold::driver
