#include "experiments/evaluation/json_lines.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>

#include "core/error.hpp"
#include "experiments/evaluation/python_text.hpp"
#include "experiments/files.hpp"

namespace snnsim::experiments {

namespace {

constexpr std::string_view gzip_mark = "\x1F\x8B";

/// Takes a gzip file of one or more members apart.
std::string inflate_members(std::string_view packed, const std::string& file) {
  const auto damaged = [&] { return DataError(fmt::format("{}: damaged gzip file", file), "fetch the file again"); };
  z_stream stream{};
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_only) != Z_OK) throw damaged();
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib reads it only
  std::string text;
  std::array<char, 1 << 16> buffer{};
  std::size_t left = packed.size();
  int state = Z_OK;
  while (left > 0 || state == Z_OK) {
    if (state == Z_STREAM_END && inflateReset(&stream) != Z_OK) throw damaged();
    stream.avail_in = static_cast<uInt>(std::min<std::size_t>(left, 1U << 30U));
    const std::size_t given = stream.avail_in;
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) throw damaged();
    left -= given - stream.avail_in;
    text.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  return text;
}

}  // namespace

std::string read_plain_or_gzip(const std::filesystem::path& file) {
  std::string content = read_file(file);
  return content.starts_with(gzip_mark) ? inflate_members(content, file.string()) : content;
}

void each_line(std::string_view text, const std::string& file,
               const std::function<bool(std::string_view line, const std::string& place)>& visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = strip(text.substr(0, end));
    if (!line.empty() && !visit(line, fmt::format("{}:{}", file, number))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

nlohmann::json parse_line(std::string_view line, const std::string& place) {
  auto object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object())
    throw DataError(fmt::format("{}: not a JSON object", place), "the file must hold one JSON object a line");
  return object;
}

}  // namespace snnsim::experiments
