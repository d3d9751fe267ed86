#pragma once

#include <optional>
#include <utility>

#include "models/llama/sites.hpp"
#include "models/quantization/input_moments.hpp"

namespace snnsim::models {

/// The second moments of the inputs of a block's products.
class BlockMoments {
 public:
  explicit BlockMoments(const LlamaConfig& config) {
    for (const MatrixName name : kAllMatrices)
      if (auto& moments = at(moments_, input_of(name)); !moments) moments.emplace(width(config, input_of(name)));
  }

  /// Sites that feed no product are left out.
  void add(Site site, const Matrix<float>& x, std::span<const std::uint32_t> rows) {
    if (auto& moments = at(moments_, site)) moments->add(x, rows);
  }
  bool has(Site site) const { return at(moments_, site).has_value(); }
  InputMoments take(Site site) {
    InputMoments taken = std::move(*at(moments_, site));
    at(moments_, site).reset();
    return taken;
  }

 private:
  PerSite<std::optional<InputMoments>> moments_;
};

}  // namespace snnsim::models
