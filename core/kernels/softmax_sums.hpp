#pragma once

#include <span>

namespace snnsim {

/// Sums over exponentials in double, with the same bits on every instruction set: e^x is at most 2 ulp off for
/// |x| <= 700, clamped beyond, and terms are added as eight partial sums by residue class of the index.

/// Σ e^(x[i] - shift).
double exponential_sum(std::span<const float> x, double shift);

/// Σ e^p[i] (p[i] - q[i]): the Kullback-Leibler divergence of two distributions given by their logarithms.
double divergence(std::span<const double> p, std::span<const double> q);

}  // namespace snnsim
