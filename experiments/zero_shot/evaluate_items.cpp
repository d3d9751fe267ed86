#include "experiments/zero_shot/evaluate_items.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include "experiments/zero_shot/dense_requests.hpp"
#include "experiments/zero_shot/request_score.hpp"
#include "models/conversion/spiking_sequence.hpp"

namespace snnsim::experiments {

namespace {

template <class Sequence>
void append(Sequence& sequence, Ids ids) {
  if (!ids.empty()) sequence.append(ids);
}

/// Rows of the outputs of one network that predict scored tokens, request after request.
class ScoredRows {
 public:
  ScoredRows(const EncodedItem& item, std::size_t hidden) : rows_(0, hidden) {
    std::size_t scored = 0;
    for (const Segment& request : item.requests) scored += request.scored();
    rows_.resize_rows(scored);
  }
  /// output: (lead.offset + inputs × hidden); the lead has that of the full-precision `source`.
  void add(const Segment& request, const Lead& lead, const Matrix<float>& source, const Matrix<float>& output) {
    for (std::size_t r = request.first_scored - 1; r < request.inputs(); ++r)
      std::copy_n((r < lead.own ? source : output).row(lead.offset + r), rows_.columns(), rows_.row(used_++));
  }
  const Matrix<float>& rows() const { return rows_; }

 private:
  Matrix<float> rows_;
  std::size_t used_ = 0;
};

/// One item on its way through the networks.
class ItemRun {
 public:
  ItemRun(const Pipeline& pipeline, const Experiment& experiment, const EncodedItem& item,
          std::span<const models::DenseSequence> dense)
      : pipeline_(pipeline),
        experiment_(experiment),
        item_(item),
        common_(common_inputs(item)),
        prefix_(pipeline.prefix.prefix),
        sequences_(dense),
        dense_(item, pipeline.dense().config().hidden_size),
        qann_(dense_),
        snn_(dense_) {
    const std::size_t least = prefix_.tokens().empty() ? prefix_.positions() : 1;  // that all have the same lead
    if (!runs(Network::qann) || common_ < least) return;
    const Ids shared = inputs_of(item.requests[0]).first(common_);
    const Lead lead = prefix_.lead(shared);
    shared_qann_.emplace(pipeline.qann);
    shared_qann_->append_prefix(prefix_.source(lead, sequences_[0]), lead.positions());
    append(*shared_qann_, shared.subspan(lead.own));
  }

  void run(ZeroShotResult& result) {
    for (std::size_t i = 0; i < item_.requests.size(); ++i) run_request(item_.requests[i], sequences_[i], result);
    add_scores(dense_, result.dense);
    if (runs(Network::qann)) add_scores(qann_, result.qann);
    if (runs(Network::snn)) add_scores(snn_, result.snn);
    ++result.items;
  }

 private:
  bool runs(Network network) const { return experiment_.evaluation.runs(network); }

  void add_scores(const ScoredRows& outputs, ZeroShotTally& tally) const {
    add_item(item_, score_requests(pipeline_.dense(), item_, outputs.rows()), tally);
  }

  void run_request(const Segment& request, const models::DenseSequence& dense, ZeroShotResult& result) {
    const Ids inputs = inputs_of(request);
    const Lead lead = prefix_.lead(inputs);
    const models::DenseSequence& source = prefix_.source(lead, dense);
    dense_.add(request, {}, dense.normalised(), dense.normalised());
    if (!runs(Network::qann)) return;
    const models::QuantizedSequence qann = run_qann(inputs, lead, source);
    qann_.add(request, lead, source.normalised(), qann.normalised());
    if (!runs(Network::snn)) return;
    if (!same_inputs(inputs)) run_snn(inputs, lead, source, qann.normalised(), result);
    snn_.add(request, lead, source.normalised(), snn_output_);
  }

  models::QuantizedSequence run_qann(Ids inputs, const Lead& lead, const models::DenseSequence& source) const {
    models::QuantizedSequence qann = shared_qann_ ? *shared_qann_ : models::QuantizedSequence(pipeline_.qann);
    if (!shared_qann_) qann.append_prefix(source, lead.positions());
    append(qann, inputs.subspan(shared_qann_ ? common_ : lead.own));
    return qann;
  }

  /// True if the spiking network has just run these inputs: choices of one token differ in what is scored only.
  bool same_inputs(Ids inputs) const { return snn_output_.rows() > 0 && std::ranges::equal(inputs, snn_inputs_); }

  void run_snn(Ids inputs, const Lead& lead, const models::DenseSequence& source, const Matrix<float>& qann,
               ZeroShotResult& result) {
    models::SpikingSequence snn(pipeline_.spiking, *pipeline_.qann.dense, *pipeline_.executor);
    snn.append_prefix(source, lead.positions());
    const Ids rest = inputs.subspan(lead.own);
    if (experiment_.conversion.positions == Positions::concurrent)
      append(snn, rest);
    else
      for (const models::TokenId& id : rest) snn.append({&id, 1});
    snn_inputs_ = inputs;
    snn_output_ = snn.normalised();
    result.operations += snn.state().operations();
    result.outputs_checked += rest.size();
    for (std::size_t r = lead.positions(); r < lead.offset + inputs.size(); ++r)
      result.outputs_different +=
          std::memcmp(qann.row(r), snn_output_.row(r), qann.columns() * sizeof(float)) != 0 ? 1 : 0;
  }

  const Pipeline& pipeline_;
  const Experiment& experiment_;
  const EncodedItem& item_;
  std::size_t common_;
  const Prefix& prefix_;
  std::span<const models::DenseSequence> sequences_;      // of the requests
  std::optional<models::QuantizedSequence> shared_qann_;  // of the common inputs, where they go beyond the prefix
  ScoredRows dense_, qann_, snn_;
  Ids snn_inputs_;
  Matrix<float> snn_output_;
};

}  // namespace

ZeroShotResult evaluate_items(const Pipeline& pipeline, const Experiment& experiment,
                              std::span<const EncodedItem> items) {
  const auto start = std::chrono::steady_clock::now();
  ZeroShotResult result;
  for (std::size_t first = 0, count = 0; first < items.size(); first += count) {
    count = items_at_once(items.subspan(first));
    const auto dense = run_dense(pipeline.dense(), items.subspan(first, count));
    for (std::size_t i = 0; i < count; ++i) ItemRun(pipeline, experiment, items[first + i], dense[i]).run(result);
  }
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace snnsim::experiments
