#pragma once

#include <string>

#include "core/error.hpp"

namespace snnsim::tests {

/// The cause that the call gives when it throws an Error; "accepted" when it does not.
template <typename Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace snnsim::tests
