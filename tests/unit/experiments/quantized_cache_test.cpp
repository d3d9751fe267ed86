#include "experiments/quantized_cache.hpp"

#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/quantized_inputs.hpp"
#include "experiments/run_lock.hpp"
#include "models/quantization/saved_blocks.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/quantized_equal.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;
using models::BlockStore;
using models::QuantizedModel;

/// A cache, and what it does when a model of two blocks is asked for.
struct Setup {
  tests::ScratchFolder scratch;
  fs::path folder = scratch.path() / "kept";
  std::shared_ptr<const models::DenseModel> dense =
      std::make_shared<const models::DenseModel>(tests::random_checkpoint(3));
  QuantizedModel expected = tests::quantized(dense, 4, 8, 1);
  nlohmann::ordered_json inputs = {{"weight_bits", 4}};
  std::vector<std::string> told;
  QuantizedSource source;

  QuantizedModel make(const BlockStore& store) const {
    QuantizedModel model = expected;
    for (std::size_t k = 0; k < model.blocks.size(); ++k) {
      auto found = store.find ? store.find(k) : std::nullopt;
      if (found)
        model.blocks[k] = *found;
      else if (store.keep)
        model.blocks[k] = store.keep(k, model.blocks[k]);
    }
    return model;
  }
  QuantizedModel get(const QuantizedCache::Make& how, bool fresh = false) {
    told.clear();
    return QuantizedCache(folder, fresh)
        .get(
            inputs, dense, how, [&](const std::string& line) { told.push_back(line); }, source);
  }
  QuantizedModel get(bool fresh = false) {
    return get([this](const BlockStore& store) { return make(store); }, fresh);
  }
  fs::path whole() const { return folder / quantized_key(inputs); }
  std::vector<std::string> entries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }
  void check(std::size_t loaded, std::size_t computed) const {
    CHECK(source.loaded == loaded);
    CHECK(source.computed == computed);
    CHECK(source.key == quantized_key(inputs));
    CHECK(entries() == std::vector{quantized_key(inputs)});
  }
};

void spoil(const fs::path& file) {
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp(300);
  out.put('#');
}

/// A partial folder with block 0, as a process that was killed leaves it.
fs::path leave_partial(const Setup& s) {
  const fs::path partial = s.whole().string() + ".partial-elsewhere-1";
  fs::create_directories(partial);
  std::ofstream(partial / "quantized.json") << s.inputs.dump(2) + "\n";
  models::SavedBlocks(partial, s.dense).write(0, s.expected.blocks[0]);
  return partial;
}

}  // namespace

TEST_CASE("a model is made once and then loaded, the same bits; other inputs are another model") {
  Setup s;
  CHECK(tests::equal(s.get(), s.expected));
  s.check(0, 2);
  CHECK(tests::equal(s.get(), s.expected));
  s.check(2, 0);
  s.inputs["weight_bits"] = 5;
  s.get();
  CHECK(s.source.computed == 2);
  CHECK(s.entries().size() == 2);
}

TEST_CASE("without a folder nothing is kept") {
  Setup s;
  s.folder.clear();
  CHECK(tests::equal(s.get(), s.expected));
  CHECK(s.source.key.empty());
  CHECK(s.source.computed == 2);
  CHECK(fs::is_empty(s.scratch.path()));
}

TEST_CASE("fresh: what is there is not used") {
  Setup s;
  s.get();
  leave_partial(s);
  s.get(true);
  s.check(0, 2);
  s.get();
  s.check(2, 0);
}

TEST_CASE("a damaged file: one line, and only that block is made again") {
  for (const char* file : {"block_00001.safetensors", "block_00001.json"}) {
    Setup s;
    s.get();
    if (std::string(file).ends_with("json"))
      fs::remove(s.whole() / file);
    else
      spoil(s.whole() / file);
    CHECK(tests::equal(s.get(), s.expected));
    s.check(1, 1);
    REQUIRE(s.told.size() == 1);
    CHECK(s.told[0].find("block_00001.") != std::string::npos);
    s.get();
    s.check(2, 0);
  }
}

TEST_CASE("a description that does not fit is not trusted") {
  Setup s;
  s.get();
  std::ofstream(s.whole() / "quantized.json") << "{}";
  s.get();
  s.check(0, 2);
  CHECK(s.told.size() == 1);
}

TEST_CASE("what a killed process left is continued; what a running one holds is not touched") {
  Setup s;
  const fs::path partial = leave_partial(s);
  {
    const RunLock held(partial);
    CHECK(tests::equal(s.get(), s.expected));
    CHECK(s.source.computed == 2);
    CHECK(s.entries().size() == 2);
  }
  fs::remove_all(s.whole());
  CHECK(tests::equal(s.get(), s.expected));
  s.check(1, 1);
}

TEST_CASE("two at once: the second drops its own") {
  Setup a, b;
  b.folder = a.folder;
  const QuantizedModel model = a.get([&](const BlockStore& store) {
    QuantizedModel made = a.make(store);
    b.get();
    return made;
  });
  CHECK(tests::equal(model, a.expected));
  a.check(0, 2);
  b.check(0, 2);
  const auto tokens = tests::random_tokens(a.dense->config(), 9, 3);
  CHECK(tests::output(model, tokens) == tests::output(a.expected, tokens));  // its files are gone, not its bytes
}

TEST_CASE("an error leaves nothing behind; being killed leaves what is done") {
  Setup s;
  CHECK_THROWS_AS(s.get([&](const BlockStore& store) -> QuantizedModel {
    s.make(store);
    throw DataError("weights are not finite", "");
  }),
                  DataError);
  CHECK(!fs::exists(s.folder));
  CHECK_THROWS_AS(s.get([&](const BlockStore& store) -> QuantizedModel {
    store.keep(0, s.expected.blocks[0]);
    throw std::bad_alloc();
  }),
                  std::bad_alloc);
  s.get();
  s.check(1, 1);
}

TEST_CASE("a place that cannot be written: one line, and the model all the same") {
  Setup s;
  std::ofstream(s.folder) << "a file";
  CHECK(tests::equal(s.get(), s.expected));
  CHECK(s.source.key.empty());
  CHECK(s.told.size() == 1);
}

}  // namespace snnsim::experiments
