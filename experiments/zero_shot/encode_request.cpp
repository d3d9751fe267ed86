#include "experiments/zero_shot/encode_request.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/evaluation/python_text.hpp"
#include "models/checkpoint/in_quotes.hpp"

namespace snnsim::experiments {

namespace {

struct EncodedRequest {
  TokenIds context, continuation;
};

EncodedRequest encode_apart(const Request& request, const models::Tokenizer& tokenizer) {
  return {request.context.empty() ? TokenIds{tokenizer.eos() >= 0 ? tokenizer.eos() : tokenizer.prefix_id()}
                                  : tokenizer.encode(request.context, false),
          tokenizer.encode(request.continuation, false)};
}

EncodedRequest encode_together(const Request& request, bool bos, const models::Tokenizer& tokenizer) {
  if (request.context.empty()) return {{tokenizer.prefix_id()}, tokenizer.encode(request.continuation, false)};
  const std::string context(strip_right(request.context));
  const TokenIds whole = tokenizer.encode(request.context + request.continuation, bos);
  EncodedRequest encoded{tokenizer.encode(context, bos), {}};
  const std::size_t shared = std::min(encoded.context.size(), whole.size());
  encoded.continuation.assign(whole.begin() + static_cast<std::ptrdiff_t>(shared), whole.end());
  return encoded;
}

EncodedRequest encode(const Request& request, ZeroShotProtocol protocol, const models::Tokenizer& tokenizer) {
  if (protocol == ZeroShotProtocol::harness_0_3) return encode_apart(request, tokenizer);
  return encode_together(request, protocol == ZeroShotProtocol::harness_0_4_9_2, tokenizer);
}

}  // namespace

Segment encode_request(const Request& request, ZeroShotProtocol protocol, const models::Tokenizer& tokenizer,
                       std::size_t context_length) {
  auto [ids, continuation] = encode(request, protocol, tokenizer);
  if (continuation.empty())
    throw DataError(fmt::format("the continuation {} has no token of its own", models::in_quotes(request.continuation)),
                    "take the item out of the file, or use another protocol");
  if (continuation.size() > context_length)
    throw DataError(fmt::format("a continuation of {} tokens does not fit the model's context of {}",
                                continuation.size(), context_length),
                    "take the item out of the file, or use a model with a longer context");
  ids.insert(ids.end(), continuation.begin(), continuation.end());
  const std::size_t cut = ids.size() - std::min(ids.size(), context_length + 1);
  ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(cut));
  const std::size_t first_scored = ids.size() - continuation.size();
  return {.ids = std::move(ids), .first_scored = first_scored};
}

}  // namespace snnsim::experiments
