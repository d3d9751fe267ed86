#include <cstring>
#include <stdexcept>

#include "tests/benchmarks/machine_bounds.hpp"

#ifdef SNNSIM_HAVE_ONEDNN
#include <unordered_map>

#include <oneapi/dnnl/dnnl.hpp>

namespace snnsim::benchmarks {

using dnnl::memory;

struct OneDnnProduct::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::matmul product;
  std::unordered_map<int, memory> arguments;
};

bool OneDnnProduct::available() {
  return true;
}

OneDnnProduct::OneDnnProduct(std::size_t rows, std::size_t in, std::size_t out) : state_(new State) {
  const auto dim = [](std::size_t n) { return static_cast<memory::dim>(n); };
  const memory::desc source({dim(rows), dim(in)}, memory::data_type::u8, memory::format_tag::ab);
  const memory::desc weights({dim(in), dim(out)}, memory::data_type::s8, memory::format_tag::any);
  const memory::desc target({dim(rows), dim(out)}, memory::data_type::s32, memory::format_tag::ab);
  const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(source, weights, target), state_->engine);
  state_->product = dnnl::matmul(description);
  state_->arguments = {{DNNL_ARG_SRC, memory(source, state_->engine)},
                       {DNNL_ARG_WEIGHTS, memory(description.weights_desc(), state_->engine)},
                       {DNNL_ARG_DST, memory(target, state_->engine)}};
  // Untouched memory is one page of zeros, which stays in cache.
  for (auto& [name, block] : state_->arguments) std::memset(block.get_data_handle(), 1, block.get_desc().get_size());
}

OneDnnProduct::~OneDnnProduct() {
  delete state_;
}

void OneDnnProduct::run() {
  state_->product.execute(state_->stream, state_->arguments);
  state_->stream.wait();
}

}  // namespace snnsim::benchmarks

#else

namespace snnsim::benchmarks {

struct OneDnnProduct::State {};
bool OneDnnProduct::available() {
  return false;
}
OneDnnProduct::OneDnnProduct(std::size_t, std::size_t, std::size_t) : state_(nullptr) {
  throw std::logic_error("built without oneDNN");
}
OneDnnProduct::~OneDnnProduct() = default;
void OneDnnProduct::run() {}

}  // namespace snnsim::benchmarks
#endif
