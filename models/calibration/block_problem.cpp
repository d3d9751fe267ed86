#include "models/calibration/block_problem.hpp"

#include <numeric>

#include "models/llama/dense_arithmetic.hpp"

namespace snnsim::models {

namespace {

/// Adds up the terms of these examples, which each process has in that order, one behind the other.
std::vector<double> in_order(std::span<const std::size_t> which, const std::vector<std::vector<double>>& terms) {
  const auto process = [&](std::size_t example) { return example % terms.size(); };
  std::vector<std::size_t> count(terms.size()), next(terms.size());
  for (const std::size_t example : which) ++count[process(example)];
  std::vector<double> sum(terms[process(which.front())].size() / count[process(which.front())]);
  for (const std::size_t example : which) {
    const std::size_t p = process(example), begin = next[p]++ * sum.size();
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += terms[p][begin + j];
  }
  return sum;
}

}  // namespace

PerSite<std::vector<double>> sum_of_sites(const BlockProblem& problem, const std::vector<Site>& stage,
                                          const std::vector<PerSite<std::vector<double>>>& own) {
  PerSite<std::vector<double>> sums;
  for (const Site site : stage) at(sums, site) = problem.sum([&](std::size_t i) { return at(own[i], site); });
  return sums;
}

double BlockProblem::loss(const BlockCalibration& calibration) const {
  const std::vector<double> total = sum([&](std::size_t i) {
    SteppedStream stream = own[i].stream;
    block.run(calibration, own[i].prefix, stream);
    SquaredError one;
    one.add(stream.back(), own[i].target, prefix);
    return std::vector<double>{one.error, one.reference};
  });
  return SquaredError{total[0], total[1]}.relative();
}

std::vector<double> BlockProblem::sum(std::span<const std::size_t> which, const Term& term) const {
  std::vector<std::size_t> ours;
  for (const std::size_t example : which)
    if (share.is_own(example)) ours.push_back(example / share.size());
  std::vector<std::vector<double>> terms(ours.size());
  parallel_for(ours.size(), [&](std::size_t k) { terms[k] = term(ours[k]); });
  std::vector<double> together;
  for (const std::vector<double>& one : terms) together.insert(together.end(), one.begin(), one.end());
  return in_order(which, share.gather(std::move(together)));
}

std::vector<double> BlockProblem::sum(const Term& term) const {
  std::vector<std::size_t> all(examples);
  std::iota(all.begin(), all.end(), 0);
  return sum(all, term);
}

void BlockProblem::observe(const BlockCalibration& calibration, const Visitor& visitor) const {
  parallel_for(own.size(), [&](std::size_t i) {
    SteppedStream stream = own[i].stream;
    block.run(calibration, own[i].prefix, stream,
              [&](Site site, const auto& drive, const auto& value) { visitor(i, site, drive, value); });
  });
}

PerSite<Matrix<float>> BlockProblem::dense_sites(const BlockExample& example) const {
  PerSite<Matrix<float>> sites;
  Matrix<float> hidden = example.hidden;
  KvCache cache{Matrix<float>(hidden.rows(), width(dense.config(), Site::k)),
                Matrix<float>(hidden.rows(), width(dense.config(), Site::v))};
  BlockBuffers buffers;
  dense.forward(number, row_range(0, hidden.rows()), hidden, cache, buffers,
                [&](Site site, const Matrix<float>& x) { at(sites, site) = x; });
  return sites;
}

}  // namespace snnsim::models
