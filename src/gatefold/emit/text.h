#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatefold/hardware/operation.h"

// Pieces of SystemVerilog text.
namespace gatefold::emit {

/// `value` modulo 2^width as a sized literal: `8'd5`, `-8'sd3`.
std::string literal(std::int64_t value, int width, bool is_signed);

/// `logic signed [7:0]`; a word of width 0 is declared one bit wide.
std::string type_of(const hardware::Word& word);

/// `12'(text)`.
std::string cast(int width, std::string_view text);

/// Joined by `separator`.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The text as a comment that cannot end early or span lines.
std::string comment_safe(std::string_view text);

/// The lines that head every emitted file: what it holds, and the banner.
std::string file_banner(std::string_view banner, std::string_view what);

using TemplateFields = std::vector<std::pair<std::string, std::string>>;

/// The template with each `@key@` replaced.
std::string fill(std::string_view text, const TemplateFields& fields);

/// Bits that count `values` different numbers, at least 1.
int count_width(std::int64_t values);

/// Interval of the bits of a vector, `[high:low]`.
std::string bits(std::int64_t high, std::int64_t low);

}  // namespace gatefold::emit
