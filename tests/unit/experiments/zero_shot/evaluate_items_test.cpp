#include "experiments/zero_shot/evaluate_items.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>

#include "experiments/evaluation/evaluate_segment.hpp"
#include "experiments/zero_shot/dense_requests.hpp"
#include "experiments/zero_shot/encode_request.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

Experiment bundled_experiment(Neuron neuron) {
  Experiment experiment;
  experiment.model.checkpoint = tests::bundled_model();
  experiment.quantization.activation_bits = 6;
  experiment.quantization.calibration.text = tests::source_dir() / "bundled" / "text" / "calibration.txt";
  experiment.quantization.calibration.segments = 2;
  experiment.quantization.calibration.length = 48;
  experiment.conversion.neuron = neuron;
  experiment.conversion.timesteps = 3;
  return experiment;
}

struct Networks {
  Experiment experiment;
  std::unique_ptr<Pipeline> pipeline = build_pipeline(experiment);

  EncodedItem encode(const std::vector<Request>& requests, std::size_t gold,
                     ZeroShotProtocol protocol = ZeroShotProtocol::harness_0_4_9_2) const {
    EncodedItem item{.requests = {}, .characters = {}, .gold = gold};
    for (const Request& request : requests) {
      item.requests.push_back(encode_request(request, protocol, *pipeline->opened.tokenizer, 256));
      item.characters.push_back(request.continuation.size() - 1);
    }
    return item;
  }
  ZeroShotResult run(const EncodedItem& item) const {
    ZeroShotResult result = evaluate_items(*pipeline, experiment, {&item, 1});
    result.wall_s = 0;
    return result;
  }
};

const std::vector<Request> kChoices{{"Once upon a time there was a little", " girl named Lily."},
                                    {"Once upon a time there was a little", " big round the of."},
                                    {"Once upon a time there was a little", " dog."}};
const std::vector<Request> kContexts{{"Lily saw a cat. The cat", " was happy."},
                                     {"Lily saw a cat. Lily", " was happy."}};

/// The right request alone, whole: what the shared run of all requests must give, bit for bit.
SegmentResult alone(const Networks& networks, const EncodedItem& item) {
  return evaluate_segment(*networks.pipeline, networks.experiment, item.requests[item.gold]);
}

}  // namespace

TEST_CASE("sharing what requests have in common changes no bit of any network") {
  for (const Neuron neuron : {Neuron::sigma_delta, Neuron::integer_spiking}) {
    const Networks networks{bundled_experiment(neuron)};
    for (const auto& requests : {kChoices, kContexts})
      for (std::size_t gold = 0; gold < requests.size(); ++gold) {
        const EncodedItem item = networks.encode(requests, gold);
        const ZeroShotResult result = networks.run(item);
        const SegmentResult whole = alone(networks, item);
        CHECK(result.dense.nll == doctest::Approx(whole.dense.nll).epsilon(1e-15));
        CHECK(result.qann.nll == doctest::Approx(whole.qann.nll).epsilon(1e-15));
        CHECK(result.snn.nll == doctest::Approx(whole.snn.nll).epsilon(1e-15));
      }
  }
}

TEST_CASE("common inputs of the requests of an item") {
  const auto item = [](std::vector<TokenIds> requests) {
    EncodedItem item;
    for (TokenIds& ids : requests) item.requests.push_back({.ids = std::move(ids)});
    return item;
  };
  CHECK(common_inputs(item({{1, 2, 3, 4}, {1, 2, 5, 6}})) == 2);
  CHECK(common_inputs(item({{1, 2, 3}, {1, 2, 4}})) == 2);  // the last ids are no inputs
  CHECK(common_inputs(item({{1, 2, 3}})) == 2);
  CHECK(common_inputs(item({{1, 2}, {1, 2, 3, 4}})) == 1);
  CHECK(common_inputs(item({{1, 2}, {3, 4}})) == 0);
}

TEST_CASE("items run together as long as they have few inputs, one at least") {
  const auto items = [](std::initializer_list<std::size_t> lengths) {
    std::vector<EncodedItem> items;
    for (const std::size_t length : lengths) items.emplace_back().requests.assign(2, {.ids = TokenIds(length, 1)});
    return items;
  };
  CHECK(items_at_once(items({5000, 3})) == 1);
  CHECK(items_at_once(items({513, 513, 1})) == 3);
  CHECK(items_at_once(items({513, 513, 2, 1})) == 2);
  CHECK(items_at_once(items({3})) == 1);
}

