#include "experiments/cli/options.hpp"

#include <cmath>
#include <iostream>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments::cli {

namespace po = boost::program_options;

namespace {

std::string see_help(const Command& command) {
  return fmt::format("see snnsim {} --help", command.name);
}

}  // namespace

Options::Options(const Command& command) : command_(command) {
  named_.add_options()("help,h", "print this");
}

void Options::declare_settings() {
  named()("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE")->composing(),
          "change one key of the experiment, as in conversion.timesteps=8; may be repeated");
}

void Options::declare_threads() {
  named()("threads", po::value<long long>()->value_name("N")->default_value(0),
          "worker threads; 0: every core. Results do not depend on it");
}

std::vector<std::string> Options::settings() const {
  return has("set") ? get<std::vector<std::string>>("set") : std::vector<std::string>{};
}

std::size_t Options::count(const char* name, std::size_t least) const {
  const long long value = get<long long>(name);
  if (value >= 0 && static_cast<std::size_t>(value) >= least) return static_cast<std::size_t>(value);
  throw ConfigurationError(fmt::format("--{} is {}, not a whole number of at least {}", name, value, least),
                           see_help(command_));
}

std::vector<std::string> Options::long_names() const {
  std::vector<std::string> names;
  for (const auto& option : named_.options()) names.push_back("--" + option->long_name());
  return names;
}

void Options::store(Arguments arguments) {
  po::options_description all;
  all.add(named_).add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("words", -1);
  constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::store(po::command_line_parser(std::vector<std::string>(arguments.begin(), arguments.end()))
                .options(all)
                .positional(positional)
                .style(style)
                .run(),
            values_);
  if (values_.count("words") > 0) words_ = values_["words"].as<std::vector<std::string>>();
}

bool Options::parse(Arguments arguments, std::size_t least, std::size_t most) {
  try {
    store(arguments);
  } catch (const po::unknown_option& error) {
    const std::vector<std::string> names = long_names();
    const std::vector<std::string_view> views(names.begin(), names.end());
    throw ConfigurationError(fmt::format("snnsim {} has no option {}", command_.name, error.get_option_name()),
                             suggest(error.get_option_name(), views, "options here"));
  } catch (const po::error& error) {
    throw ConfigurationError(fmt::format("snnsim {}: {}", command_.name, error.what()), see_help(command_));
  }
  if (has("help")) {
    std::cout << fmt::format("snnsim {} {}\n\n{}\n\n", command_.name, command_.usage, command_.summary) << named_;
    return false;
  }
  if (words_.size() < least)
    throw ConfigurationError(fmt::format("snnsim {} needs {}", command_.name, command_.usage), see_help(command_));
  if (words_.size() > most)
    throw ConfigurationError(fmt::format("snnsim {}: \"{}\" is one word too many", command_.name, words_[most]),
                             see_help(command_));
  return true;
}

}  // namespace snnsim::experiments::cli
