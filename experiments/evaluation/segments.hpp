#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/evaluation/segment.hpp"
#include "experiments/experiment.hpp"

namespace snnsim::experiments {

/// The parts of `text` between separators, stripped of white space; empty parts are left out.
std::vector<std::string> split_documents(std::string_view text, std::string_view separator);

/// Rows of a WikiText file joined as the protocol `gptq` wants: one row per line with its newline, a blank line becomes
/// the empty row, rows joined by two newlines.
std::string join_rows(std::string_view text);

/// The segments of one evaluation text by its protocol, to the token (docs/protocols.md):
/// - documents: each document a sequence with BOS, cut at the segment length;
/// - gptq: the rows joined, one stream with BOS, cut into segments without overlap;
/// - lm_eval: rolling windows of detokenized pages; max_segments keeps whole pages;
/// - llama_cpp: the text as it is, one stream with BOS, cut; BOS replaces each first token, the second half is scored;
/// - c4, c4_new: see c4_segments.hpp; no segments when the shard is missing.
/// Throws DataError when the text is missing, empty, not UTF-8, or too short for one segment.
std::vector<Segment> evaluation_segments(const PerplexityTask& task, const models::Tokenizer& tokenizer);

/// Why a text is left out: a C4 protocol whose shard is missing. Empty if it is not: any other missing text is an
/// error.
std::string why_not_run(const PerplexityTask& task);

/// Calibration sequences: `segments` documents chosen by the seed, each with BOS and cut at `length`.
std::vector<TokenIds> calibration_sequences(const CalibrationText& calibration, std::uint64_t seed,
                                            const models::Tokenizer& tokenizer);

}  // namespace snnsim::experiments
