#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/experiment.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::experiments {

using TokenIds = std::vector<models::TokenId>;

/// The parts of `text` between separators, stripped of white space; empty parts are left out.
std::vector<std::string> split_documents(std::string_view text, std::string_view separator);

/// Rows of a WikiText file joined as the protocol `gptq` wants: one row per line with its newline, a blank line becomes
/// the empty row, rows joined by two newlines.
std::string join_rows(std::string_view text);

/// The segments of one evaluation text by its protocol, to the token (protocol `documents`: each document its own
/// sequence with BOS, cut at the segment length; `gptq`: one stream with BOS, cut into segments without overlap).
/// Throws DataError when the text is missing, empty, not UTF-8, or too short for one segment.
std::vector<TokenIds> evaluation_segments(const PerplexityTask& task, const models::Tokenizer& tokenizer);

/// Calibration sequences: `segments` documents chosen by the seed, each with BOS and cut at `length`.
std::vector<TokenIds> calibration_sequences(const CalibrationText& calibration, std::uint64_t seed,
                                            const models::Tokenizer& tokenizer);

}  // namespace snnsim::experiments
