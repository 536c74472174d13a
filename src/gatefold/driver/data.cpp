#include "gatefold/driver/data.h"

#include "gatefold/support/npy.h"

namespace gatefold::driver {
namespace {

struct NamedFile {
  std::string port, path;
};

Result<std::vector<NamedFile>> named_files(const graph::Graph& graph,
                                           const std::vector<std::string>& files) {
  const auto inputs = graph.inputs();
  std::vector<NamedFile> named;
  for (const std::string& file : files) {
    const std::size_t equals = file.find('=');
    if (equals != std::string::npos)
      named.push_back({file.substr(0, equals), file.substr(equals + 1)});
    else if (inputs.size() == 1)
      named.push_back({std::get<graph::Input>(graph.node(inputs.front()).op).name, file});
    else
      return diagnose(DiagnosticId::DataPort, "", file);
  }
  return named;
}

Result<const graph::TensorType*> port_type(const graph::Graph& graph, const NamedFile& file) {
  for (const graph::NodeId id : graph.inputs())
    if (std::get<graph::Input>(graph.node(id).op).name == file.port)
      return &graph.node(id).outputs.front();
  return diagnose(DiagnosticId::DataPort, "", file.port);
}

/// The file as [samples, elements…] of its port.
Result<NpyArray> read_port(const graph::Graph& graph, const NamedFile& file) {
  GATEFOLD_TRY(const graph::TensorType* type, port_type(graph, file));
  GATEFOLD_TRY(NpyArray array, read_npy(file.path));
  numeric::Shape expected = type->shape;
  expected.insert(expected.begin(), array.shape.empty() ? -1 : array.shape.front());
  if (array.shape != expected || array.shape.front() < 1)
    return diagnose(DiagnosticId::DataShape, "", file.path, numeric::to_string(array.shape),
                    file.port, numeric::to_string(type->shape));
  return array;
}

template <typename T>
std::vector<T> converted(const NpyArray& array) {
  return std::visit([](const auto& values) { return std::vector<T>(values.begin(), values.end()); },
                    array.data);
}

template <typename Tensor>
Status check_rows(const std::map<std::string, Tensor>& batch) {
  for (const auto& [port, tensor] : batch)
    if (tensor.shape.front() != batch.begin()->second.shape.front())
      return diagnose(DiagnosticId::DataRows, "", port, tensor.shape.front(), batch.begin()->first,
                      batch.begin()->second.shape.front());
  return success();
}

}  // namespace

Result<emulate::RealBatch> read_data(const graph::Graph& graph,
                                     const std::vector<std::string>& files) {
  emulate::RealBatch batch;
  GATEFOLD_TRY(const auto named, named_files(graph, files));
  for (const NamedFile& file : named) {
    GATEFOLD_TRY(const NpyArray array, read_port(graph, file));
    batch[file.port] = {array.shape, converted<double>(array)};
  }
  GATEFOLD_CHECK(check_rows(batch));
  return batch;
}

Result<emulate::RawBatch> read_raw_data(const graph::Graph& graph,
                                        const std::vector<std::string>& files) {
  emulate::RawBatch batch;
  GATEFOLD_TRY(const auto named, named_files(graph, files));
  for (const NamedFile& file : named) {
    GATEFOLD_TRY(const NpyArray array, read_port(graph, file));
    if (!std::holds_alternative<std::vector<std::int64_t>>(array.data))
      return diagnose(DiagnosticId::DataNotInteger, "", file.path, array.type);
    batch[file.port] = {array.shape, converted<std::int64_t>(array)};
  }
  GATEFOLD_CHECK(check_rows(batch));
  return batch;
}

}  // namespace gatefold::driver
