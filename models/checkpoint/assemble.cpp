#include "models/checkpoint/assemble.hpp"

#include <set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {
namespace {

class Assembly {
 public:
  Assembly(const Checkpoint& checkpoint, const TensorMap& tensors, const AssemblyRules& rules)
      : file_(checkpoint.path.string()), tensors_(tensors), rules_(rules) {}

  void operator()(const std::string& name, const std::vector<std::size_t>& shape, Tensor& tensor) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) fail(fmt::format("tensor {} is missing", name));
    tensor = found->second;
    taken_.insert(name);
    if (tensor.shape == shape) return;
    fail(fmt::format("{} has shape [{}], {} asks for [{}]", name, fmt::join(tensor.shape, ", "), rules_.described_by,
                     fmt::join(shape, ", ")));
  }

  void allow(const std::string& name) { taken_.insert(name); }

  void refuse_others() const {
    for (const auto& [name, tensor] : tensors_) {
      if (taken_.contains(name) || rules_.is_derived(name)) continue;
      fail(fmt::format("tensor {} is no part of the decoder that {} describes", in_quotes(name), rules_.described_by));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("{}: {}", file_, what), std::string(rules_.remedy));
  }

  std::string file_;
  const TensorMap& tensors_;
  const AssemblyRules& rules_;
  std::set<std::string> taken_;
};

}  // namespace

void take_tensors(Checkpoint& checkpoint, const TensorMap& tensors, const AssemblyRules& rules) {
  const std::string lm_head = end_names(checkpoint.format).lm_head;
  LlamaConfig& config = checkpoint.config;
  config.tied_embeddings = config.tied_embeddings || !tensors.contains(lm_head);
  checkpoint.blocks.resize(config.blocks);
  Assembly assembly(checkpoint, tensors, rules);
  visit_tensors(checkpoint, std::ref(assembly));
  if (config.tied_embeddings) checkpoint.lm_head = checkpoint.embedding;
  assembly.allow(lm_head);
  assembly.refuse_others();
}

}  // namespace snnsim::models
