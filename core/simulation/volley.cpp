#include "core/simulation/volley.hpp"

#include "core/random.hpp"

namespace snnsim {

Lags lags(std::uint64_t seed, std::uint32_t projection, std::uint32_t step, std::size_t neurons, std::uint16_t jitter) {
  const RandomStream steps(seed, RandomStream::Purpose::jitter);
  const RandomStream stream(steps.bits(std::uint64_t{projection} << 32U | step), RandomStream::Purpose::jitter);
  Lags result(neurons);
  for (std::size_t j = 0; j < neurons; ++j)  // the upper 32 bits, scaled to 0..jitter
    result[j] = static_cast<std::uint16_t>((stream.bits(j) >> 32U) * (std::uint64_t{jitter} + 1) >> 32U);
  return result;
}

}  // namespace snnsim
