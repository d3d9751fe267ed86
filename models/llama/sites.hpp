#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/matrix.hpp"
#include "models/checkpoint/checkpoint.hpp"
#include "models/llama/kernels.hpp"

namespace snnsim::models {

/// The seven spiking sites of a decoder block, in the order in which a block computes them.
enum class Site : std::size_t {
  attn_in,   // RMSNorm output, feeds Wq Wk Wv
  q,         // queries after RoPE
  k,         // keys after RoPE
  v,         // values
  attn_out,  // input of Wo
  mlp_in,    // RMSNorm output, feeds Wgate Wup
  mlp_mid,   // SiLU(gate) * up, input of Wdown
};
inline constexpr std::size_t kSites = 7;
inline constexpr std::array<Site, kSites> kAllSites{Site::attn_in,  Site::q,      Site::k,      Site::v,
                                                    Site::attn_out, Site::mlp_in, Site::mlp_mid};

std::string_view name(Site site);
/// "blocks.<block>.<site>"
std::string population_name(std::size_t block, Site site);
/// Optional sites: attention probabilities of a block; the final RMSNorm, which feeds the LM head.
std::string probs_name(std::size_t block);
inline constexpr std::string_view kFinalIn = "final_in";
AttentionShape attention_shape(const LlamaConfig& config);
/// Channels of a site.
std::size_t width(const LlamaConfig& config, Site site);
/// Groups of adjacent channels that share a quantizer step: heads for q, k, v, else one.
std::size_t groups(const LlamaConfig& config, Site site);

template <typename T>
using PerSite = std::array<T, kSites>;
template <typename T>
T& at(PerSite<T>& values, Site site) {
  return values[static_cast<std::size_t>(site)];
}
template <typename T>
const T& at(const PerSite<T>& values, Site site) {
  return values[static_cast<std::size_t>(site)];
}

/// The weight matrices of a block, in the order in which a block uses them.
enum class MatrixName : std::size_t { query, key, value, output, gate, up, down };
inline constexpr std::size_t kMatrices = 7;
inline constexpr std::array<MatrixName, kMatrices> kAllMatrices{MatrixName::query,  MatrixName::key,  MatrixName::value,
                                                                MatrixName::output, MatrixName::gate, MatrixName::up,
                                                                MatrixName::down};
template <typename T>
using PerMatrix = std::array<T, kMatrices>;
template <typename T>
T& at(PerMatrix<T>& values, MatrixName matrix) {
  return values[static_cast<std::size_t>(matrix)];
}
template <typename T>
const T& at(const PerMatrix<T>& values, MatrixName matrix) {
  return values[static_cast<std::size_t>(matrix)];
}

std::string_view name(MatrixName matrix);
const Tensor& tensor(const BlockWeights& block, MatrixName matrix);
/// What is added to the product, or null.
const Tensor* bias(const BlockWeights& block, MatrixName matrix);
/// The site that a matrix multiplies.
Site input_of(MatrixName matrix);

}  // namespace snnsim::models
