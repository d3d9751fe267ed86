#pragma once

#include <initializer_list>
#include <vector>

#include "core/simulation/network_state.hpp"

namespace snnsim {

/// Several probes on one simulation, called in this order.
class ProbeList final : public Probe {
 public:
  /// Null pointers are left out.
  ProbeList(std::initializer_list<Probe*> probes) {
    for (Probe* probe : probes)
      if (probe != nullptr) probes_.push_back(probe);
  }
  void on_update(const PopulationUpdate& update) override {
    for (Probe* probe : probes_) probe->on_update(update);
  }
  void on_late(const PopulationUpdate& update) override {
    for (Probe* probe : probes_) probe->on_late(update);
  }
  void on_output(Tick tick, const Matrix<float>& value) override {
    for (Probe* probe : probes_) probe->on_output(tick, value);
  }

 private:
  std::vector<Probe*> probes_;
};

}  // namespace snnsim
