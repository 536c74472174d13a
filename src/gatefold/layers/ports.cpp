// The model's inputs: declared as real numbers in the host's hands, made ports by a quantizer.
#include <algorithm>
#include <utility>

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

using graph::Value;

Status Importer::declare_port(const frontends::ForeignPort& port) {
  symbols_[port.name] = Poisoned{};
  if (readers_[port.name] == 0 && !is_output(port.name))
    return diagnose(DiagnosticId::PortUnused, port.name);
  if (port.kind > frontends::ElementKind::Float64)
    return diagnose(DiagnosticId::PortNotReal, port.name);
  if (port.shape.size() < 2) return diagnose(DiagnosticId::PortWithoutBatch, port.name);
  GATEFOLD_CHECK(set_batch(port));
  Shape shape(port.shape.begin() + 1, port.shape.end());
  if (std::any_of(shape.begin(), shape.end(), [](std::int64_t extent) { return extent < 1; }))
    return diagnose(DiagnosticId::DynamicExtent, port.name);
  symbols_[port.name] = PortSymbol{port.name, shape, {}, {}, shape};
  return success();
}

Status Importer::set_batch(const frontends::ForeignPort& port) {
  const std::int64_t batch = port.shape.front();
  if (batch == frontends::dynamic_extent) return success();
  if (batch_.value_or(batch) != batch)
    return diagnose(DiagnosticId::PortBatches, port.name, batch, *batch_);
  batch_ = batch;
  return success();
}

Result<Value> Importer::quantize_port(const PortSymbol& port, graph::Quantize quantize,
                                      const std::string& layer) {
  if (!port.wiring.empty() && !quantize.grid.is_uniform())
    return diagnose(DiagnosticId::PortQuantizerAfterWiring, layer, port.name);
  quantize.source = graph::Encoding{Rational(1), Rational(0), port.functions};
  auto found = ports_.find(port.name);
  if (found == ports_.end()) {
    GATEFOLD_TRY(const Value made,
                 add(graph::Input{port.name, port.port_shape, quantize}, {}, layer));
    found = ports_.emplace(port.name, made).first;
  } else if (std::get<graph::Input>(graph_.node(found->second.node).op).port != quantize) {
    return diagnose(DiagnosticId::PortQuantizedTwice, layer, port.name);
  }
  Value value = found->second;
  for (const graph::Wiring& wiring : port.wiring) {
    GATEFOLD_TRY(value, add(graph::Rearrange{wiring}, {value}, layer));
  }
  return value;
}

Result<Value> Importer::default_port(const PortSymbol& port, const std::string& layer) {
  auto found = options_.input_types.find(port.name);
  if (found == options_.input_types.end()) found = options_.input_types.find("*");
  if (found == options_.input_types.end())
    return diagnose(DiagnosticId::PortNotQuantized, layer, port.name);
  const numeric::FixedType& type = found->second;
  graph::Quantize quantize;
  quantize.grid =
      numeric::make_grid(type.width, type.is_signed, numeric::power_of_two(-type.fraction));
  return quantize_port(port, std::move(quantize), layer);
}

}  // namespace gatefold::layers
