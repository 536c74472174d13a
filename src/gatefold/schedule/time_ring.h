#pragma once

#include <cstdint>
#include <vector>

namespace gatefold::schedule {

/// A queue of cycles, numbered from 0 on for ever; those before `begin` are gone.
class TimeRing {
 public:
  std::int64_t begin() const { return begin_; }
  std::int64_t end() const { return end_; }
  bool empty() const { return begin_ == end_; }
  std::int64_t size() const { return end_ - begin_; }
  std::int64_t operator[](std::int64_t number) const { return cycles_[slot(number)]; }
  std::int64_t front() const { return cycles_[slot(begin_)]; }
  std::int64_t back() const { return cycles_[slot(end_ - 1)]; }

  void push(std::int64_t cycle) {
    if (size() == static_cast<std::int64_t>(cycles_.size())) grow();
    cycles_[slot(end_++)] = cycle;
  }
  void pop() { ++begin_; }

 private:
  std::size_t slot(std::int64_t number) const {
    return static_cast<std::size_t>(number) & (cycles_.size() - 1);
  }

  void grow() {
    const TimeRing old = *this;
    cycles_.resize(2 * old.cycles_.size());
    for (std::int64_t i = begin_; i < end_; ++i) cycles_[slot(i)] = old[i];
  }

  std::vector<std::int64_t> cycles_ = std::vector<std::int64_t>(4);
  std::int64_t begin_ = 0, end_ = 0;
};

}  // namespace gatefold::schedule
