#include "gatefold/report/words.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "gatefold/graph/names.h"
#include "gatefold/numeric/fixed_type.h"
#include "gatefold/support/match.h"

namespace gatefold::report {
namespace {

bool starts_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

/// Bytes of the first `columns` code points.
std::size_t bytes_of(std::string_view text, int columns) {
  std::size_t i = 0;
  for (; i < text.size(); ++i)
    if (starts_code_point(text[i]) && columns-- == 0) break;
  return i;
}

std::string kind_of(const graph::RealFunction& function) {
  return std::visit(Match{[](const graph::Affine&) -> std::string { return "scale and offset"; },
                          [](const graph::Relu&) -> std::string { return "ReLU"; },
                          [](const graph::LeakyRelu&) -> std::string { return "leaky ReLU"; },
                          [](graph::Elementary elementary) { return graph::name_of(elementary); }},
                    function);
}

std::string kind_of(const graph::Map& map) {
  return std::visit(Match{[](const graph::RealFunction& f) { return kind_of(f); },
                          [](const graph::Table&) -> std::string { return "table"; },
                          [](const graph::Clamp&) -> std::string { return "clamp"; }},
                    map.function);
}

}  // namespace

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

std::string count(std::int64_t value) {
  std::string digits = fmt::format("{}", value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string rounded(double value) { return count(static_cast<std::int64_t>(std::llround(value))); }

std::string decimal(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string cycles(int count) { return fmt::format("{} cycle{}", count, count == 1 ? "" : "s"); }

std::string stages(const LayerRow& row) {
  if (!row.has_hardware()) return "";
  return row.cycles() == 1 ? fmt::format("{}", row.first_stage + 1)
                           : fmt::format("{}-{}", row.first_stage + 1, row.last_stage + 1);
}

std::string words_of(const graph::TensorType& type) {
  const auto word = numeric::FixedType::holding(type.range());
  std::string shape;
  for (const std::int64_t extent : type.shape) shape += fmt::format("{} x ", extent);
  return fmt::format("{}{}{}", shape, word.is_signed ? 's' : 'u', word.width);
}

bool is_sum(const graph::Linear& linear) {
  const auto& weights = linear.weights.data;
  return std::all_of(weights.begin(), weights.end(), [](std::int64_t w) { return w == 1; });
}

std::string kind_of(const graph::Op& op) {
  using Text = std::string;
  return std::visit(
      Match{[](const graph::Input&) -> Text { return "input"; },
            [](const graph::Constant&) -> Text { return "constant"; },
            [](const graph::Rearrange& o) -> Text { return graph::name_of(o.wiring); },
            [](const graph::Linear& o) -> Text { return is_sum(o) ? "sum" : "matrix product"; },
            [](const graph::Contract&) -> Text { return "product of tensors"; },
            [](const graph::Map& o) -> Text { return kind_of(o); },
            [](const graph::Combine& o) -> Text { return graph::name_of(o.kind); },
            [](const graph::Reduce& o) -> Text { return graph::name_of(o.kind) + " over axes"; },
            [](const graph::Order& o) -> Text { return graph::name_of(o.kind); },
            [](const graph::Quantize&) -> Text { return "quantizer"; },
            [](const graph::Scan& o) -> Text {
              return o.stateful ? "recurrence that keeps its states" : "recurrence";
            }},
      op);
}

int width_of(std::string_view text) {
  int width = 0;
  for (const char byte : text) width += starts_code_point(byte) ? 1 : 0;
  return width;
}

std::string shorten(std::string_view text, int width) {
  std::string shown(text);
  std::replace_if(shown.begin(), shown.end(), is_control, '?');
  const int all = width_of(shown);
  if (all <= width) return shown;
  const int head = (width - 1) / 2;
  const int tail = width - 1 - head;
  return fmt::format("{}…{}", shown.substr(0, bytes_of(shown, head)),
                     shown.substr(bytes_of(shown, all - tail)));
}

}  // namespace gatefold::report
