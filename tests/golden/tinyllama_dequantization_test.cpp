// Every tensor of TinyLlama, dequantized, must have the checksum that ggml's own dequantization has.
#include <fstream>
#include <map>
#include <vector>

#include "core/parallel.hpp"
#include "models/checkpoint/gguf.hpp"
#include "tests/support/sha256.hpp"
#include "tests/support/tinyllama.hpp"

namespace snnsim::models {
namespace {

/// sha256 of the fp32 values (the last column) by tensor name.
std::map<std::string, std::string> published_checksums() {
  std::ifstream in(tests::assets() / "refs" / "tinyllama_iq2xxs_dequant_checksums.tsv");
  std::map<std::string, std::string> checksums;
  std::string line;
  std::getline(in, line);  // the head
  while (std::getline(in, line)) checksums[line.substr(0, line.find('\t'))] = line.substr(line.rfind('\t') + 1);
  return checksums;
}

std::string checksum(const Tensor& tensor) {
  tests::Sha256 sha;
  std::vector<float> row(tensor.columns());
  for (std::size_t r = 0; r < tensor.rows(); ++r) {
    tensor.read_row(r, row.data());
    sha.add(std::as_bytes(std::span(row)));
  }
  return sha.finish();
}

TEST_CASE("SHA-256 gives the checksums of its standard") {
  tests::Sha256 abc;
  abc.add(std::as_bytes(std::span("abc", 3)));
  CHECK(abc.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  tests::Sha256 none;
  CHECK(none.finish() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("TinyLlama's tensors (F32, Q2_K, Q4_K, Q5_K, IQ2_XXS) dequantize as ggml does, to the bit" *
          doctest::test_suite("slow")) {
  if (!tests::have_assets() || !tests::have_tinyllama()) return;
  const std::map<std::string, std::string> published = published_checksums();
  REQUIRE(published.size() == 201);
  const Gguf gguf = open_gguf(tests::tinyllama());
  REQUIRE(gguf.tensors.size() == published.size());
  std::vector<std::string> found(gguf.tensors.size());
  parallel_for(found.size(), [&](std::size_t i) { found[i] = checksum(to_tensor(gguf.tensors[i], "TinyLlama")); });
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(gguf.tensors[i].name);
    REQUIRE(published.contains(gguf.tensors[i].name));
    CHECK(found[i] == published.at(gguf.tensors[i].name));
  }
}

}  // namespace
}  // namespace snnsim::models
