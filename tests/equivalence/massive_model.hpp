#pragma once

#include <memory>

#include "models/llama/dense_model.hpp"

namespace snnsim::tests {

/// A random model in which token 20 + k has a massive activation in block k alone, of the first two, wherever it is:
/// the first inner neuron reads what only its embedding has.
std::shared_ptr<const models::DenseModel> one_massive_token_a_block();

}  // namespace snnsim::tests
