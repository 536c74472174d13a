#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gatefold/emulate/kernels.h"
#include "gatefold/graph/graph.h"

namespace gatefold::emulate {

/// Where one element lives: `place` bytes into the arena for each sample of room.
struct Slot {
  std::uint32_t place = 0;
  Lane lane = Lane::Int16;
};

inline void* address(const Block& block, Slot slot) {
  return block.arena + std::size_t{slot.place} * block.stride;
}

/// One part of the computation of a block.
class Step {
 public:
  Step() = default;
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;
  virtual void run(const Block& block) const = 0;
};

/// A value that the caller writes or reads.
struct PlacedValue {
  graph::Value value;
  std::vector<Slot> slots;  // one for each element
};

/// Constants of the arena, written once.
struct Fill {
  Slot slot;
  std::int64_t value = 0;
};

/// A graph compiled for blocks of samples.
struct Plan {
  const Kernels* kernels = nullptr;
  std::vector<PlacedValue> inputs;   // in port order
  std::vector<PlacedValue> outputs;  // in order
  std::vector<PlacedValue> kept;     // of every node, when all were asked for
  std::vector<std::unique_ptr<Step>> steps;
  std::vector<Fill> fills;
  std::uint32_t bytes_per_sample = 0;        // of the arena
  std::size_t block = max_block;             // samples in the arena
  std::int64_t work = 0;                     // about the lane operations of one sample
  std::vector<std::int64_t> initial_states;  // of stateful scans; then blocks follow one another

  void run(const Block& frame) const;
};

enum class Keep { Outputs, All };

/// `Keep::All` keeps the value of every node until the end of the block, merging none.
Plan compile(const graph::Graph& graph, const Kernels& kernels, Keep keep);

/// Owns a block's memory, with the constants in it.
class Arena {
 public:
  Arena(const Plan& plan, std::size_t samples, std::int64_t* states = nullptr);
  const Block& block() const { return block_; }
  /// Computes `samples` of the block from now on.
  void set_samples(std::size_t samples);

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, Free> memory_;
  Block block_;
};

/// Reads and writes the integers of single samples.
std::int64_t load(const Block& block, Slot slot, std::size_t sample);
void store(const Block& block, Slot slot, std::size_t sample, std::int64_t value);

}  // namespace gatefold::emulate
