#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>

#include "experiments/cli/command.hpp"

namespace snnsim::experiments::cli {

/// The words after a verb: named options, and positional words.
class Options {
 public:
  /// Options are declared on named(), then parse() is called once.
  explicit Options(const Command& command);

  boost::program_options::options_description_easy_init named() { return named_.add_options(); }
  /// False when --help was asked for and printed. Throws ConfigurationError for an unknown option, a missing value or
  /// fewer or more positional words than `least` .. `most`.
  bool parse(Arguments arguments, std::size_t least, std::size_t most);

  const std::vector<std::string>& words() const { return words_; }
  bool has(const char* name) const { return values_.count(name) > 0; }
  template <class T>
  const T& get(const char* name) const {
    return values_[name].as<T>();
  }
  /// A whole number at least `least`; throws ConfigurationError.
  std::size_t count(const char* name, std::size_t least) const;
  /// The values of --set, none if it was not given.
  std::vector<std::string> settings() const;

  /// Declares --set, which several verbs share.
  void declare_settings();
  /// Declares --threads.
  void declare_threads();

 private:
  std::vector<std::string> long_names() const;
  void store(Arguments arguments);

  const Command& command_;
  boost::program_options::options_description named_{"Options"};
  boost::program_options::variables_map values_;
  std::vector<std::string> words_;
};

}  // namespace snnsim::experiments::cli
