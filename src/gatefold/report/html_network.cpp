// The network as boxes from top to bottom: one row a rank, where a layer's rank is one more than
// that of its deepest source.
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "gatefold/report/html.h"
#include "gatefold/report/words.h"

namespace gatefold::report {
namespace {

constexpr int box_width = 300, full_height = 58, thin_height = 26;
constexpr int gap_x = 40, gap_y = 34, margin = 10, lane_width = 22;

struct Box {
  const LayerRow* row = nullptr;
  int rank = 0, x = 0, y = 0;
  bool is_read = false;
  int height() const { return row->has_hardware() ? full_height : thin_height; }
  int middle() const { return x + box_width / 2; }
  int bottom() const { return y + height(); }
};

class Drawing {
 public:
  explicit Drawing(const Report& report) : report_(report) {
    for (const LayerRow& row : report.layers) {
      index_.emplace(row.layer, boxes_.size());
      boxes_.push_back({&row});
    }
    rank();
    place();
  }

  std::string svg() {
    std::string content;
    for (const auto& [from, to] : report_.edges)
      content += edge(boxes_[index_.at(from)], boxes_[index_.at(to)]);
    content += labels_;
    for (const Box& box : boxes_) content += drawn(box);
    for (const Box& box : boxes_)
      if (!box.is_read) content += output(box);
    const int width = width_ + lanes_ * lane_width + margin;
    return fmt::format(
        "<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
        "aria-label=\"The network, layer by layer\">\n<defs><marker id=\"head\" viewBox=\"0 0 8 "
        "8\" "
        "refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
        "<path d=\"M0 0L8 4L0 8z\" fill=\"#8492a1\"/></marker></defs>\n{2}</svg>\n",
        width, height_, content);
  }

 private:
  const Report& report_;
  std::vector<Box> boxes_;
  std::map<std::string, std::size_t> index_;
  std::string labels_;  // of the edges, over all of them
  int width_ = 0, height_ = 0, lanes_ = 0;

  /// Rows stand in topological order; an edge against it (a layer that is used twice) sets no rank.
  void rank() {
    std::vector<std::vector<std::size_t>> targets(boxes_.size());
    for (const auto& [from, to] : report_.edges) {
      boxes_[index_.at(from)].is_read = true;
      if (index_.at(from) < index_.at(to)) targets[index_.at(from)].push_back(index_.at(to));
    }
    for (std::size_t i = 0; i < boxes_.size(); ++i)
      for (const std::size_t to : targets[i])
        boxes_[to].rank = std::max(boxes_[to].rank, boxes_[i].rank + 1);
  }

  void place() {
    std::map<int, std::vector<Box*>> ranks;
    for (Box& box : boxes_) ranks[box.rank].push_back(&box);
    std::size_t widest = 1;
    for (const auto& [rank, row] : ranks) widest = std::max(widest, row.size());
    const auto span = [](std::size_t n) {
      return static_cast<int>(n) * (box_width + gap_x) - gap_x;
    };
    width_ = margin + span(widest);
    int y = margin;
    for (auto& [rank, row] : ranks) {
      int x = margin + (span(widest) - span(row.size())) / 2;
      int tallest = 0;
      for (Box* box : row) {
        box->x = x;
        box->y = y;
        x += box_width + gap_x;
        tallest = std::max(tallest, box->height());
      }
      y += tallest + gap_y;
    }
    height_ = y;
  }

  static std::string output(const Box& box) {
    return fmt::format("<path class=\"edge\" marker-end=\"url(#head)\" d=\"M{0} {1}V{2}\"/>\n",
                       box.middle(), box.bottom(), box.bottom() + gap_y - 6) +
           words(*box.row, box.middle() + 8, box.bottom() + gap_y / 2 + 2);
  }

  std::string edge(const Box& from, const Box& to) {
    if (to.rank != from.rank + 1) return detour(from, to);
    const int bend = (from.bottom() + to.y) / 2;
    labels_ += words(*from.row, (from.middle() + to.middle()) / 2 + 8, bend + 4);
    return fmt::format(
        "<path class=\"edge\" marker-end=\"url(#head)\" d=\"M{0} {1}C{0} {2} {3} {2} {3} {4}\"/>\n",
        from.middle(), from.bottom(), bend, to.middle(), to.y);
  }

  /// Past the boxes between, on the right.
  std::string detour(const Box& from, const Box& to) {
    const int x = width_ + ++lanes_ * lane_width - 4;
    const int start = from.y + from.height() / 2, end = to.y + to.height() / 2;
    return fmt::format("<path class=\"edge\" marker-end=\"url(#head)\" d=\"M{} {}H{}V{}H{}\"/>\n",
                       from.x + box_width, start, x, end, to.x + box_width);
  }

  /// What an arrow carries; in hardware nothing leaves a layer that is absorbed.
  static std::string words(const LayerRow& row, int x, int y) {
    if (!row.has_hardware()) return "";
    return fmt::format("<text class=\"soft halo\" x=\"{}\" y=\"{}\">{}<title>{}</title></text>\n",
                       x, y, escaped(shorten(row.output_words, 40)), escaped(row.output_type));
  }

  static std::string text(const Box& box, const char* style, int dy, const std::string& shown,
                          const std::string& whole) {
    return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}<title>{}</title></text>\n", style,
                       box.x + 12, box.y + dy, escaped(shown), escaped(whole));
  }

  static std::string frame(const Box& box) {
    const bool is_port = box.row->kind == "input" && box.row->has_hardware();
    return fmt::format(
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\"/>\n",
        !box.row->has_hardware() ? "ghost"
        : is_port                ? "port"
                                 : "box",
        box.x, box.y, box_width, box.height());
  }

  std::string drawn(const Box& box) const {
    const LayerRow& row = *box.row;
    if (!row.has_hardware())
      return frame(box) + text(box, "soft", 17,
                               shorten(fmt::format("{}: {}", row.layer, row.kind), 46),
                               fmt::format("{}: {}; {}", row.layer, row.kind, row.note));
    const double luts =
        row.synthesised ? static_cast<double>(row.synthesised->luts) : row.estimated_luts;
    const std::string cost = fmt::format("{} {}, {} {}", row.cycles() == 1 ? "stage" : "stages",
                                         stages(row), rounded(luts), report_.area_unit);
    return frame(box) + text(box, "strong", 19, shorten(row.layer, 36), row.layer) +
           text(box, "soft", 35, shorten(row.kind, 46), row.kind) +
           text(box, "soft", 50, cost, cost);
  }
};

}  // namespace

std::string network_drawing(const Report& report) {
  return report.layers.empty() ? "" : Drawing(report).svg();
}

}  // namespace gatefold::report
