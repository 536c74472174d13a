#pragma once

#include <map>
#include <set>
#include <utility>

#include "gatefold/lowering/network.h"

namespace gatefold::lowering {

/// Makes a NetworkPlan, node by node. Constants are looked up where they are read.
class Planner {
 public:
  /// Adds to the plan the processes of a graph that is the body of recurrences of so many time
  /// steps, the outermost first.
  Planner(const graph::Graph& graph, const Folds& folds, NetworkPlan& plan,
          std::vector<std::int64_t> times)
      : graph_(graph), folds_(folds), plan_(plan), times_(std::move(times)) {}

  /// The same, on a plan of its own.
  Planner(const Planner& other, NetworkPlan& plan)
      : graph_(other.graph_),
        folds_(other.folds_),
        plan_(plan),
        times_(other.times_),
        homes_(other.homes_),
        same_as_(other.same_as_),
        reshaped_(other.reshaped_),
        axes_(other.axes_),
        converted_(other.converted_) {}

  /// The whole model.
  Status run();

 private:
  Status plan(graph::NodeId id);
  Status plan_input(graph::NodeId id, const graph::Input& input);
  Status plan_window(graph::NodeId id, const graph::Window& window);
  Status plan_reduce(graph::NodeId id, const graph::Reduce& reduce);
  Status plan_scan(graph::NodeId id, const graph::Scan& scan);
  Status plan_nodes();
  /// Slices, gathers and concatenations of beats that are parts of positions, without hardware for
  /// whole positions; false for others.
  bool plan_wiring(graph::NodeId id);
  bool plan_pick(graph::NodeId id);
  bool plan_chain(graph::NodeId id);
  std::vector<graph::Source> sources_of(const graph::Node& node, const graph::Op& own,
                                        int axes) const;
  /// A process of its own for a matrix that is folded; false where it is better not.
  bool plan_fold(graph::NodeId id, const graph::Linear& linear);
  std::int64_t reuse_of(const std::string& layer) const;
  /// The reuse of a matrix; 1 where its sums may have no room in words over time.
  std::int64_t reuse_of(graph::NodeId id) const;
  FoldGoal goal_of(graph::NodeId matrix) const;
  /// Whether a product of two computed tensors goes row by row, not all at once.
  bool is_product_over_time(graph::NodeId id) const;
  /// Whether the node swaps the inner axes of the second factor of such a product alone, which
  /// takes its beats as they come.
  bool turns_factor(graph::NodeId id) const;
  bool plan_product(graph::NodeId id);
  Factors factors_of(graph::NodeId id, graph::Value second) const;
  /// A channel with the value in these beats.
  Transfer beats_of(graph::Value value, const Layout& layout);
  void start_fold(graph::NodeId id, const graph::Linear& linear, const Fold& fold,
                  const Layout& inputs);

  /// A window whose words a matrix alone reads.
  struct WindowPath {
    graph::NodeId window, matrix;
    std::vector<graph::NodeId> wires;    // reshapes and transposes between them
    std::vector<std::int64_t> elements;  // [word of a window]: element of what the matrix reads
    WindowFront front;
    std::int64_t channels = 1;
  };
  std::optional<WindowPath> path_behind(graph::NodeId window) const;
  std::optional<WindowPath> path_before(graph::NodeId matrix) const;
  std::optional<WindowPath> with_elements(WindowPath path, const graph::Window& window) const;
  /// The fold of a matrix, and the most steps of an inference that the window before it may take
  /// where it is streamed.
  struct WindowFold {
    Fold fold;
    std::optional<std::int64_t> streamed_steps;
  };
  std::optional<WindowFold> fold_of(const WindowPath& path) const;
  std::optional<WindowFold> streamed_fold_of(const WindowPath& path, std::int64_t most_steps) const;
  Layout pixels_for(const WindowPath& path, graph::Value source, const WindowFold& chosen) const;
  void plan_streamed(const WindowPath& path, const WindowFold& chosen);
  std::int64_t steps_before(std::size_t process) const;
  bool plan_streamed_pool(graph::NodeId id, const graph::Window& window);
  bool is_free_port(graph::Value value) const;
  /// The node in a process that has its inputs, or in a new one.
  Status plan_region(graph::NodeId id);
  void plan_output(const graph::Output& output);
  /// A process for a constant that goes through a channel.
  void house(graph::Value value);
  std::size_t give_part(std::size_t process, graph::Value value, Part part);

