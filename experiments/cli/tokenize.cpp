#include <cstdio>
#include <iostream>
#include <iterator>

#include "experiments/cli/options.hpp"
#include "experiments/tokenize_job.hpp"

namespace snnsim::experiments::cli {
namespace {

/// A separator as typed, in which \n, \t and \\ stand for a line feed, a tab and a backslash.
std::string unescaped(std::string_view typed) {
  std::string text;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const char next = typed[i] == '\\' && i + 1 < typed.size() ? typed[i + 1] : '\0';
    const bool known = next == 'n' || next == 't' || next == '\\';
    text += next == 'n' ? '\n' : next == 't' ? '\t' : typed[i];
    if (known) ++i;
  }
  return text;
}

}  // namespace

int tokenize_command(const Command& self, Arguments arguments) {
  namespace po = boost::program_options;
  Options options(self);
  options.named()("decode", "ids in, text out")("no-bos", "no beginning-of-sequence id")(
      "separator", po::value<std::string>()->default_value(""), "divides the inputs; \\n and \\t as usual");
  if (!options.parse(arguments, 1, 1)) return 0;
  const auto tokenizer = open_tokenizer_of(options.words()[0]);
  const TokenizeOptions how{.bos = !options.has("no-bos"),
                            .separator = unescaped(options.get<std::string>("separator"))};
  const std::string input(std::istreambuf_iterator<char>(std::cin), {});
  const auto print = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); };
  if (options.has("decode")) {
    decode_lines(*tokenizer, input, how, print);
  } else {
    encode_inputs(*tokenizer, input, how, print);
  }
  return 0;
}

}  // namespace snnsim::experiments::cli
