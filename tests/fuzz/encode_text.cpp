// A text, encoded with the bundled model's tokenizer: a text without added tokens comes back as it was.
#include <array>
#include <string>

#include "models/tokenizer/tokenizer.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace {

constexpr std::string_view written_space = "\u2581";  // decodes to a space

/// Behind an added token a text begins anew, with a space of its own; bos and eos decode to nothing.
bool holds_added_token(std::string_view text) {
  return std::ranges::any_of(std::to_array({"<unk>", "<s>", "</s>"}),
                             [&](const char* token) { return text.find(token) != text.npos; });
}

std::string with_plain_spaces(std::string text) {
  for (std::size_t at = 0; (at = text.find(written_space, at)) != text.npos;)
    text.replace(at, written_space.size(), " ");
  return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace snnsim;
  static const auto tokenizer = models::open_tokenizer(SNNSIM_SOURCE_DIR "/bundled/stories3m/tokenizer.json", 2048);
  const std::string text(tests::text_of(data, size));
  return tests::attempt([&] {
    const auto ids = tokenizer->encode(text, true);
    const std::string decoded = tokenizer->decode(ids);
    if (!holds_added_token(text)) tests::require(decoded == with_plain_spaces(text), "decode undoes encode");
  });
}
