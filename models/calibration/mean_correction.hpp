#pragma once

#include <memory>

#include "models/calibration/calibrator.hpp"

namespace snnsim::models {

/// What the mean of a neuron's emission is brought to.
enum class MeanTarget {
  dense,  // its value in the dense model: SNNC's potential (Li et al., ICML 2021, eq. (14)), v(0) += E[ann - snn]
  drive,  // what it would emit if its whole input were there at once: offset spikes (COS, Hao et al., ICLR 2023)
  input,  // all of its input within its range, so that the mean residual potential is 0: SRP (Hao et al., AAAI 2023)
};

/// Moves the initial potential of every neuron by the mean of what its emission lacks, in thresholds, over all
/// positions of the calibration text; site after site, each behind the corrected ones, twice. COS shifts potentials
/// anew for each input, after a trial run, and SRP silences neurons by the sign of their residual potential
/// there; these are their means, known beforehand and free at run time. Costs ten runs of
/// the block.
std::unique_ptr<const Calibrator> make_mean_correction(MeanTarget target);

}  // namespace snnsim::models
