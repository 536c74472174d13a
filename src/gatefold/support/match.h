#pragma once

namespace gatefold {

/// `std::visit(Match{[](const A&) {…}, [](const B&) {…}}, variant)`: forgetting a case does not
/// compile.
template <typename... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Match(Cases...) -> Match<Cases...>;

}  // namespace gatefold
