#include "gatefold/emit/project.h"

#include <fmt/core.h>

#include "gatefold/emit/text.h"
#include "gatefold/support/assert.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

const numeric::IntTensor& tensor_of(const Batch& batch, const Port& port) {
  const auto found = batch.find(port.name);
  GATEFOLD_ASSERT(found != batch.end(), "vectors for port '" + port.name + "'");
  return found->second;
}

std::int64_t sample_count(const Network& network, const Vectors& vectors) {
  const auto& tensor = tensor_of(vectors.outputs, *network.outputs.front().port);
  GATEFOLD_ASSERT(tensor.shape.size() == 2 && tensor.shape[0] > 0, "at least one vector");
  return tensor.shape[0];
}

std::string file_list(const std::vector<File>& rtl) {
  std::string text;
  for (const auto& file : rtl) {
    if (file.path.ends_with(".sv")) text += file.path + "\n";
  }
  return text;
}

void append_vectors(std::vector<File>& files, const std::vector<NetworkPort>& ports,
                    const Batch& batch, std::int64_t samples) {
  for (const auto& port : ports) {
    const auto& tensor = tensor_of(batch, *port.port);
    GATEFOLD_ASSERT(tensor.shape.size() == 2 && tensor.shape[0] == samples,
                    "as many vectors at each port");
    files.push_back({"vectors/" + port.name + ".hex", vector_lines(port, tensor)});
  }
}

}  // namespace

void append_project_files(std::vector<File>& files, const Network& network,
                          const schedule::Schedule& schedule, const Vectors& vectors,
                          const ProjectOptions& options) {
  const auto samples = sample_count(network, vectors);
  auto list = file_list(files);
  files.push_back({"files.f", std::move(list)});
  files.push_back({fmt::format("tb/{}_tb.sv", network.top), testbench(network, schedule, samples)});
  append_vectors(files, network.inputs, vectors.inputs, samples);
  append_vectors(files, network.outputs, vectors.outputs, samples);
  files.push_back({"build.sh", build_script(network)});
  files.push_back({"manifest.json", manifest(network, schedule, samples, options)});
  files.push_back({"README.md", readme(network, schedule, samples)});
  files.insert(files.end(), options.extra_files.begin(), options.extra_files.end());
}

std::string vector_lines(const NetworkPort& port, const numeric::IntTensor& tensor) {
  const auto elements = hardware::elements_of_beats(*port.port);
  std::string text;
  for (std::size_t word = 0; word < tensor.data.size(); word += port.beat.words()) {
    std::vector<std::int64_t> beat;
    for (auto at = word; at < word + port.beat.words(); ++at) {
      const auto sample = at / elements.size() * elements.size();
      const auto element = static_cast<std::size_t>(elements[at % elements.size()]);
      beat.push_back(tensor.data[sample + element]);
    }
    text += port.beat.digits(beat.data()) + "\n";
  }
  return text;
}

}  // namespace gatefold::emit
