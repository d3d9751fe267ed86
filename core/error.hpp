#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace snnsim {

/// A mistake of the user or a fault of their data: one line of cause, one line of remedy, and the exit code of the
/// command line. Our own bugs are assertions, never an Error.
class Error : public std::runtime_error {
 public:
  Error(int exit_code, const std::string& cause, std::string remedy)
      : std::runtime_error(cause), remedy_(std::move(remedy)), exit_code_(exit_code) {}
  const std::string& remedy() const { return remedy_; }
  int exit_code() const { return exit_code_; }

 private:
  std::string remedy_;
  int exit_code_;
};

/// Wrong usage or configuration (exit code 2).
struct ConfigurationError : Error {
  ConfigurationError(const std::string& cause, std::string remedy) : Error(2, cause, std::move(remedy)) {}
};

/// Unreadable or inconsistent data (exit code 3).
struct DataError : Error {
  DataError(const std::string& cause, std::string remedy) : Error(3, cause, std::move(remedy)) {}
};

/// An equality that must hold did not (exit code 4).
struct CheckFailed : Error {
  CheckFailed(const std::string& cause, std::string remedy) : Error(4, cause, std::move(remedy)) {}
};

}  // namespace snnsim
