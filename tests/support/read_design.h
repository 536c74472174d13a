#pragma once

#include <gtest/gtest.h>
#include <string>

#include "gatefold/hardware/design.h"

namespace gatefold::testing {

/// A design in text form, which must parse and verify.
inline hardware::Design read_design(const std::string& text) {
  auto design = hardware::parse(text);
  EXPECT_TRUE(design.ok()) << to_string(design.errors());
  EXPECT_EQ(hardware::verify(*design), "");
  return *std::move(design);
}

}  // namespace gatefold::testing
