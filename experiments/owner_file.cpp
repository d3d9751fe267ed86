#include "experiments/owner_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/files.hpp"
#include "experiments/machine.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

std::string to_text(const Owner& owner) {
  return nlohmann::ordered_json{{"process", owner.who.process}, {"host", owner.who.host},
                                {"machine", owner.who.machine}, {"started", owner.who.started},
                                {"since", owner.since},         {"token", owner.token}}
             .dump() +
         "\n";
}

Owner nobody() {
  return {{.process = 0, .host = "an unknown machine", .machine = {}, .started = 0}, {}, {}};
}

/// A file that says nothing readable belongs to nobody that is known.
Owner from_text(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    return {{json.at("process").get<pid_t>(), json.at("host").get<std::string>(), json.at("machine").get<std::string>(),
             json.at("started").get<std::uint64_t>()},
            json.at("token").get<std::string>(),
            json.at("since").get<std::string>()};
  } catch (const nlohmann::json::exception&) {
    return nobody();
  }
}

std::optional<OwnerReading> read_owner(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  struct stat status {};
  if (!in || ::stat(file.c_str(), &status) != 0) return {};
  return OwnerReading{from_text({std::istreambuf_iterator<char>(in), {}}), status.st_mtim.tv_sec};
}

bool is_alive(const OwnerReading& reading, std::int64_t now) {
  if (is_on_this_machine(reading.owner.who)) return is_running(reading.owner.who);
  return now - reading.touched <= owner_silence.count();
}

std::string new_token(const ProcessIdentity& who) {
  std::random_device random;  // names a holding; no result depends on it
  return fmt::format("{}-{}-{:08x}{:08x}", who.host, who.process, random(), random());
}

[[noreturn]] void cannot(const fs::path& folder) {
  throw DataError(fmt::format("{}: cannot be locked: {}", folder.string(), std::strerror(errno)),
                  "check the rights of the folder");
}

int write_new(const fs::path& file, const std::string& content) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return descriptor;
  if (::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size())) return descriptor;
  ::close(descriptor);
  ::unlink(file.c_str());
  return -1;
}

/// True if `file` now is what `draft` is. Its count of names tells, even if the answer of a file server was lost. A
/// second file does where files have one name only.
bool take_name(const fs::path& draft, const fs::path& file) {
  if (::link(draft.c_str(), file.c_str()) == 0) return true;
  if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
    const int descriptor = write_new(file, read_file(draft));
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
  }
  struct stat status {};
  return ::stat(draft.c_str(), &status) == 0 && status.st_nlink == 2;
}

/// Takes a dead owner's file away. If it was not dead, only silent, it may release the file just before the renaming
/// and another process make its own; so what was taken is looked at again, and put back if it is not the one judged.
void remove_dead(const fs::path& file, const OwnerReading& judged, const std::string& token) {
  const std::optional<OwnerReading> now = read_owner(file);
  if (!now || now->owner != judged.owner) return;
  const fs::path aside = fmt::format("{}.dead.{}", file.string(), token);
  if (::rename(file.c_str(), aside.c_str()) != 0) return;
  const std::optional<OwnerReading> taken = read_owner(aside);
  if (taken && taken->owner != judged.owner) (void)!::link(aside.c_str(), file.c_str());
  ::unlink(aside.c_str());
}

std::int64_t modification_time(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_mtim.tv_sec : 0;
}

}  // namespace

DirectoryInUse::DirectoryInUse(const fs::path& folder, const std::string& who)
    : ConfigurationError(fmt::format("{}: in use by {}", folder.string(), who),
                         "wait until it has finished, or stop it; a stopped run can be continued") {}

std::optional<Owner> owner_of(const fs::path& folder) {
  const std::optional<OwnerReading> reading = read_owner(folder / ".owner");
  if (!reading || !is_alive(*reading, std::time(nullptr))) return {};
  return reading->owner;
}

OwnerFile::OwnerFile(const fs::path& folder) : folder_(folder) {
  const ProcessIdentity who = this_process();
  token_ = new_token(who);
  const fs::path draft = folder / (".owner." + token_);
  descriptor_ = write_new(draft, to_text({who, token_, timestamp()}));
  if (descriptor_ < 0) cannot(folder);
  const std::optional<Owner> holder = claim(draft);
  ::unlink(draft.c_str());
  ::close(descriptor_);
  if (holder) throw DirectoryInUse(folder, holder->who.text());
  descriptor_ = ::open((folder / ".owner").c_str(), O_WRONLY | O_CLOEXEC);
}

std::optional<Owner> OwnerFile::claim(const fs::path& draft) const {
  const fs::path file = folder_ / ".owner";
  constexpr int attempts = 200;  // each fails only if another process came and went meanwhile, or buries the dead
  Owner other = nobody();
  for (int i = 0; i < attempts; ++i) {
    if (take_name(draft, file)) return {};
    const std::optional<OwnerReading> holder = read_owner(file);
    if (!holder) continue;
    other = holder->owner;
    beat();  // the time of the draft is now, by the clock of the file system
    if (is_alive(*holder, modification_time(descriptor_))) break;
    bury(draft, *holder);
  }
  return other;
}

/// Removes a dead owner's file, one process at a time: another one that judged it dead must not remove what is made in
/// its place meanwhile.
void OwnerFile::bury(const fs::path& draft, const OwnerReading& dead) const {
  const fs::path turn = folder_ / ".owner.turn";
  if (take_name(draft, turn)) {
    remove_dead(folder_ / ".owner", dead, token_);
    ::unlink(turn.c_str());
    return;
  }
  const std::optional<OwnerReading> other = read_owner(turn);
  if (other && !is_alive(*other, modification_time(descriptor_))) ::unlink(turn.c_str());
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

OwnerFile::~OwnerFile() {
  release();
  ::close(descriptor_);
}

void OwnerFile::beat() const noexcept {
  constexpr std::array<timespec, 2> now{{{0, UTIME_NOW}, {0, UTIME_NOW}}};
  (void)::futimens(descriptor_, now.data());
}

bool OwnerFile::held() const {
  constexpr int looks = 4;
  constexpr std::chrono::milliseconds between{50};
  for (int i = 0; i < looks; ++i) {
    if (i > 0) std::this_thread::sleep_for(between);
    const std::optional<OwnerReading> reading = read_owner(folder_ / ".owner");
    if (reading) return reading->owner.token == token_;
  }
  return false;  // not only put aside for a moment, by a process that judges a dead owner
}

void OwnerFile::release() noexcept {
  try {
    if (held()) ::unlink((folder_ / ".owner").c_str());
  } catch (...) {  // out of memory: the file stays, and counts no longer when this process has ended
  }
}

}  // namespace snnsim::experiments
