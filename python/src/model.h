#pragma once

#include <nanobind/nanobind.h>

namespace gatefold::python {

/// `_core.Model`, `_core.CompileOptions` and `_core.Error`: what python/gatefold/model.py wraps.
void bind_model(nanobind::module_& module);

}  // namespace gatefold::python
