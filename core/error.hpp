#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace snnsim {

/// Control characters replaced with '?', so that a message that quotes the text stays on its line.
inline std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  return text;
}

/// A mistake of the user or a fault of their data: one line of cause, one line of remedy, whatever they quote, and the
/// exit code of the command line. Our own bugs are assertions, never an Error.
class Error : public std::runtime_error {
 public:
  Error(int exit_code, const std::string& cause, std::string remedy)
      : std::runtime_error(one_line(cause)), remedy_(one_line(std::move(remedy))), exit_code_(exit_code) {}
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
