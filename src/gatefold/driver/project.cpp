#include "gatefold/driver/project.h"

#include <algorithm>

#include "gatefold/driver/reloadable.h"
#include "gatefold/driver/source_files.h"
#include "gatefold/flows/project_files.h"
#include "gatefold/graph/names.h"
#include "gatefold/support/match.h"
#include "gatefold/support/output_folder.h"

namespace gatefold::driver {
namespace {

std::vector<std::string> texts(const numeric::PerAxis<numeric::Rational>& parameter,
                               const numeric::Shape& shape) {
  std::vector<std::string> values;
  const std::int64_t count = parameter.is_uniform() ? 1 : numeric::element_count(shape);
  for (std::int64_t i = 0; i < count; ++i)
    values.push_back(numeric::to_string(parameter.at(i, shape)));
  return values;
}

emit::HostFunction host_function(const graph::RealFunction& function, const numeric::Shape& shape) {
  return std::visit(
      Match{[&](const graph::Affine& f) {
              return emit::HostFunction{
                  "affine", {{"scale", texts(f.scale, shape)}, {"offset", texts(f.offset, shape)}}};
            },
            [](const graph::Relu&) {
              return emit::HostFunction{"relu", {}};
            },
            [&](const graph::LeakyRelu& f) {
              return emit::HostFunction{"leaky_relu", {{"slope", texts(f.slope, shape)}}};
            },
            [](graph::Elementary f) {
              return emit::HostFunction{graph::name_of(f), {}};
            }},
      function);
}

/// What the host does to floats before it rounds them to the port's integers.
std::vector<emit::HostFunction> functions_before(const graph::Input& input) {
  std::vector<emit::HostFunction> functions;
  if (!input.port.source) return functions;
  const graph::Encoding& source = *input.port.source;
  if (source.scale != graph::Encoding{}.scale || source.offset != graph::Encoding{}.offset)
    functions.push_back(host_function(graph::Affine{source.scale, source.offset}, input.shape));
  for (const graph::RealFunction& function : source.functions)
    functions.push_back(host_function(function, input.shape));
  return functions;
}

/// What the host does to the real numbers of an output.
std::vector<emit::HostFunction> functions_after(const graph::Output& output,
                                                const graph::TensorType& type) {
  std::vector<emit::HostFunction> functions;
  for (const graph::RealFunction& function : type.encoding.functions)
    functions.push_back(host_function(function, type.shape));
  switch (output.host) {
    case graph::HostFunction::None:
      break;
    case graph::HostFunction::Softmax:
      functions.push_back({"softmax", {}});
  }
  return functions;
}

/// real = scale * (raw - zero_point), one text for all elements or one each.
emit::PortEncoding port_encoding(const graph::TensorType& type) {
  const auto& encoding = type.encoding;
  const bool uniform = encoding.scale.is_uniform() && encoding.offset.is_uniform();
  emit::PortEncoding port;
  for (std::int64_t i = 0; i < (uniform ? 1 : type.size()); ++i) {
    const numeric::Rational& scale = encoding.scale.at(i, type.shape);
    port.scale.push_back(numeric::to_string(scale));
    port.zero_point.push_back(
        sgn(scale) == 0 ? "0" : numeric::to_string(-encoding.offset.at(i, type.shape) / scale));
  }
  return port;
}

emit::ProjectOptions project_options(const Compilation& compilation) {
  const graph::Graph& graph = compilation.graph;
  emit::ProjectOptions options;
  for (const graph::NodeId id : graph.inputs()) {
    const auto& input = std::get<graph::Input>(graph.node(id).op);
    emit::PortEncoding& port = options.encodings[input.name];
    port = port_encoding(graph.node(id).outputs.front());
    port.host_functions = functions_before(input);
    port.rounding = numeric::name_of(input.port.rounding);
    port.overflow = numeric::name_of(input.port.overflow);
  }
  for (const graph::Output& output : graph.outputs()) {
    emit::PortEncoding& port = options.encodings[output.name];
    port = port_encoding(graph.type(output.value));
    port.host_functions = functions_after(output, graph.type(output.value));
  }
  options.text = compilation.options.text;
  options.extra_files = flows::project_files(compilation.options.target);
  return options;
}

bool has_reloadable(const Compilation& compilation) {
  return !reloadable_matrices(compilation.imported).empty();
}

}  // namespace

Result<std::vector<emit::File>> project_files(const Compilation& compilation,
                                              const emulate::RawBatch& inputs,
                                              const emulate::RawBatch& outputs) {
  emit::ProjectOptions options = project_options(compilation);
  if (has_reloadable(compilation))
    for (emit::File& file : source_files(compilation))
      options.extra_files.push_back(std::move(file));
  return emit::emit_project(compilation.design, compilation.schedule, {rows(inputs), rows(outputs)},
                            options);
}

Result<std::vector<emit::File>> loading_project_files(const Compilation& compilation,
                                                      const emulate::RawBatch& inputs,
                                                      const emulate::RawBatch& outputs) {
  if (!has_reloadable(compilation)) return project_files(compilation, inputs, outputs);
  emit::ProjectOptions options = project_options(compilation);
  options.extra_files.push_back(
      {"weights.hex", emit::load_image(compilation.design, compilation.schedule)});
  return emit::emit_project(hardware::unloaded(compilation.design), compilation.schedule,
                            {rows(inputs), rows(outputs)}, options);
}

Status write_project(const std::filesystem::path& folder, const std::vector<emit::File>& files) {
  GATEFOLD_TRY(OutputFolder output, OutputFolder::create(folder));
  for (const emit::File& file : files) GATEFOLD_CHECK(output.write(file.path, file.text));
  return output.commit();
}

hardware::Batch rows(const emulate::RawBatch& batch) {
  hardware::Batch result;
  for (const auto& [name, tensor] : batch) {
    const std::int64_t samples = tensor.shape.front();
    result[name] = {{samples, samples == 0 ? 0 : tensor.size() / samples}, tensor.data};
  }
  return result;
}

emulate::RawBatch first_samples(const emulate::RawBatch& batch, std::int64_t count) {
  emulate::RawBatch result;
  for (const auto& [name, tensor] : batch) {
    const std::int64_t samples = tensor.shape.front();
    const std::int64_t taken = std::min(samples, count);
    numeric::IntTensor part{tensor.shape, {}};
    part.shape.front() = taken;
    if (samples > 0)
      part.data.assign(tensor.data.begin(), tensor.data.begin() + tensor.size() / samples * taken);
    result[name] = std::move(part);
  }
  return result;
}

}  // namespace gatefold::driver
