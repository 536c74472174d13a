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

std::int64_t sample_count(const Plan& plan, const Vectors& vectors) {
  const auto& tensor = tensor_of(vectors.outputs, *plan.outputs.front().port);
  GATEFOLD_ASSERT(tensor.shape.size() == 2 && tensor.shape[0] > 0, "at least one vector");
  return tensor.shape[0];
}

std::string file_list(const std::vector<File>& rtl) {
  std::string text;
  for (const auto& file : rtl) text += file.path + "\n";
  return text;
}

void append_vectors(std::vector<File>& files, const std::vector<PortPlan>& ports,
                    const Batch& batch, std::int64_t samples) {
  for (const auto& port : ports) {
    const auto& tensor = tensor_of(batch, *port.port);
    GATEFOLD_ASSERT(tensor.shape.size() == 2 && tensor.shape[0] == samples,
                    "as many vectors at each port");
    files.push_back({"vectors/" + port.name + ".hex", vector_lines(port, tensor)});
  }
}

}  // namespace

void append_project_files(std::vector<File>& files, const Plan& plan,
                          const schedule::Schedule& schedule, const Vectors& vectors,
                          const ProjectOptions& options) {
  const auto samples = sample_count(plan, vectors);
  auto list = file_list(files);
  files.push_back({"files.f", std::move(list)});
  files.push_back({fmt::format("tb/{}_tb.sv", plan.top), testbench(plan, schedule, samples)});
  append_vectors(files, plan.inputs, vectors.inputs, samples);
  append_vectors(files, plan.outputs, vectors.outputs, samples);
  files.push_back({"build.sh", build_script(plan)});
  files.push_back({"manifest.json", manifest(plan, schedule, samples, options)});
  files.push_back({"README.md", readme(plan, schedule, samples)});
  files.insert(files.end(), options.extra_files.begin(), options.extra_files.end());
}

std::string vector_lines(const PortPlan& port, const numeric::IntTensor& tensor) {
  const auto width = port.wire_width();
  const auto words = port.channel->words.size();
  const auto elements = hardware::elements_of_beats(*port.port);
  std::string text;
  for (std::size_t beat = 0; beat * words < tensor.data.size(); ++beat) {
    std::string digits(static_cast<std::size_t>((width + 3) / 4), '0');
    std::vector<bool> bits(digits.size() * 4);
    for (std::size_t k = 0; k < words; ++k) {
      const auto at = beat * words + k;
      const auto sample = at / elements.size() * elements.size();
      const auto element = sample + static_cast<std::size_t>(elements[at % elements.size()]);
      const auto raw = static_cast<std::uint64_t>(tensor.data[element]);
      for (auto bit = port.offsets[k]; bit < port.offsets[k + 1]; ++bit) {
        bits[static_cast<std::size_t>(bit)] = (raw >> (bit - port.offsets[k])) & 1;
      }
    }
    for (std::size_t d = 0; d < digits.size(); ++d) {
      const std::size_t low = (digits.size() - 1 - d) * 4;
      const int digit = bits[low] + 2 * bits[low + 1] + 4 * bits[low + 2] + 8 * bits[low + 3];
      digits[d] = "0123456789abcdef"[digit];
    }
    text += digits + "\n";
  }
  return text;
}

}  // namespace gatefold::emit
