#pragma once

#include <set>
#include <string>
#include <string_view>

namespace gatefold::emit {

/// The name as `[a-z][a-z0-9_]*`: lower case, every other character an underscore, runs of
/// underscores joined, no word that Verilog, SystemVerilog or VHDL reserves.
std::string legal_name(std::string_view name);

/// Hands out each name once: a name that is taken gets the first free suffix `_2`, `_3`, ….
class NameTable {
 public:
  /// Takes a name out of circulation.
  void reserve(std::string_view name);
  /// legal_name(name), made unique in this table.
  std::string claim(std::string_view name);

 private:
  std::set<std::string, std::less<>> taken_;
};

/// A table for stems of signals: the names that every module has are taken.
NameTable signal_stems();

}  // namespace gatefold::emit
