#pragma once

#include <utility>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/support/result.h"

namespace gatefold::layers {

/// The node's attribute, or the operator's default; BadAttribute when the file holds another kind.
template <typename T>
Result<T> attribute(const frontends::ForeignNode& node, const std::string& name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  return diagnose(DiagnosticId::BadAttribute, node.name, name, node.type);
}

}  // namespace gatefold::layers
