#include "models/checkpoint/mapped_file.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {

TEST_CASE("a file is mapped whole, and outlives its name") {
  const tests::ScratchFolder folder;
  const auto file = folder.path() / "f";
  std::ofstream(file) << "abc";
  const MappedFile mapped(file);
  std::filesystem::remove(file);
  CHECK(mapped.text() == "abc");
  CHECK(mapped.bytes().size() == 3);
  CHECK(mapped.path() == file);
}

TEST_CASE("what is no file with content; a named pipe is not waited for") {
  const tests::ScratchFolder folder;
  const std::string here = folder.path().string();
  const auto refused = [&](const std::string& name) {
    return tests::complaint([&] { MappedFile{here + name}; }).substr(here.size());
  };
  std::ofstream(here + "/empty").flush();
  REQUIRE(mkfifo((here + "/pipe").c_str(), 0600) == 0);
  CHECK(refused("/none") == "/none: No such file or directory");
  CHECK(refused("/empty") == "/empty: the file is empty");
  CHECK(refused("/pipe") == "/pipe: is not a regular file");
  CHECK(refused("") == ": is not a regular file");
}

}  // namespace snnsim::models
