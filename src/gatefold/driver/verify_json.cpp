#include "gatefold/driver/verify_json.h"

#include <nlohmann/json.hpp>

namespace gatefold::driver {

std::string to_json(const Verification& verification) {
  using Json = nlohmann::ordered_json;
  Json levels = Json::array();
  for (const LevelResult& level : verification.levels) {
    Json row = {{"level", name_of(level.level)},
                {"vectors", level.vectors},
                {"differing_bits", level.differing_bits},
                {"detail", level.detail}};
    if (level.first) row["first_difference"] = level.first->to_string();
    levels.push_back(std::move(row));
  }
  Json left_out = Json::array();
  for (const LeftOut& left : verification.left_out)
    left_out.push_back({{"level", name_of(left.level)}, {"why", left.why}});
  const VectorCounts& counts = verification.counts;
  const Json all = {
      {"equal", verification.equal()}, {"real", counts.real}, {"random", counts.random},
      {"extreme", counts.extreme},     {"levels", levels},    {"not_compared", left_out}};
  return all.dump(2) + "\n";
}

}  // namespace gatefold::driver
