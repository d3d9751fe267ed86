#include "experiments/job_work.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "experiments/evaluation/evaluate_segment.hpp"
#include "experiments/recording/recording.hpp"
#include "experiments/recording/segment_recorder.hpp"
#include "experiments/segment_result_json.hpp"
#include "experiments/zero_shot/evaluate_items.hpp"

namespace snnsim::experiments {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// What is written of a segment besides its result; nothing if the experiment records nothing.
std::optional<SegmentRecorder> recorder_of(const WorkItem& item, const Experiment& experiment, const JobInputs& inputs,
                                           const Pipeline& pipeline, const std::filesystem::path& directory) {
  if (!experiment.record.in_hdf5()) return {};
  std::size_t index = item.index;
  for (std::size_t before = 0; before < item.group; ++before) index += inputs.texts[before].size();
  const Segment& segment = inputs.texts[item.group][item.index];
  const Lead lead = pipeline.prefix.prefix.lead(std::span(segment.ids).first(segment.inputs()));
  const RecordedSegment recorded{.run = directory.filename().string(),
                                 .index = static_cast<std::uint32_t>(index),
                                 .text = static_cast<std::uint32_t>(item.group),
                                 .segment = static_cast<std::uint32_t>(item.index),
                                 .first = static_cast<std::uint32_t>(lead.positions()),
                                 .positions = static_cast<std::uint32_t>(lead.offset + segment.inputs())};
  return std::make_optional<SegmentRecorder>(pipeline.spiking.graph, experiment, recorded,
                                             Recording(directory).part(item.group, item.index));
}

}  // namespace

std::vector<WorkItem> work_of(const JobInputs& inputs) {
  std::vector<WorkItem> items;
  for (std::size_t text = 0; text < inputs.texts.size(); ++text)
    for (std::size_t k = 0; k < inputs.texts[text].size(); ++k) items.push_back({false, text, k});
  for (std::size_t task = 0; task < inputs.zero_shot.size(); ++task)
    for (std::size_t k = 0; k < inputs.chunks(task); ++k) items.push_back({true, task, k});
  return items;
}

WorkResult JobWork::compute(const WorkItem& item, const std::function<void(double share)>& progress) const {
  return item.zero_shot ? chunk(item) : segment(item, progress);
}

WorkResult JobWork::segment(const WorkItem& item, const std::function<void(double share)>& progress) const {
  WorkResult done;
  std::optional<SegmentRecorder> recorder = recorder_of(item, experiment_, inputs_, pipeline_, directory_);
  done.segment = evaluate_segment(pipeline_, experiment_, inputs_.texts[item.group][item.index],
                                  {.tokens = experiment_.record.token_nll ? &done.tokens : nullptr,
                                   .recorder = recorder ? &*recorder : nullptr,
                                   .share = progress});
  done.segment->text = item.group;
  done.segment->segment = item.index;
  if (recorder) recorder->finish();
  return done;
}

WorkResult JobWork::chunk(const WorkItem& item) const {
  const std::span<const EncodedItem> items = inputs_.zero_shot[item.group];
  const std::size_t first = item.index * zero_shot_chunk;
  WorkResult done;
  done.chunk =
      evaluate_items(pipeline_, experiment_, items.subspan(first, std::min(zero_shot_chunk, items.size() - first)));
  done.chunk->task = item.group;
  done.chunk->chunk = item.index;
  return done;
}

std::string to_message(const WorkResult& result) {
  std::string message = (result.segment ? to_json(*result.segment) : to_json(*result.chunk)).dump() + "\n";
  const std::span<const TokenLikelihood> tokens = result.tokens;
  return message.append(reinterpret_cast<const char*>(tokens.data()), tokens.size_bytes());
}

WorkResult result_from(const std::string& message) {
  const std::size_t end = message.find('\n');
  const json line = json::parse(message.substr(0, end));
  WorkResult result;
  if (is_zero_shot(line))
    result.chunk = zero_shot_result_from(line);
  else
    result.segment = segment_result_from(line);
  result.tokens.resize((message.size() - end - 1) / sizeof(TokenLikelihood));
  if (!result.tokens.empty())
    std::memcpy(result.tokens.data(), message.data() + end + 1, result.tokens.size() * sizeof(TokenLikelihood));
  return result;
}

std::vector<WorkItem> WorkList::share(std::size_t rank, std::size_t size) const {
  std::vector<WorkItem> own;
  for (std::size_t i = rank; i < items.size(); i += size) own.push_back(items[i]);
  return own;
}

std::string to_message(const WorkList& list) {
  auto items = ordered_json::array();
  for (const WorkItem& item : list.items) items.push_back({item.zero_shot, item.group, item.index});
  return ordered_json{{"directory", list.directory.string()}, {"items", items}}.dump();
}

WorkList list_from(const std::string& message) {
  const json text = json::parse(message);
  WorkList list{text.at("directory").get<std::string>(), {}};
  for (const json& item : text.at("items"))
    list.items.push_back({item.at(0).get<bool>(), item.at(1).get<std::size_t>(), item.at(2).get<std::size_t>()});
  return list;
}

}  // namespace snnsim::experiments
