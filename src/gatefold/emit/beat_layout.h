#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::emit {

/// How the words of a channel's beat lie in the data of a port: packed, the first in the low bits.
struct BeatLayout {
  const hardware::Channel* channel = nullptr;
  std::vector<std::int64_t> offsets;  // of each word, and at last the width of all

  explicit BeatLayout(const hardware::Channel& beats);

  hardware::Word word(std::size_t k) const { return hardware::word_of(channel->words[k]); }
  std::size_t words() const { return channel->words.size(); }
  std::int64_t width() const { return offsets.back(); }
  /// Of the data port, which has one bit (0) where a beat has none.
  std::int64_t wire_width() const { return width() > 0 ? width() : 1; }
  /// The beat as hexadecimal digits of wire_width() bits; `words` points to its first word.
  std::string digits(const std::int64_t* words) const;
};

/// An input or output of a module: valid, ready and the data of a channel's beats.
struct StreamPort {
  std::string name;   // legal stem of its signals
  std::string title;  // as the model names it
  hardware::ChannelId channel;
  BeatLayout beat;
};

/// One line for each run of equal words of a beat: `[95:0]: x[0..15], signed 6 bits each`.
std::vector<std::string> packing_lines(const StreamPort& port);

/// The comment with the words of all ports, and `module name (...);`.
std::string module_header(const std::string& module, const std::vector<const StreamPort*>& inputs,
                          const std::vector<const StreamPort*>& outputs,
                          const std::vector<std::string>& other_ports);

template <typename Port>
std::vector<const StreamPort*> stream_ports(const std::vector<Port>& ports) {
  std::vector<const StreamPort*> streams;
  for (const auto& port : ports) streams.push_back(&port);
  return streams;
}

}  // namespace gatefold::emit
