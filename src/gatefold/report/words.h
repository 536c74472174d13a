#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gatefold/report/report.h"

// Figures and names as every form of the report spells them.
namespace gatefold::report {

/// `12,345`.
std::string count(std::int64_t value);
std::string rounded(double value);  // to a whole number, as count
/// `2.5`: at most two decimals, none that are zero.
std::string decimal(double value);
/// `74.6 %` of the whole; empty when the whole is 0.
std::string percent(std::int64_t part, std::int64_t whole);
/// `1` or `2 cycles`.
std::string cycles(int count);
/// Pipeline stages, counted from 1: `3` or `3-5`.
std::string stages(const LayerRow& row);
/// `64 x u6`.
std::string words_of(const graph::TensorType& type);
/// What an op does, in words: `matrix product`.
std::string kind_of(const graph::Op& op);

/// A matrix of ones, such as the sum within a softmax: nothing in it was trained.
bool is_sum(const graph::Linear& linear);

/// Columns that UTF-8 text takes, one a code point.
int width_of(std::string_view text);
bool is_control(char byte);
/// At most `width` columns: a longer text keeps its head and its tail around `…`. Control
/// characters become `?`.
std::string shorten(std::string_view text, int width);

}  // namespace gatefold::report
