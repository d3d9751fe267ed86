#include "tests/equivalence/massive_model.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "models/checkpoint/checkpoint.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::tests {

using namespace models;

namespace {

/// A tensor with other numbers.
Tensor changed(Checkpoint& checkpoint, const Tensor& tensor, const std::function<void(std::vector<float>&)>& change) {
  auto values = std::make_shared<std::vector<float>>(tensor.read());
  change(*values);
  Tensor result = tensor;
  result.bytes = reinterpret_cast<const std::byte*>(values->data());
  checkpoint.storage.push_back(values);
  return result;
}

}  // namespace

std::shared_ptr<const DenseModel> one_massive_token_a_block() {
  auto checkpoint = std::make_shared<Checkpoint>(*tests::random_checkpoint(3));
  const std::size_t hidden = checkpoint->config.hidden_size;
  checkpoint->embedding = changed(*checkpoint, checkpoint->embedding, [&](std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); i += hidden) values[i] = values[i + 1] = 0;
    for (std::size_t k = 0; k < 2; ++k) values[(20 + k) * hidden + k] = 100;
  });
  for (std::size_t k = 0; k < 2; ++k) {
    BlockWeights& block = checkpoint->blocks[k];
    for (Tensor* reading : {&block.gate, &block.up})
      *reading = changed(*checkpoint, *reading, [&](std::vector<float>& values) {
        std::fill_n(values.begin(), hidden, 0.0F);
        values[k] = 100;
      });
    for (Tensor* writing : {&block.output, &block.down})  // the first two of the stream stay what the embedding has
      *writing = changed(*checkpoint, *writing, [&](std::vector<float>& values) {
        std::fill_n(values.begin(), 2 * writing->columns(), 0.0F);
      });
  }
  return std::make_shared<const DenseModel>(checkpoint);
}

}  // namespace snnsim::tests
