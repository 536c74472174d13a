#include "gatefold/driver/project.h"

#include <algorithm>

#include "gatefold/flows/project_files.h"
#include "gatefold/support/output_folder.h"

namespace gatefold::driver {
namespace {

hardware::Batch flattened(const emulate::RawBatch& batch) {
  hardware::Batch result;
  for (const auto& [name, tensor] : batch) {
    const std::int64_t samples = tensor.shape.front();
    result[name] = {{samples, samples == 0 ? 0 : tensor.size() / samples}, tensor.data};
  }
  return result;
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

}  // namespace

Result<std::vector<emit::File>> project_files(const Compilation& compilation,
                                              const emulate::RawBatch& inputs,
                                              const emulate::RawBatch& outputs) {
  const graph::Graph& graph = compilation.graph;
  emit::ProjectOptions options;
  for (const graph::NodeId id : graph.inputs())
    options.encodings[std::get<graph::Input>(graph.node(id).op).name] =
        port_encoding(graph.node(id).outputs.front());
  for (const graph::Output& output : graph.outputs())
    options.encodings[output.name] = port_encoding(graph.type(output.value));
  options.extra_files = flows::project_files(compilation.options.target);
  return emit::emit_project(compilation.design, compilation.schedule,
                            {flattened(inputs), flattened(outputs)}, options);
}

Status write_project(const std::filesystem::path& folder, const std::vector<emit::File>& files) {
  GATEFOLD_TRY(OutputFolder output, OutputFolder::create(folder));
  for (const emit::File& file : files) GATEFOLD_CHECK(output.write(file.path, file.text));
  return output.commit();
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