  /// Whether the node needs no process: its value is another one's, read otherwise.
  bool passes_by(graph::NodeId id);
  void alias(graph::Value out, graph::Value in);
  bool remember_axes(graph::Value out, graph::Value in, const std::vector<int>& permutation);
  /// The window op, where positions that stream in are its input.
  const graph::Window* window_of(graph::NodeId id) const;
  WindowFront front_of(graph::NodeId id, const graph::Window& window) const;
  bool over_positions(graph::NodeId id, const graph::Reduce& reduce) const;
  bool plan_reduce_elements(graph::NodeId id, const graph::Reduce& reduce);
  bool plan_best_element(graph::NodeId id, const graph::Order& order);
  /// Beats that are parts of the value's positions; none where they are whole.
  std::optional<Layout> parts_of_positions(graph::Value value) const;
  void collect(graph::NodeId id, const std::string& purpose, Front front, const Layout& beats);
  /// Whether a position of the value is one element, which others may be combined with.
  bool is_single(graph::Value value) const;
  std::pair<graph::Value, const graph::Pad*> before_pad(graph::Value value) const;

  bool is_stream(graph::Value value) const { return homes_.contains(value); }
  bool is_constant(graph::Value value) const;
  graph::Value root(graph::Value value) const;
  Layout layout_of(graph::Value value) const;
  std::optional<graph::NodeId> only_reader(graph::Value value) const;
  bool only_windows_read(graph::Value value) const;
  bool read_by_outputs_alone(graph::Value value) const;

  /// A new process whose front gives these values; the first process that gives a value is its
  /// home. What it takes must be converted before.
  std::size_t start(const std::string& layer, const std::string& purpose, Front front,
                    Layout layout, const std::vector<graph::Value>& values);
  std::size_t give(std::size_t process, graph::Value value, Times times = Times::All);
  // Parts of a scan; `body` plans its body.
  /// Plans with these layouts of the states; gives those in which the body computes them.
  Result<std::vector<Layout>> place_scan(graph::NodeId id, const graph::Scan& scan,
                                         const std::vector<Layout>& states);
  void sequence_in(Planner& body, graph::Value inner, graph::Value outer, bool reverse);
  /// The channel through which a state goes back.
  struct Feedback {
    std::size_t channel = 0;
    bool is_stateful = false;
  };
  void state_in(Planner& body, graph::Value inner, graph::Value initial, const Layout& layout,
                const Feedback& feedback);
  void sequence_out(Planner& body, graph::Value inner, graph::Value outer, bool reverse);
  void state_out(Planner& body, graph::Value inner, graph::Value outer, const Layout& layout,
                 const Feedback& feedback);
  bool is_read(graph::Value value) const;
  /// The process that gives the value in this layout.
  std::size_t convert(graph::Value value, const Layout& layout);
  /// The process that gives the one element of each position in as many beats as `like` has.
  std::size_t repeat(graph::Value value, const Layout& like);
  std::size_t convert_step(std::size_t giver, graph::Value value, const Layout& from,
                           const Layout& to, const Layout& result);

  bool same_at_positions(const graph::Node& node, int axes) const;
  std::optional<int> common_axes(const graph::Node& node) const;
  bool works_on_elements(const graph::Node& node) const;
  /// The narrowest beats that a value of the node comes in, where it may work on parts of
  /// positions.
  std::optional<Layout> parts_for(const graph::Node& node) const;
  Layout in_turn(const Layout& layout, graph::Value value) const;
  /// Steps of an inference that the sums take from which alone the process has its words; 0: not
  /// from such.
  std::int64_t steps_of_sum(std::size_t process) const;
  /// Into how many equal slices alone the values of a matrix go, after ops on single elements.
  std::int64_t slices_of(graph::Value value) const;
  std::vector<graph::NodeId> readers(graph::Value value) const;
  std::optional<std::size_t> shared_process(const graph::Node& node, bool positions) const;
  std::size_t gather_inputs(const graph::Node& node, const std::optional<Layout>& layout, int axes);
  void place(graph::NodeId id, std::size_t process);

  const graph::Graph& graph_;
  const Folds& folds_;
  NetworkPlan& plan_;
  std::vector<std::int64_t> times_;
  std::map<graph::Value, std::size_t> homes_;     // the process that computes it
  std::map<graph::Value, graph::Value> same_as_;  // reshaped without hardware
  std::set<graph::Value> reshaped_;
  std::map<graph::Value, std::pair<graph::Value, std::vector<int>>> axes_;  // transposed outputs
  std::map<std::pair<graph::Value, std::size_t>, std::vector<std::size_t>> converted_;
};

/// Whether the op is a sum, a maximum or a minimum along `count` axes from `first` on.
bool reduces(const graph::Reduce& reduce, int first, int count);

/// Whether the words of the beats are the tensor, row-major, and nothing else.
bool in_order(const Layout& layout);

}  // namespace gatefold::lowering
