#include <fmt/core.h>

#include "gatefold/emit/project.h"
#include "gatefold/emit/text.h"

// The shell script and the page that head the emitted folder.
namespace gatefold::emit {
namespace {

constexpr auto script = R"sh(

set -eu
cd "$(dirname "$0")"

# Other programs can be named in the environment.
VERILATOR=${VERILATOR:-verilator}
IVERILOG=${IVERILOG:-iverilog}
VVP=${VVP:-vvp}

usage() {
  echo "usage: build.sh lint|simulate|icarus|all$(for f in flows/*/run.sh; do
    if [ -f "$f" ]; then printf '|%s' "$(basename "$(dirname "$f")")"; fi; done)" >&2
  exit 2
}

need() {
  command -v "$1" >/dev/null 2>&1 && return
  echo "build.sh: '$1' is not on the PATH; install it or name it in the environment" >&2
  exit 2
}

lint() {
  need "$VERILATOR"
  "$VERILATOR" --lint-only -Wall --top-module "$top" $(cat files.f)
}

simulate() {
  need "$VERILATOR"
  mkdir -p build/verilator
  "$VERILATOR" --binary --timing -j 2 -Wno-fatal --Mdir build/verilator --top-module "${top}_tb" \
    "tb/${top}_tb.sv" $(cat files.f) >build/verilator/build.log 2>&1 ||
    { cat build/verilator/build.log >&2; exit 1; }
  "build/verilator/V${top}_tb"
}

icarus() {
  need "$IVERILOG"
  need "$VVP"
  mkdir -p build/icarus
  "$IVERILOG" -g2012 -s "${top}_tb" -o build/icarus/tb.vvp "tb/${top}_tb.sv" $(cat files.f)
  "$VVP" -n build/icarus/tb.vvp
}

flow() {
  [ -f "flows/$1/run.sh" ] || usage
  sh "flows/$1/run.sh"
}

all() {
  lint
  simulate
  for script in flows/*/run.sh; do
    if [ -f "$script" ]; then sh "$script"; fi
  done
}

[ $# -eq 1 ] || usage
case $1 in
  lint | simulate | icarus | all) "$1" ;;
  *) flow "$1" ;;
esac
)sh";

constexpr auto page = R"(
| path | holds |
|---|---|
| `rtl/`, `files.f` | one module per layer and the top module; their order |
| `tb/` | the self-checking testbench |
| `vectors/` | a line of hexadecimal digits per beat |
| `manifest.json` | ports, words, timing and layers for programs |
| `flows/` | scripts of synthesis and other tools |

`sh build.sh lint` checks the text with Verilator, `simulate` compares all vectors with Verilator,
`icarus` with Icarus Verilog, a name in `flows/` runs that flow, and `all` runs lint, simulate and
every flow. What they make goes to `build/`.

A simulation ends with the line
`GATEFOLD_RESULT vectors=N mismatches=M bits=B latency=L interval=I`
and a nonzero exit status where an output differs (M beats, B bits), or where latency or interval
are not those of the schedule. An interval of 0 was not measured: there was one vector.

## Ports

`clk_i`; `rst_ni`, synchronous, low for a reset. A beat moves in a cycle in which valid and ready are
high; the design starts when every input that it needs is valid. Words of a beat, the first in the
low bits:

)";

std::string port_lines(const Network& network) {
  std::string text;
  for (const auto& port : network.inputs) {
    text += fmt::format("- input `{0}_valid_i`, `{0}_ready_o`, `{0}_data_i`\n", port.name);
    for (const auto& line : packing_lines(port)) text += fmt::format("  - `{}`\n", line);
  }
  for (const auto& port : network.outputs) {
    text += fmt::format("- output `{0}_valid_o`, `{0}_ready_i`, `{0}_data_o`\n", port.name);
    for (const auto& line : packing_lines(port)) text += fmt::format("  - `{}`\n", line);
  }
  return text;
}

std::string load_lines(const LoadPort& port) {
  if (port.words == 0) return {};
  return fmt::format(
      "- input `load_valid_i`, `load_address_i[{}:0]`, `load_data_i[{}:0]`: while `rst_ni` is "
      "low,\n"
      "  a word of the weights each cycle; `load` in `manifest.json` says which address is which.\n"
      "  Where this folder holds `weights.hex` (`gatefold image`), the testbench loads it first.\n",
      port.address_width - 1, port.data_width - 1);
}

std::string state_lines(const hardware::Design& design) {
  std::string text;
  for (const std::string& layer : stateful_layers(design))
    text += fmt::format(
        "- The states of '{}' go on from one inference to the next; a reset begins "
        "anew.\n",
        comment_safe(layer));
  return text;
}

}  // namespace

std::string build_script(const Network& network) {
  return fmt::format(
             "#!/bin/sh\n# Checks, simulates and builds '{}' without Gatefold.\n# {}\n\n"
             "top={}",
             comment_safe(network.design->name), network.banner, network.top) +
         script;
}

std::string readme(const Network& network, const schedule::Schedule& schedule,
                   std::int64_t samples) {
  return fmt::format("# {}\n\n{} Latency {} cycles, an inference every {}; {} vectors.\n",
                     comment_safe(network.design->name), network.banner, schedule.latency_cycles,
                     schedule.interval_cycles, samples) +
         page + port_lines(network) + load_lines(network.load) + state_lines(*network.design);
}

}  // namespace gatefold::emit