TEST_CASE("a sigma-delta network answers as the QANN, in every output") {
  Experiment experiment = bundled_experiment(Neuron::sigma_delta);
  for (const Positions positions : {Positions::concurrent, Positions::sequential}) {
    experiment.conversion.positions = positions;
    const Networks networks{experiment};
    const ZeroShotResult result = networks.run(networks.encode(kChoices, 0));
    CHECK(result.items == 1);
    CHECK(result.snn == result.qann);
    CHECK(result.outputs_checked > 0);
    CHECK(result.outputs_different == 0);
    CHECK(result.operations.synaptic_operations > 0);
  }
}

TEST_CASE("choices of one token run the spiking network once") {
  const Networks networks{bundled_experiment(Neuron::sigma_delta)};
  EncodedItem item = networks.encode({{"Is it?", " no"}}, 0);
  const ZeroShotResult once = networks.run(item);
  item.requests.push_back(item.requests[0]);
  item.requests[1].ids.back() = 7;
  item.characters.push_back(1);
  const ZeroShotResult both = networks.run(item);
  CHECK(both.operations == once.operations);
  CHECK(both.outputs_checked == once.outputs_checked);
}

TEST_CASE("a prefix longer than what is shared, and one longer than the request") {
  Experiment experiment = bundled_experiment(Neuron::sigma_delta);
  experiment.quantization.prefix_tokens.count = 8;
  const Networks networks{experiment};
  const EncodedItem contexts = networks.encode(kContexts, 1);
  CHECK(common_inputs(contexts) < 8);
  CHECK(networks.run(contexts).qann.nll == doctest::Approx(alone(networks, contexts).qann.nll).epsilon(1e-15));
  const EncodedItem brief = networks.encode({{"A", " cat"}, {"A", " dog"}}, 0);
  const ZeroShotResult result = networks.run(brief);
  CHECK(result.dense == result.qann);  // all positions are in full precision
  CHECK(result.dense == result.snn);
  CHECK(result.operations == OperationCount{});
}

TEST_CASE("prefix tokens: the same bits as each request alone, whether or not it begins with the last of them") {
  for (const std::vector<std::int32_t>& ids : {std::vector<std::int32_t>{13, 1}, {13, 300}}) {
    Experiment experiment = bundled_experiment(Neuron::sigma_delta);
    experiment.quantization.prefix_tokens.ids = ids;
    const Networks networks{experiment};
    for (const auto protocol : {ZeroShotProtocol::harness_0_4_9_2, ZeroShotProtocol::harness_0_4})
      for (const auto& requests : {kChoices, kContexts}) {
        const EncodedItem item = networks.encode(requests, 1, protocol);
        const ZeroShotResult result = networks.run(item);
        const SegmentResult whole = alone(networks, item);
        CHECK(result.dense.nll == doctest::Approx(whole.dense.nll).epsilon(1e-15));
        CHECK(result.qann.nll == doctest::Approx(whole.qann.nll).epsilon(1e-15));
        CHECK(result.snn == result.qann);
        CHECK(result.outputs_different == 0);
      }
  }
}

TEST_CASE("networks that are left out are not run, and the dense numbers stay") {
  Experiment experiment = bundled_experiment(Neuron::sigma_delta);
  const Networks all{experiment};
  experiment.evaluation.networks = {Network::dense};
  const Networks dense{experiment};
  const EncodedItem item = all.encode(kChoices, 0);
  const ZeroShotResult result = dense.run(item);
  CHECK(result.dense == all.run(item).dense);
  CHECK(result.qann == ZeroShotTally{});
  CHECK(result.snn == ZeroShotTally{});
  CHECK(result.outputs_checked == 0);
}

TEST_CASE("items give the same result on one and two threads, and add up") {
  const Networks networks{bundled_experiment(Neuron::integer_spiking)};
  const EncodedItem a = networks.encode(kChoices, 0), b = networks.encode(kContexts, 1);
  const auto run = [&](std::size_t threads) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    ZeroShotResult result = evaluate_items(*networks.pipeline, networks.experiment, std::vector{a, b});
    result.wall_s = 0;
    return result;
  };
  const ZeroShotResult both = run(1);
  CHECK(both == run(2));
  CHECK(both.items == 2);
  CHECK(both.snn.nll == networks.run(a).snn.nll + networks.run(b).snn.nll);
}

}  // namespace snnsim::experiments
