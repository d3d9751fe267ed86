// Opening a model reads no weights; whoever quantizes it has read and checked all of them.
#include <cmath>

#include <doctest/doctest.h>

#include "models/checkpoint/llama_tensors.hpp"
#include "models/quantization/quantizer.hpp"
#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

/// A copy in which one value of the tensor of that name is not a number.
std::shared_ptr<const DenseModel> with_nan_in(const std::string& wanted) {
  auto checkpoint = std::make_shared<Checkpoint>(*tests::random_checkpoint(3));
  visit_tensors(*checkpoint, [&](const std::string& name, const auto&, Tensor& tensor) {
    if (name != wanted) return;
    auto values = std::make_shared<std::vector<float>>(tensor.read());
    values->back() = std::nanf("");
    tensor.bytes = reinterpret_cast<const std::byte*>(values->data());
    checkpoint->storage.push_back(values);
  });
  checkpoint->path = "m";
  return std::make_shared<DenseModel>(checkpoint);
}

TEST_CASE("no weight that is not finite gets through the quantizer, whatever it quantizes") {
  for (const char* name : {"model.embed_tokens.weight", "model.norm.weight", "lm_head.weight",
                           "model.layers.0.input_layernorm.weight", "model.layers.1.mlp.down_proj.weight"})
    for (const int bits : {8, kBitsOff}) {
      CAPTURE(name);
      CAPTURE(bits);
      const auto dense = with_nan_in(name);
      const QuantizerOptions options{
          .weight_bits = bits, .activation_bits = bits, .prefix = 0, .activation_range = [](auto) {
            return signed_range(8);
          }};
      const std::string complaint =
          tests::complaint([&] { quantize(dense, {tests::random_tokens(dense->config(), 9, 7)}, options); });
      CHECK(complaint.starts_with("m: " + std::string(name) + " holds nan at row "));
    }
}

}  // namespace
}  // namespace snnsim::models
