#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/graph/graph.h"
#include "gatefold/numeric/fixed_type.h"

namespace gatefold::layers {

struct ImportOptions {
  /// Types of ports that the model itself does not quantize, by port name; the key `*` holds for
  /// every other port. Floats are rounded half to even and saturate.
  std::map<std::string, numeric::FixedType> input_types;
  /// Types of what a recurrent layer computes in each step, where an ONNX file has no quantizers:
  /// by role (`gates`: outputs of its activations; `cell`, `hidden`: its states), by
  /// `<layer>.<role>`, or `*` for all. Rounded half to even, saturating.
  std::map<std::string, numeric::FixedType> recurrent_types;
  /// Recurrent layers that go on, inference after inference, with the states that the one before
  /// left, each direction with its own; `*` for all. The first begins with the file's initial
  /// states.
  std::set<std::string> stateful;
  /// Leaves an activation at the very end of the model (Softmax, Sigmoid, Tanh) to the host, which
  /// computes it in double precision from the exact integers; otherwise a final Softmax becomes
  /// hardware and the others need a quantizer.
  bool final_activation_on_host = false;
  /// Layers whose weights hardware may exchange; `*` for all.
  std::set<std::string> reloadable;
  /// What weights and biases of these layers count in and how far, by layer in the order of import;
  /// where it is left out, it follows from their quantizers or from the numbers themselves.
  std::map<std::string, std::vector<graph::Linear>> settled;

  bool is_stateful(const std::string& layer) const {
    return stateful.contains(layer) || stateful.contains("*");
  }
  bool is_reloadable(const std::string& layer) const {
    return reloadable.contains(layer) || reloadable.contains("*");
  }
};

/// `fixed<16,6>` (width, integer bits with the sign), `ufixed<8,0>`. BadInputType.
Result<numeric::FixedType> parse_input_type(const std::string& text);

/// Composes every layer of a foreign model into ops. On failure the diagnostics list *all* problems
/// of the model, each named after its node.
Result<graph::Graph> import_model(const frontends::ForeignModel& model,
                                  const ImportOptions& options = {});

}  // namespace gatefold::layers
