#pragma once

#include <cmath>
#include <type_traits>
#include <utility>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/support/result.h"

namespace gatefold::layers {

/// The node's attribute. MissingAttribute where the operator has no default for it, BadAttribute
/// when the file holds another kind, NonFiniteConstant for NaN and infinity.
template <typename T>
Result<T> required_attribute(const frontends::ForeignNode& node, const std::string& name) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end())
    return diagnose(DiagnosticId::MissingAttribute, node.name, node.type, name);
  const T* value = std::get_if<T>(&found->second);
  if (!value) return diagnose(DiagnosticId::BadAttribute, node.name, name, node.type);
  if constexpr (std::is_same_v<T, double>)
    if (!std::isfinite(*value)) return diagnose(DiagnosticId::NonFiniteConstant, node.name, name);
  return *value;
}

/// The same, or the operator's default.
template <typename T>
Result<T> attribute(const frontends::ForeignNode& node, const std::string& name, T otherwise) {
  if (!node.attributes.contains(name)) return otherwise;
  return required_attribute<T>(node, name);
}

}  // namespace gatefold::layers
