#include "models/quantization/output_loss.hpp"

#include <doctest/doctest.h>

#include "models/rotation/model_rotation.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::models {

TEST_CASE("the loss of a QANN: none where nothing is quantized, more with fewer bits, in both coordinates") {
  const auto checkpoint = tests::random_checkpoint(3);
  const auto dense = std::make_shared<const DenseModel>(checkpoint);
  const auto rotated = std::make_shared<const DenseModel>(checkpoint, ModelRotation(checkpoint->config, 5));
  const std::vector<std::vector<TokenId>> sequences{tests::random_tokens(dense->config(), 20, 7),
                                                    tests::random_tokens(dense->config(), 1, 8)};
  const ReferenceOutputs reference(*dense, sequences, 1);
  const auto loss = [&](const std::shared_ptr<const DenseModel>& model, int bits) {
    return output_loss(tests::quantized(model, bits, bits, 1), *dense, reference);
  };
  CHECK(loss(dense, 16) == 0);
  CHECK(loss(rotated, 16) < 1e-8);
  for (const auto& model : {dense, rotated}) {
    CHECK(loss(model, 8) > 1e-6);
    CHECK(loss(model, 8) < 0.1 * loss(model, 4));
    CHECK(loss(model, 4) < 2);
  }
}

}  // namespace snnsim::models
