#include "models/checkpoint/check_finite.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "models/checkpoint/write_safetensors.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {

TEST_CASE("the first value that is not finite is placed") {
  std::vector<float> values(12, 1.0F);
  const std::vector<std::byte> good = to_bytes(std::vector<float>{1, 1, 1, 1}, DataType::bf16);
  const auto complaint_about = [&](float value) {
    values[9] = value;
    const std::vector<std::byte> bytes = to_bytes(values, DataType::bf16);
    Checkpoint checkpoint;
    checkpoint.path = "m";
    checkpoint.config.tied_embeddings = true;
    checkpoint.embedding = {DataType::bf16, {3, 4}, bytes.data()};
    checkpoint.final_norm = {DataType::bf16, {4}, good.data()};
    return tests::complaint([&] { check_finite(checkpoint); });
  };
  CHECK(complaint_about(INFINITY) == "m: model.embed_tokens.weight holds inf at row 2, column 1");
  CHECK(complaint_about(std::nanf("")) == "m: model.embed_tokens.weight holds nan at row 2, column 1");
  CHECK(complaint_about(3) == "accepted");
}

}  // namespace snnsim::models
