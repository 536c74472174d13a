#!/bin/sh
# Synthesises the design for @title@ with Yosys and, where Icarus Verilog is there, simulates the
# netlist on the same vectors. Run by `build.sh yosys` from the project's folder.
set -eu

# Other programs can be named in the environment.
YOSYS=${YOSYS:-yosys}
IVERILOG=${IVERILOG:-iverilog}
VVP=${VVP:-vvp}

out=build/yosys/@target@
top=$(sed -n 's/^ "top": "\(.*\)",$/\1/p' manifest.json)

command -v "$YOSYS" >/dev/null 2>&1 || {
  echo "yosys: '$YOSYS' is not on the PATH; install it or name it in the environment" >&2
  exit 2
}
mkdir -p "$out"
read="@read@"
"$YOSYS" -p "$read; script flows/yosys/synthesise_@target@.ys" >"$out/yosys.log" 2>&1 || {
  tail -n 20 "$out/yosys.log" >&2
  exit 1
}
sed -n '/"design"/,$ { /"num_cells_by_type"/,/}/ s/^ *"\(.*\)": \(.*[0-9]\),*$/\1 \2/p }' "$out/total.json"
sed -n 's/^Longest.*(length=\(.*\)).*/levels \1/p' "$out/total_levels.txt"

if ! command -v "$IVERILOG" >/dev/null 2>&1; then
  echo "yosys: no '$IVERILOG': the netlist is not simulated" >&2
  exit 0
fi
share=$(dirname "$(readlink -f "$(command -v "$YOSYS")")")/../share/yosys
models="@models@"
set -- -g2012 -gno-specify @defines@ -s "${top}_tb" -o "$out/netlist.vvp"
# Modules of our own models stand in the place of those that Yosys has without a behaviour.
own=""
for cell in $(cat @own_models@ /dev/null | sed -n 's/^module \([A-Za-z0-9_]*\).*/\1/p'); do
  own="$own;s/^module $cell\\>/module yosys_$cell/"
done
for model in $models; do
  sed "$own" "$share/$model" >"$out/$(basename "$model")"
  set -- "$@" -I "$share/$(dirname "$model")" "$out/$(basename "$model")"
done
"$IVERILOG" "$@" @own_models@ "$out/netlist.v" "tb/${top}_tb.sv"
"$VVP" -n "$out/netlist.vvp"
