#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace snnsim::experiments {

/// A continuation that is scored after its context.
struct Request {
  std::string context;
  std::string continuation;  // with the space in front
  bool operator==(const Request&) const = default;
};

/// One question of a zero-shot task: a request for each choice. LAMBADA has one request and no choice.
struct ZeroShotItem {
  std::vector<Request> requests;
  std::size_t gold = 0;  // index of the right choice
  bool operator==(const ZeroShotItem&) const = default;
};

}  // namespace snnsim::experiments
