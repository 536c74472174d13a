#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gatefold/graph/graph.h"
#include "gatefold/numeric/tensor.h"
#include "gatefold/support/result.h"

namespace gatefold::emulate {

struct Kernels;

/// Tensors by port name; the first axis is the sample: [samples, elements…].
using RawBatch = std::map<std::string, numeric::IntTensor>;
using RealBatch = std::map<std::string, numeric::RealTensor>;

/// What one op of a layer of the trained model computes, as real numbers and, where integers hold
/// them exactly, as those.
struct Trace {
  std::string name;          // unique (emulate/trace_names.h): the layer for its last op
  graph::Value value;        // of the emulator's graph
  numeric::RealTensor real;  // [samples, elements…]
  numeric::IntTensor raw;    // before any function that waits on the edge
  graph::Encoding encoding;
};

/// A port's floats where the caller has them: row-major, shape [samples, elements…].
template <typename Real>
struct View {
  numeric::Shape shape;
  const Real* data = nullptr;

  std::int64_t size() const { return numeric::element_count(shape); }
};
template <typename Real>
using Views = std::map<std::string, View<Real>>;

/// What stateful recurrences keep from one inference to the next.
struct States {
  std::vector<std::int64_t> words;
};

/// A port or an output.
struct Port {
  std::string name;
  numeric::Shape shape;  // of one sample
};

/// Runs a graph on batches of samples: exact integers inside, in the narrowest SIMD lanes that the
/// proved ranges allow, on all cores. No compiler is needed at run time. Immutable after
/// construction; every method may be called from several threads.
///
/// The samples of a batch are inferences in order. Where the graph is stateful, each goes on with
/// the states that the one before left; a batch begins with the initial states, or with those that
/// the caller gives (of `initial_states` of this emulator, or left by an earlier batch), where it
/// leaves the last ones unless it fails.
class Emulator {
 public:
  /// `threads` 0 means all cores.
  explicit Emulator(const graph::Graph& graph, int threads = 0);
  /// With the loops of one instruction set (emulate/kernels.h) instead of the machine's best.
  Emulator(const graph::Graph& graph, int threads, const Kernels& kernels);
  ~Emulator();
  Emulator(Emulator&&) noexcept;
  Emulator& operator=(Emulator&&) noexcept;

  const std::vector<Port>& inputs() const;
  const std::vector<Port>& outputs() const;
  States initial_states() const;

  /// Integers in, integers out. Errors: ports that are missing, unknown or of another shape
  /// (PortMissing, PortUnknown, PortShape), integers outside a port's range (PortRange).
  Result<RawBatch> run(const RawBatch& inputs) const;
  Result<RawBatch> run(const RawBatch& inputs, States& states) const;

  /// The integers that the host hands to the hardware: exact rounding of the given floats by each
  /// port's quantizer. NaN is refused (PortNotFinite); infinities saturate where the port
  /// saturates.
  Result<RawBatch> quantize(const RealBatch& inputs) const;
  /// The numbers that the outputs stand for (nearest doubles), with the functions left to the host.
  RealBatch decode(const RawBatch& outputs) const;
  /// quantize, run, decode.
  Result<RealBatch> predict(const RealBatch& inputs) const;

  Result<RealBatch> predict(const Views<float>& inputs) const;
  Result<RealBatch> predict(const Views<double>& inputs) const;
  Result<RealBatch> predict(const Views<float>& inputs, States& states) const;
  Result<RealBatch> predict(const Views<double>& inputs, States& states) const;

  /// predict without copies: row-major arrays of [samples, elements…], one for each port in the
  /// order of `inputs()` and one for each output in the order of `outputs()`. Error: PortNotFinite.
  Status predict(std::span<const float* const> inputs, std::int64_t samples,
                 std::span<double* const> outputs) const;
  Status predict(std::span<const double* const> inputs, std::int64_t samples,
                 std::span<double* const> outputs) const;

  /// Every computed value, in order; on the graph as imported, each layer's ops.
  Result<std::vector<Trace>> trace(const RawBatch& inputs) const;

 private:
  struct Program;
  std::unique_ptr<const Program> program_;
};

}  // namespace gatefold::emulate
