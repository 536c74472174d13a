#include <gmock/gmock.h>
#include <gmpxx.h>

#include "tests/random_design.h"

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/hardware/step_code.h"
#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

using Integer = mpz_class;

/// The operations' meaning on unbounded integers (GMP), one value at a time.
class Reference {
 public:
  Reference(const Process& process, std::vector<std::int64_t> inputs)
      : process_(process), inputs_(std::move(inputs)) {
    for (const Operation& operation : process.body) values_.push_back(value(operation.kind));
  }

  Integer operator[](ValueId id) const { return values_[static_cast<std::size_t>(id.index)]; }

 private:
  static Integer scaled(const Integer& a, int bits) {
    Integer result;
    if (bits >= 0)
      mpz_mul_2exp(result.get_mpz_t(), a.get_mpz_t(), static_cast<unsigned>(bits));
    else
      mpz_fdiv_q_2exp(result.get_mpz_t(), a.get_mpz_t(), static_cast<unsigned>(-bits));
    return result;
  }

  static Integer wrapped(const Integer& a, const Wrap& k) {
    Integer result;
    mpz_fdiv_r_2exp(result.get_mpz_t(), a.get_mpz_t(), static_cast<unsigned>(k.width));
    const Integer modulus = Integer(1) << static_cast<unsigned>(k.width);
    return k.is_signed && k.width > 0 && result * 2 >= modulus ? Integer(result - modulus) : result;
  }

  Integer value(const Kind& kind) const {
    const auto at = [&](ValueId id) { return (*this)[id]; };
    const auto integer = [](std::int64_t v) { return Integer(static_cast<long>(v)); };
    return std::visit(
        Match{[&](const Constant& k) -> Integer { return integer(k.value); },
              [&](const Receive& k) -> Integer {
                return integer(inputs_[static_cast<std::size_t>(k.word)]);
              },
              [&](const Add& k) -> Integer {
                const Integer a = scaled(at(k.a), k.shift_a), b = scaled(at(k.b), k.shift_b);
                return k.subtract ? Integer(a - b) : Integer(a + b);
              },
              [&](const Add3& k) -> Integer {
                const Integer a = scaled(at(k.a), k.shift_a), b = scaled(at(k.b), k.shift_b);
                const Integer c = scaled(at(k.c), k.shift_c);
                const Integer pair = k.subtract_b ? Integer(a - b) : Integer(a + b);
                return k.subtract_c ? Integer(pair - c) : Integer(pair + c);
              },
              [&](const Negate& k) -> Integer { return -at(k.a); },
              [&](const Multiply& k) -> Integer { return at(k.a) * at(k.b); },
              [&](const Shift& k) -> Integer { return scaled(at(k.a), k.bits); },
              [&](const Compare& k) -> Integer {
                const int order = cmp(at(k.a), at(k.b));
                if (k.relation == Relation::Less) return order < 0 ? 1 : 0;
                return k.relation == Relation::Equal ? order == 0 : order <= 0;
              },
              [&](const Logic& k) -> Integer {
                if (k.kind == LogicKind::And) return at(k.a) & at(k.b);
                return k.kind == LogicKind::Or ? Integer(at(k.a) | at(k.b))
                                               : Integer(at(k.a) ^ at(k.b));
              },
              [&](const Not& k) -> Integer { return ~at(k.a); },
              [&](const Select& k) -> Integer { return at(k.condition) != 0 ? at(k.a) : at(k.b); },
              [&](const Clamp& k) -> Integer {
                return std::min(std::max(at(k.a), integer(k.low)), integer(k.high));
              },
              [&](const Wrap& k) -> Integer { return wrapped(at(k.a), k); },
              [&](const Lookup& k) -> Integer {
                const auto& table = process_.tables[static_cast<std::size_t>(k.table.index)];
                const Integer index = at(k.a) - integer(table.first);
                return integer(table.entries.at(index.get_ui()));
              },
              [](const auto&) -> Integer {
                ADD_FAILURE() << "not a pure operation";
                return 0;
              }},
        kind);
  }

  const Process& process_;
  std::vector<std::int64_t> inputs_;
  std::vector<Integer> values_;
};

class HardwareProperty : public ::testing::TestWithParam<int> {
 protected:
  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
  Design design_ = testing::random_design(random_, {.operations = 20 + GetParam() % 60});
};

TEST_P(HardwareProperty, RandomDesignVerifies) { EXPECT_EQ(verify(design_), ""); }

TEST_P(HardwareProperty, RunsLikeUnboundedIntegers) {
  const std::int64_t samples = 300;
  const Batch inputs = testing::random_batch(random_, design_, samples);
  const numeric::IntTensor outputs = run_design(design_, inputs).at("y");
  const Process& process = design_.processes[0];
  const auto& x = inputs.at("x");
  const std::int64_t in = x.shape[1], out = outputs.shape[1];
  for (std::int64_t s = 0; s < samples; ++s) {
    const Reference reference(process, {x.data.begin() + s * in, x.data.begin() + (s + 1) * in});
    for (std::int64_t i = 0; i < out; ++i)
      ASSERT_EQ(Integer(static_cast<long>(outputs[s * out + i])),
                reference[process.gives[0].words[static_cast<std::size_t>(i)]])
          << print(design_) << "sample " << s << " output " << i;
  }
}

TEST_P(HardwareProperty, OneStepAtATimeRunsLikeUnboundedIntegers) {
  const Batch inputs = testing::random_batch(random_, design_, 50);
  const Process& process = design_.processes[0];
  StepStores stores(design_, process);
  std::vector<StepOperation> code;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(process.body.size()); ++i)
    code.push_back(compile_operation(
        process, ValueId{i}, [](ValueId id) { return static_cast<Place>(id.index); }, stores));
  std::vector<std::int64_t> words(code.size());
  auto& beat = stores.beats[0];
  for (std::int64_t s = 0; s < 50; ++s) {
    std::copy_n(inputs.at("x").data.begin() + s * std::ssize(beat), beat.size(), beat.begin());
    run_step(code, design_, process, words.data());
    const Reference reference(process, beat);
    for (const StepOperation& operation : code)
      ASSERT_EQ(Integer(static_cast<long>(words[operation.result])), reference[operation.id])
          << print(design_) << "%" << operation.id.index;
  }
}

TEST_P(HardwareProperty, TextRoundTrips) {
  const std::string text = print(design_);
  const auto parsed = parse(text);
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.errors());
  EXPECT_EQ(print(*parsed), text);
  EXPECT_EQ(verify(*parsed), "");
}

TEST_P(HardwareProperty, SimplifyKeepsTheMeaning) {
  const Design simple = simplify(design_);
  ASSERT_EQ(verify(simple), "") << print(design_) << print(simple);
  EXPECT_LE(simple.processes[0].body.size(), design_.processes[0].body.size());
  const Batch inputs = testing::random_batch(random_, design_, 300);
  EXPECT_EQ(run_design(simple, inputs), run_design(design_, inputs)) << print(design_);
  EXPECT_EQ(print(simplify(simple)), print(simple));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HardwareProperty, ::testing::Range(0, 200));

}  // namespace
}  // namespace gatefold::hardware
