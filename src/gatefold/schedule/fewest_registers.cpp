#include <algorithm>

#include "gatefold/schedule/cut.h"
#include "gatefold/schedule/difference_program.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

/// The linear program of a cut. Variables: the stage of each operation and, for each value, the
/// last stage that reads it; a value costs its width times the difference of the two.
class CutProgram {
 public:
  CutProgram(const Timing& timing, const std::vector<int>& earliest, int stages)
      : timing_(timing), stages_(stages), variable_(timing.size(), none) {
    program_.add_variable(0, 0);
    for (std::size_t i = 0; i < timing.size(); ++i) add_stage(i, earliest[i]);
    for (std::size_t i = 0; i < timing.size(); ++i)
      for (const int user : timing.users[i])
        at_least(static_cast<int>(i), user, timing.late[i] > 0 ? 1 : 0);
    for (const Distance& path : long_paths(timing)) at_least(path.i, path.j, path.stages);
  }

  void add_registers() {
    std::vector<bool> given(timing_.size(), false);
    for (const Give& give : timing_.process->gives)
      for (const ValueId word : give.words) given[static_cast<std::size_t>(word.index)] = true;
    for (std::size_t i = 0; i < timing_.size(); ++i)
      if (!timing_.is_constant(i)) add_register(i, given[i]);
  }

  /// read <= write <= read + interval - 1, and one stage for all writes of a store.
  void add_store(const Store& store) {
    const int slack = timing_.process->interval - 1;
    for (const int write : store.writes) {
      at_least(store.writes.front(), write, 0);
      at_least(write, store.writes.front(), 0);
      for (const int read : store.reads) {
        at_least(read, write, 0);
        at_least(write, read, -slack);
      }
    }
  }

  std::vector<int> solve() const {
    const auto x = schedule::solve(program_);
    std::vector<int> stage;
    for (std::size_t i = 0; i < timing_.size(); ++i)
      stage.push_back(
          variable_[i] == none ? 0 : static_cast<int>(x[static_cast<std::size_t>(variable_[i])]));
    return stage;
  }

 private:
  static constexpr int none = -1;

  void add_stage(std::size_t i, int earliest) {
    const Kind& kind = timing_.process->body[i].kind;
    const bool first =
        std::holds_alternative<Receive>(kind) || std::holds_alternative<Counter>(kind);
    if (!timing_.is_constant(i))
      variable_[i] = program_.add_variable(earliest, first ? 0 : stages_ - 1);
  }

  /// stage of j - stage of i >= difference.
  void at_least(int i, int j, std::int64_t difference) {
    const int from = variable_[static_cast<std::size_t>(i)];
    const int to = variable_[static_cast<std::size_t>(j)];
    if (from != none && to != none && from != to)
      program_.constraints.push_back({from, to, difference});
  }

  void add_register(std::size_t i, bool given) {
    const int width = register_width(*timing_.process, {static_cast<int>(i)});
    const auto& users = timing_.users[i];
    if (users.empty() && !given) return;
    pay(variable_[i], -width);
    if (given) return;  // read at the end, whatever else reads it
    if (users.size() == 1) return pay(variable_[static_cast<std::size_t>(users[0])], width);
    const int last = program_.add_variable(0, stages_ - 1);
    pay(last, width);
    for (const int user : users)
      program_.constraints.push_back({variable_[static_cast<std::size_t>(user)], last, 0});
  }

  void pay(int variable, int width) { program_.cost[static_cast<std::size_t>(variable)] += width; }

  const Timing& timing_;
  int stages_;
  std::vector<int> variable_;
  DifferenceProgram program_;
};

}  // namespace

std::vector<int> cut_with_fewest_registers(const Timing& timing, const std::vector<Store>& stores,
                                           const std::vector<int>& earliest, int stages) {
  CutProgram program(timing, earliest, stages);
  for (const Store& store : stores) program.add_store(store);
  program.add_registers();
  return program.solve();
}

int register_width(const Process& process, ValueId id) {
  const Operation& operation = process.operation(id);
  return operation.range.is_constant() ? 0 : word_of(operation.range).width;
}

std::vector<int> last_reads(const Process& process, const std::vector<int>& stage, int stages) {
  std::vector<int> last = stage;
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    if (is_free_constant(process.body[i])) continue;  // reads nothing
    for (const ValueId operand : operands(process.body[i].kind)) {
      int& until = last[static_cast<std::size_t>(operand.index)];
      until = std::max(until, stage[i]);
    }
  }
  for (const Give& give : process.gives)
    for (const ValueId word : give.words) last[static_cast<std::size_t>(word.index)] = stages;
  return last;
}

std::int64_t register_bits(const Process& process, const std::vector<int>& stage, int stages) {
  const std::vector<int> last = last_reads(process, stage, stages);
  std::int64_t bits = 0;
  for (std::size_t i = 0; i < process.body.size(); ++i)
    bits += std::int64_t{register_width(process, {static_cast<int>(i)})} * (last[i] - stage[i]);
  return bits;
}

}  // namespace gatefold::schedule
