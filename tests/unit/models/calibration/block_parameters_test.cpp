#include "models/calibration/block_parameters.hpp"

#include <doctest/doctest.h>

namespace snnsim::models {
namespace {

BlockCalibration plain(const LlamaConfig& config) {
  BlockCalibration calibration;
  for (const Site site : kAllSites)
    at(calibration, site) =
        SiteCalibration{std::vector<float>(width(config, site), 2.0F), std::vector<float>(width(config, site), 0.5F)};
  return calibration;
}

}  // namespace

TEST_CASE("a block of LLaMA-2-7B has the published numbers of parameters") {
  const LlamaConfig config{
      .hidden_size = 4096, .intermediate_size = 11008, .blocks = 32, .heads = 32, .kv_heads = 32, .head_dim = 128};
  const auto count = [&](std::size_t group) {
    return BlockParameters(plain(config), config, {.threshold = group}).values().size();
  };
  CHECK(count(ParameterGroups::kWholeSite) == 107);
  CHECK(count(256) == 194);
  CHECK(count(1) == 23399);
}

TEST_CASE("thresholds alone, or potentials alone") {
  const LlamaConfig config{
      .hidden_size = 6, .intermediate_size = 5, .blocks = 1, .heads = 2, .kv_heads = 1, .head_dim = 4};
  const BlockParameters thresholds(plain(config), config, {.potentials = false});
  CHECK(thresholds.values() == std::vector<double>(4 + 2 + 1 + 1, 0.0));
  const BlockParameters potentials(plain(config), config, {.thresholds = false});
  CHECK(potentials.values() == std::vector<double>(7, 0.5));
  const BlockCalibration moved = potentials.calibration(std::vector<double>(7, 0.75));
  CHECK(at(moved, Site::k)->threshold == at(plain(config), Site::k)->threshold);
  CHECK(at(moved, Site::k)->initial_potential == std::vector<float>(4, 0.75F));
}

TEST_CASE("offsets of steps are parameters of a site, in the order of steps") {
  const LlamaConfig config{
      .hidden_size = 6, .intermediate_size = 5, .blocks = 1, .heads = 2, .kv_heads = 1, .head_dim = 4};
  const BlockParameters offsets(plain(config), config, {.thresholds = false, .potentials = false, .offsets = 3});
  std::vector<double> values = offsets.values();
  REQUIRE(values == std::vector<double>(7 * 3, 0.0));
  values[4] = 0.25;  // q, second step
  const BlockCalibration moved = offsets.calibration(values);
  CHECK(at(moved, Site::attn_in)->step_offset == std::vector<float>(3, 0));
  CHECK(at(moved, Site::q)->step_offset == std::vector<float>{0, 0.25F, 0});
  CHECK(step_potential(*at(moved, Site::q)) == std::vector<float>{0, 0.25F, 0.25F});
  CHECK(at(moved, Site::q)->threshold == at(plain(config), Site::q)->threshold);
  PerSite<SiteGradient<float>> gradients;
  for (const Site s : kAllSites)
    at(gradients, s) = {std::vector<float>(width(config, s), 1.0F), std::vector<float>(width(config, s), 1.0F), {7, 8}};
  const std::vector<double> reduced = offsets.reduce(gradients, moved);
  REQUIRE(reduced.size() == values.size());
  CHECK(std::vector<double>(reduced.begin(), reduced.begin() + 3) == std::vector<double>{7, 8, 0});
}

TEST_CASE("parameters stand for groups of channels, and gradients are gathered for them") {
  const LlamaConfig config{
      .hidden_size = 6, .intermediate_size = 5, .blocks = 1, .heads = 2, .kv_heads = 1, .head_dim = 4};
  const BlockParameters parameters(plain(config), config, {.threshold = 4, .potential = 3});
  std::vector<double> values = parameters.values();
  REQUIRE(values.size() == (2 + 2) + (2 + 3) + (1 + 2) + (1 + 2) + (2 + 3) + (2 + 2) + (2 + 2));
  values[1] = std::log(3.0);  // attn_in: thresholds of channels 4 and 5
  values[2] = 0.25;           // its potentials of channels 0 to 2
  const BlockCalibration calibration = parameters.calibration(values);
  const SiteCalibration& site = *at(calibration, Site::attn_in);
  CHECK(site.threshold[3] == 2.0F);
  CHECK(site.threshold[4] == doctest::Approx(6.0));
  CHECK(site.initial_potential == std::vector<float>{0.25F, 0.25F, 0.25F, 0.5F, 0.5F, 0.5F});
  CHECK(*at(calibration, Site::mlp_mid) == *at(plain(config), Site::mlp_mid));

  PerSite<SiteGradient<float>> gradients;
  for (const Site s : kAllSites)
    at(gradients, s) = {std::vector<float>(width(config, s), 1.0F), std::vector<float>(width(config, s), 10.0F)};
  const std::vector<double> reduced = parameters.reduce(gradients, calibration);
  REQUIRE(reduced.size() == values.size());
  CHECK(reduced[0] == doctest::Approx(8));   // 4 channels × θ = 2
  CHECK(reduced[1] == doctest::Approx(12));  // 2 channels × θ = 6
  CHECK(reduced[2] == doctest::Approx(30));  // 3 channels
}

}  // namespace snnsim::models
