#pragma once

#include "experiments/evaluation/segment.hpp"
#include "experiments/experiment.hpp"
#include "experiments/zero_shot/item.hpp"

namespace snnsim::experiments {

/// A request in ids, by the protocol:
/// - harness_0_3: context and continuation encoded apart, no BOS;
/// - harness_0_4: together, no BOS: the continuation is what encode(context + continuation) has beyond as many ids as
///   encode(context), after trailing white space of the context has moved to the continuation;
/// - harness_0_4_9_2: the same with the tokenizer's BOS.
/// An empty context is the end-of-sequence id (harness_0_3) or BOS. The continuation's ids are scored; what does not
/// fit into `context_length` inputs is cut off on the left.
/// Throws DataError when the continuation alone does not fit, or has no id of its own.
Segment encode_request(const Request& request, ZeroShotProtocol protocol, const models::Tokenizer& tokenizer,
                       std::size_t context_length);

}  // namespace snnsim::experiments
