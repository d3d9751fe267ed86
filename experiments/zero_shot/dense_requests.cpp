#include "experiments/zero_shot/dense_requests.hpp"

#include <algorithm>

#include "models/llama/dense_batch.hpp"

namespace snnsim::experiments {

Ids inputs_of(const Segment& request) {
  return std::span(request.ids).first(request.inputs());
}

std::size_t common_inputs(const EncodedItem& item) {
  const Ids first = inputs_of(item.requests[0]);
  std::size_t common = first.size();
  for (const Segment& request : item.requests)
    common = std::min<std::size_t>(
        common, static_cast<std::size_t>(std::ranges::mismatch(first, inputs_of(request)).in1 - first.begin()));
  return common;
}

std::size_t items_at_once(std::span<const EncodedItem> items) {
  constexpr std::size_t most = 2048;
  std::size_t count = 0, inputs = 0;
  for (const EncodedItem& item : items) {
    for (const Segment& request : item.requests) inputs += request.inputs();
    if (count > 0 && inputs > most) break;
    ++count;
  }
  return count;
}

std::vector<std::vector<models::DenseSequence>> run_dense(const models::DenseModel& model,
                                                          std::span<const EncodedItem> items) {
  std::vector<std::vector<models::DenseSequence>> sequences(items.size());
  models::DenseBatch shared(model), rest(model);
  for (std::size_t i = 0; i < items.size(); ++i) {
    sequences[i].emplace_back(model);
    shared.add(sequences[i][0], inputs_of(items[i].requests[0]).first(common_inputs(items[i])));
  }
  shared.run();
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t r = 1; r < items[i].requests.size(); ++r) sequences[i].push_back(sequences[i][0]);
    for (std::size_t r = 0; r < sequences[i].size(); ++r)
      rest.add(sequences[i][r], inputs_of(items[i].requests[r]).subspan(common_inputs(items[i])));
  }
  rest.run();
  return sequences;
}

}  // namespace snnsim::experiments
