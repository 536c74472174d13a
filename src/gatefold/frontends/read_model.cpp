#include "gatefold/frontends/read_model.h"

#include <system_error>
#include <utility>

#include "gatefold/frontends/sniff.h"
#include "gatefold/support/files.h"

namespace gatefold::frontends {
namespace {

Diagnostic unknown(const std::filesystem::path& path, const std::string& words) {
  return diagnose(DiagnosticId::UnknownFormat, "", path.string(), words);
}

bool is_malformed(const Result<ForeignModel>& model) {
  if (model.ok()) return false;
  const DiagnosticId id = model.errors().front().id;
  return id == DiagnosticId::OnnxMalformed || id == DiagnosticId::OnnxNoGraph;
}

}  // namespace

Result<ForeignModel> read_model(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return unknown(path, std::filesystem::exists(path / "saved_model.pb", error)
                             ? "a TensorFlow SavedModel"
                             : "a folder");
  }
  GATEFOLD_TRY(const Bytes bytes, read_file(path));
  const std::string words = foreign_content(bytes, path);
  if (!words.empty()) return unknown(path, words);
  Result<ForeignModel> model = read_onnx(bytes, path.parent_path(), path.stem().string());
  if (is_malformed(model) && path.extension() != ".onnx") {
    return unknown(path, "binary data of a kind that gatefold does not know");
  }
  return model;
}

}  // namespace gatefold::frontends
